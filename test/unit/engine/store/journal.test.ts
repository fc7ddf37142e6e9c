import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../../../../electron/engine/kernel/process-identity.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { deadProcess, failureOf, intentOf, resultOf, signal, Stores, trafficOf, wellDone } from './stores.ts';

const stores = new Stores();
afterEach(() => stores.clean());

const layers = [{ digest: `sha256:${'b'.repeat(64)}`, size: 1_234, how: 'sent' as const }];

describe('beginning a job', () => {
  test('takes up the same wish of a process that has ended, with what it moved', async () => {
    const folder = await stores.folder();
    const before = await stores.open({ folder, self: deadProcess });
    const first = await before.journal.begin(intentOf('a'), signal);
    await first.traffic(trafficOf(5));
    await first.flush();
    await before.close();
    const store = await stores.open({ folder });
    const again = await store.journal.begin(intentOf('a'), signal);
    expect(again).toMatchObject({ number: first.number, attempt: 2, earlier: trafficOf(5) });
    await again.finish({ ok: true, ...trafficOf(2) });
    expect(await store.history.job(again.number, signal)).toMatchObject({ attempts: 2, ...trafficOf(7) });
  });

  test('takes up a job of a process that was killed', async () => {
    const child = spawnSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' });
    const folder = await stores.folder();
    const self = { ...thisProcess(), pid: Number(child.stdout) };
    const store = await stores.open({ folder, self });
    const { number } = await store.journal.begin(intentOf('a'), signal);
    expect((await store.journal.begin(intentOf('a'), signal)).number).toBe(number);
  });

  test('takes up a job that was interrupted, even in the same process', async () => {
    const store = await stores.open();
    const first = await store.journal.begin(intentOf('a'), signal);
    await first.finish({ ok: false, ...trafficOf(1) }, 'interrupted');
    expect(await store.journal.begin(intentOf('a'), signal)).toMatchObject({ number: first.number, attempt: 2 });
  });

  test('takes up the job that is named, whatever its fingerprint, and begins a new one when it cannot', async () => {
    const store = await stores.open();
    const first = await store.journal.begin(intentOf('a'), signal);
    const named = intentOf('b', { adopts: first.number });
    const second = await store.journal.begin(named, signal);
    expect(second).toMatchObject({ number: first.number + 1, attempt: 1 });
    await first.finish(wellDone, 'interrupted');
    expect(await store.journal.begin(named, signal)).toMatchObject({ number: first.number, attempt: 2 });
  });

  test('leaves a job alone that is being done', async () => {
    const store = await stores.open();
    const first = await store.journal.begin(intentOf('a'), signal);
    const second = await store.journal.begin(intentOf('a'), signal);
    expect(second.number).not.toBe(first.number);
    expect(second.attempt).toBe(1);
  });

  test.each(['finished', 'cancelled', 'other wish'])('leaves a job alone that is over or another: %s', async (how) => {
    const store = await stores.open({ self: deadProcess });
    const first = await store.journal.begin(intentOf(how === 'other wish' ? 'b' : 'a'), signal);
    if (how !== 'other wish') await first.finish(wellDone, how === 'cancelled' ? 'cancelled' : undefined);
    expect((await store.journal.begin(intentOf('a'), signal)).number).not.toBe(first.number);
  });

  test('lists what waits to be taken up', async () => {
    const folder = await stores.folder();
    const dead = await stores.open({ folder, self: deadProcess });
    const broken = await dead.journal.begin(intentOf('broken'), signal);
    await broken.images([resultOf(1), resultOf(2)]);
    const store = await stores.open({ folder });
    await store.journal.begin(intentOf('alive'), signal);
    await (await store.journal.begin(intentOf('over'), signal)).finish(wellDone);
    const [only, ...more] = await store.journal.unfinished(signal);
    expect(only).toMatchObject({ title: 'copy broken', state: 'interrupted', images: { total: 2, copied: 0 } });
    expect(more).toEqual([]);
  });
});

describe('how an image ended', () => {
  test('is kept whole', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    const result = resultOf(1, {
      outcome: 'failed',
      previousDigest: `sha256:${'c'.repeat(64)}`,
      notices: [{ kind: 'overwritten', text: 'the tag stood for another image' }],
      failure: failureOf('destination refused the last chunk'),
    });
    await Promise.all([job.ended(result, layers), job.flush()]);
    const [image] = await store.history.images(job.number, { most: 9 }, signal);
    expect(image).toMatchObject({ ...result, attempt: 1, layers, layersLeftOut: 0 });
  });

  test('is told durable only after its commit, at most 250 ms later', async () => {
    const clock = new FakeClock();
    const folder = await stores.folder();
    const store = await stores.open({ folder, clock });
    const job = await store.journal.begin(intentOf('a'), signal);
    let isDurable = false;
    const told = job.ended(resultOf(1), layers).then(() => (isDurable = true));
    await clock.advance(249);
    expect(isDurable).toBe(false);
    await clock.advance(1);
    await told;
    const other = new Sqlite(join(folder, 'image-ferry.db'), { readonly: true });
    expect(other.prepare('SELECT count(*) AS n FROM images').get()).toEqual({ n: 1 });
    other.close();
  });

  test('is brought to the disk without waiting when many are told', async () => {
    const store = await stores.open({ clock: new FakeClock() });
    const job = await store.journal.begin(intentOf('a'), signal);
    await Promise.all(Array.from({ length: 600 }, (_, n) => job.ended(resultOf(n), layers)));
    expect((await store.history.job(job.number, signal))?.images.total).toBe(600);
  });

  test('is replaced by the latest word, so that there is one end per image', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    await job.images([resultOf(1), resultOf(1)]);
    void job.ended(resultOf(1, { outcome: 'failed', failure: failureOf('no') }), layers);
    void job.ended(resultOf(1), []);
    await job.finish(wellDone);
    const images = await store.history.images(job.number, { most: 9 }, signal);
    expect(images).toHaveLength(1);
    expect(images[0]).toMatchObject({ outcome: 'copied', layers: [] });
    expect(images[0]).not.toHaveProperty('failure');
  });

  test('keeps images apart whose names would be redacted alike', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    const named = (tag: string) =>
      resultOf(1, { source: `oci-archive:my password:${tag}`, destination: 'a.example/b' });
    await job.images([named('one'), named('two')]);
    expect(await store.history.images(job.number, { most: 9 }, signal)).toHaveLength(2);
  });

  test('keeps at most a thousand layers and says how many more there were', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    void job.ended(
      resultOf(1),
      Array.from({ length: 1_003 }, () => ({ ...layers[0], how: 'present' as const, size: 1, digest: '' })),
    );
    await job.flush();
    const [image] = await store.history.images(job.number, { most: 9 }, signal);
    expect(image?.layers).toHaveLength(1_000);
    expect(image?.layersLeftOut).toBe(3);
  });
});

describe('the end of a job', () => {
  test('is with failures as long as an image has failed', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    void job.ended(resultOf(1), layers);
    void job.ended(resultOf(2, { outcome: 'failed', failure: failureOf('no') }), layers);
    await job.finish({ ok: false, ...trafficOf(9) });
    expect(await store.history.job(job.number, signal)).toMatchObject({
      state: 'finished-with-failures',
      images: { total: 2, copied: 1, failed: 1 },
      blobs: { sent: 2, mounted: 4, present: 6 },
      ...trafficOf(9),
    });
  });

  test('cancels what has not ended, so that every image has an end', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    await job.images([resultOf(1), resultOf(2)]);
    void job.ended(resultOf(1), layers);
    await job.finish(wellDone, 'cancelled');
    const images = await store.history.images(job.number, { most: 9 }, signal);
    expect(images.map(({ outcome }) => outcome)).toEqual(['copied', 'cancelled']);
    expect((await store.history.job(job.number, signal))?.state).toBe('cancelled');
  });

  test('leaves what has not ended open when it was interrupted', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    await job.images([resultOf(1), resultOf(2)]);
    void job.ended(resultOf(1), layers);
    await job.finish(wellDone, 'interrupted');
    const images = await store.history.images(job.number, { most: 9 }, signal);
    expect(images.map(({ outcome }) => outcome)).toEqual(['copied', undefined]);
  });

  test('lets nothing be told afterwards', async () => {
    const store = await stores.open();
    const job = await store.journal.begin(intentOf('a'), signal);
    await job.finish(wellDone);
    await expect(job.ended(resultOf(1), layers)).rejects.toMatchObject({ kind: 'internal' });
    await expect(job.finish(wellDone, 'cancelled')).rejects.toMatchObject({ kind: 'internal' });
  });

  test('counts the time of all attempts', async () => {
    const clock = new FakeClock();
    const store = await stores.open({ clock });
    const first = await store.journal.begin(intentOf('a'), signal);
    await clock.advance(2_000);
    await first.finish(wellDone, 'interrupted');
    await clock.advance(60_000);
    const second = await store.journal.begin(intentOf('a'), signal);
    await clock.advance(3_000);
    await second.finish(wellDone);
    expect(await store.history.job(second.number, signal)).toMatchObject({ seconds: 5, endedMs: clock.wallMs() });
  });

  test('is on the disk with everything told before when the store is closed', async () => {
    const folder = await stores.folder();
    const store = await stores.open({ folder, clock: new FakeClock() });
    const job = await store.journal.begin(intentOf('a'), signal);
    const told = job.ended(resultOf(1), layers);
    await store.close();
    await told;
    const again = await stores.open({ folder });
    expect(await again.history.images(job.number, { most: 9 }, signal)).toHaveLength(1);
  });
});
