import { afterEach, describe, expect, test } from 'vitest';
import type { HistoryQuery } from '../../../../electron/contract/history.ts';
import type { ImageResult } from '../../../../electron/contract/models.ts';
import type { Store } from '../../../../electron/engine/store/store.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { deadProcess, failureOf, intentOf, resultOf, signal, Stores, wellDone } from './stores.ts';

const stores = new Stores();
afterEach(() => stores.clean());

async function keep(store: Store, title: string, results: readonly ImageResult[] = []): Promise<number> {
  const job = await store.journal.begin(intentOf(title, { title }), signal);
  for (const result of results) void job.ended(result, []);
  await job.finish(wellDone);
  return job.number;
}

async function titles(store: Store, query: Partial<HistoryQuery>): Promise<readonly string[]> {
  return (await store.history.list({ most: 100, ...query }, signal)).map(({ title }) => title);
}

describe('listing jobs', () => {
  test('gives the newest first, page by page', async () => {
    const store = await stores.open();
    for (let n = 1; n <= 50; n++) await keep(store, `job ${n}`);
    const seen: string[] = [];
    for (let before: number | undefined; ; ) {
      const page = await store.history.list({ most: 7, ...(before === undefined ? {} : { before }) }, signal);
      seen.push(...page.map(({ title }) => title));
      before = page.at(-1)?.number;
      if (before === undefined) break;
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, at) => `job ${50 - at}`));
  });

  test('says who ran what, when and where (S-LOG-5)', async () => {
    const clock = new FakeClock();
    const store = await stores.open({ clock });
    const more = { account: 'li.wei', host: 'jump-3', command: 'sync' };
    const job = await store.journal.begin(intentOf('a', { ...more, wish: { list: ['x/y:1'] } }), signal);
    await job.finish(wellDone);
    const [listed] = await store.history.list({ most: 1 }, signal);
    expect(listed).toMatchObject({ ...more, state: 'finished', startedMs: clock.wallMs(), endedMs: clock.wallMs() });
    expect((await store.history.job(job.number, signal))?.wish).toEqual({ list: ['x/y:1'] });
  });

  test.each([
    ['app7', ['apps']],
    ['SOURCE.example', ['apps']],
    ['harbor.lan', ['operators']],
    ['operator', ['operators', 'apps', 'nothing']],
    ['failed', ['operators']],
    ['finished', ['apps', 'nothing']],
    ['copied', ['apps']],
    ['app7 app8', ['apps']],
    ['app7 harbor.lan', []],
    ['2026-02', ['operators', 'apps', 'nothing']],
    ['2026-02-13', []],
    ['02-12', []],
    ['', ['operators', 'apps', 'nothing']],
  ])('finds what was searched for: %s', async (search, expected) => {
    const store = await stores.open({ clock: new FakeClock(Date.UTC(2026, 1, 12, 12)) });
    await keep(store, 'nothing');
    await keep(store, 'apps', [resultOf(7), resultOf(8)]);
    const destination = 'harbor.lan/a/b:c';
    await keep(store, 'operators', [
      resultOf(1, { source: 'x.lan/y', destination, outcome: 'failed', failure: failureOf('no') }),
    ]);
    expect(await titles(store, { search })).toEqual(expected);
  });

  test.each(['100%', 'a_b', "it's", 'back\\slash', '" OR 1=1 --'])(
    'takes every sign in a search as itself: %s',
    async (text) => {
      const store = await stores.open();
      await keep(store, '100 percent and aXb or backXslash');
      const word = text.split(' ')[0] ?? '';
      await keep(store, `with ${text}`);
      expect(await titles(store, { search: word })).toEqual([`with ${text}`]);
    },
  );

  test('gives only jobs with failed images when asked', async () => {
    const store = await stores.open();
    await keep(store, 'bad', [resultOf(1, { outcome: 'failed', failure: failureOf('no') }), resultOf(2)]);
    await keep(store, 'good', [resultOf(1)]);
    expect(await titles(store, { failedOnly: true })).toEqual(['bad']);
  });

  test('stops when asked to', async () => {
    const store = await stores.open();
    await expect(store.history.list({ most: 1 }, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('the images of a job', () => {
  test('come in pages in the order they were listed, each once', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    const other = await store.journal.begin(intentOf('b'), signal);
    for (let from = 0; from < 1_000; from += 100) {
      const some = Array.from({ length: 100 }, (_, at) => resultOf(from + at));
      await Promise.all([job.images(some), other.images(some)]);
    }
    const seen: string[] = [];
    for (let after: number | undefined; ; ) {
      const page = await store.history.images(
        job.number,
        { most: 93, ...(after === undefined ? {} : { after }) },
        signal,
      );
      seen.push(...page.map(({ source }) => source));
      after = page.at(-1)?.position;
      if (after === undefined) break;
    }
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, n) => resultOf(n).source));
  });

  test('can be only those that failed', async () => {
    const store = await stores.open();
    const failed = { outcome: 'failed', failure: failureOf('no') } as const;
    const number = await keep(store, 'a', [resultOf(1), resultOf(2, failed), resultOf(3), resultOf(4, failed)]);
    const images = await store.history.images(number, { most: 9, failedOnly: true }, signal);
    expect(images.map(({ source }) => source)).toEqual([resultOf(2).source, resultOf(4).source]);
  });
});

describe('forgetting', () => {
  test('takes a job away with all its images', async () => {
    const store = await stores.open();
    const number = await keep(
      store,
      'a',
      Array.from({ length: 700 }, (_, n) => resultOf(n)),
    );
    expect(await store.history.forget(number, signal)).toBe(true);
    expect(await store.history.job(number, signal)).toBeUndefined();
    expect(await store.history.images(number, { most: 9 }, signal)).toEqual([]);
    expect(await store.history.forget(number, signal)).toBe(false);
  });

  test('leaves a job alone that is being done', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    expect(await store.history.forget(job.number, signal)).toBe(false);
    await job.finish(wellDone);
  });

  test('never gives a number twice', async () => {
    const store = await stores.open();
    const number = await keep(store, 'a');
    await store.history.forget(number, signal);
    expect(await keep(store, 'b')).toBe(number + 1);
  });

  test('keeps the newest jobs, and those being done', async () => {
    const store = await stores.open({ retention: { jobs: 3, images: 1_000 } });
    const running = await store.journal.begin(intentOf('running'), signal);
    for (let n = 1; n <= 5; n++) await keep(store, `job ${n}`);
    expect(await titles(store, {})).toEqual(['job 5', 'job 4', 'job 3', 'copy running']);
    await running.finish(wellDone);
  });

  test('keeps so many images, yet always the last job', async () => {
    const store = await stores.open({ retention: { jobs: 100, images: 10 } });
    await keep(store, 'old', [resultOf(1)]);
    await keep(
      store,
      'large',
      Array.from({ length: 12 }, (_, n) => resultOf(n)),
    );
    await keep(store, 'new');
    expect(await titles(store, {})).toEqual(['new', 'large']);
    await keep(store, 'newer');
    expect(await titles(store, {})).toEqual(['newer', 'new']);
  });
});

test('a job whose process died is shown as interrupted', async () => {
  const folder = await stores.folder();
  const dead = await stores.open({ folder, self: deadProcess });
  const { number } = await dead.journal.begin(intentOf('a'), signal);
  const store = await stores.open({ folder });
  expect((await store.history.job(number, signal))?.state).toBe('interrupted');
});
