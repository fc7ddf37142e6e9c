import { describe, expect, onTestFinished, test } from 'vitest';
import { copyError } from '../../../../electron/app/errors.ts';
import { intentOf } from '../../../../electron/app/intents.ts';
import { NoticeBoard } from '../../../../electron/app/window/notice-board.ts';
import type { JobOrder } from '../../../../electron/app/window/parts.ts';
import { type JobCourse, type JobYard, RunningJobs } from '../../../../electron/app/window/running-jobs.ts';
import { WindowHost } from '../../../../electron/app/window/window.ts';
import { countOutcomes } from '../../../../electron/contract/counts.ts';
import { Feeds, type JobTotals } from '../../../../electron/contract/feeds.ts';
import type { HistoryImage } from '../../../../electron/contract/history.ts';
import type { ImageResult, JobSummary } from '../../../../electron/contract/models.ts';
import type { DeliveryProgress, ImageProgress } from '../../../../electron/contract/progress.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { image } from '../../../fakes/images.ts';
import { startQuirkRegistry } from '../../../fakes/quirk-registry/server.ts';
import { anonymousApp, memoryParts } from './memory-parts.ts';

const never = new AbortController().signal;
const nothing = { sent: 0, mounted: 0, present: 0 };

/** A yard whose jobs are moved by the test. */
class HandYard implements JobYard {
  readonly courses: JobCourse[] = [];
  readonly orders: JobOrder[] = [];
  readonly acts: unknown[] = [];
  readonly bytes = { received: 0, sent: 0 };
  #ends: { resolve: (summary: JobSummary) => void; reject: (reason: unknown) => void }[] = [];

  run(order: JobOrder, course: JobCourse): Promise<JobSummary> {
    this.orders.push(order);
    this.courses.push(course);
    course.control.bind({
      hold: (rows) => this.acts.push(['hold', rows]),
      resume: (rows) => this.acts.push(['resume', rows]),
      cancel: (rows) => this.acts.push(['cancel', rows]),
      retry: (rows) => this.acts.push(['retry', rows]),
    });
    course.begun(this.orders.length, 1);
    return new Promise((resolve, reject) => this.#ends.push({ resolve, reject }));
  }

  again(): Promise<JobOrder> {
    return Promise.resolve(orderOf());
  }

  unfinished(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }

  flow(): { readonly received: number; readonly sent: number } {
    return { ...this.bytes };
  }

  owner(): { readonly isOurs: boolean } {
    return { isOurs: true };
  }

  async end(job: number, results: readonly ImageResult[]): Promise<void> {
    const images = countOutcomes(results);
    const bytes = { received: 7, sent: 8, reused: 9 };
    const requests = { source: 0, destination: 0, token: 0 };
    this.#ends[job - 1]?.resolve({
      ok: images.failed === 0,
      images,
      blobs: nothing,
      bytes,
      requests,
      seconds: 1,
      results,
    });
    await new Promise((resolve) => setImmediate(resolve));
  }

  async break(job: number, reason: unknown): Promise<void> {
    this.#ends[job - 1]?.reject(reason);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const options = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  isForced: false,
  withReferrers: true,
  concurrency: 2,
} as const;

function orderOf(refused: readonly ImageResult[] = []): JobOrder {
  return { title: 'a → b', command: 'copy', prepared: { requests: [], refused, findings: [] }, options };
}

function resultOf(
  { source, destination }: Pick<ImageProgress, 'source' | 'destination'>,
  outcome: ImageResult['outcome'],
): ImageResult {
  return { source, destination, outcome, blobs: nothing, referrers: 0, seconds: 0, notices: [] };
}

function progressOf(name: string, deliveries: readonly Partial<DeliveryProgress>[] = []): ImageProgress {
  return {
    source: `one.example/${name}:1`,
    destination: `two.example/${name}:1`,
    phase: 'queued',
    deliveries: deliveries.map((delivery, at) => ({
      blob: { mediaType: 'x', digest: parseDigest(`sha256:${String(at).padStart(64, '0')}`), size: 100 },
      phase: 'waiting',
      receivedBytes: 0,
      sentBytes: 0,
      ...delivery,
    })),
  };
}

interface Scene {
  readonly clock: FakeClock;
  readonly yard: HandYard;
  readonly jobs: RunningJobs;
  readonly notices: NoticeBoard;
  readonly head: () => JobTotals | undefined;
}

function scene(): Scene {
  const clock = new FakeClock();
  const yard = new HandYard();
  const notices = new NoticeBoard(clock);
  const jobs = new RunningJobs(yard, notices, clock, 'operator');
  onTestFinished(() => jobs.close());
  return { clock, yard, jobs, notices, head: () => jobs.totals()[0] };
}

/** An image that ended in an earlier attempt of its job. */
function pastImage(position: number, outcome: ImageResult['outcome']): HistoryImage {
  const { source, destination } = progressOf(`past-${position}`);
  const layers = [{ digest: `sha256:${'a'.repeat(64)}`, size: 100, how: 'sent' as const }];
  return { ...resultOf({ source, destination }, outcome), position, layers, layersLeftOut: 0 };
}

describe('a running job', () => {
  test('that goes on shows all of the job: what ended before is done, with its layers', async () => {
    const { yard, jobs, head } = scene();
    await jobs.start({ ...orderOf(), adopts: 1, ended: [pastImage(0, 'copied'), pastImage(4, 'unchanged')] }, never);
    const left = progressOf('left', [{ phase: 'sending', receivedBytes: 60, sentBytes: 50 }]);
    yard.courses[0]?.observer.queued?.(left);
    left.phase = 'copying';
    yard.courses[0]?.observer.changed?.(left);
    expect(head()).toMatchObject({
      images: { total: 3, copied: 1, unchanged: 1 },
      bytes: { received: 60, sent: 50 },
      progress: { bytesTotal: 300, bytesDone: 250, layersDone: 2, layersTotal: 3 },
    });
    expect(jobs.images({ job: 1, from: 0, most: 9 })?.rows.map(({ index, phase }) => [index, phase])).toEqual([
      [2, 'copying'],
      [0, 'copied'],
      [1, 'unchanged'],
    ]);
    expect(jobs.layers({ job: 1, index: 0 })).toMatchObject([{ phase: 'sent', size: 100 }]);
    await jobs.control({ job: 1, action: 'cancel', images: [0, 2] }, never);
    expect(yard.acts).toEqual([['cancel', [0]]]);
  });

  test('shows running rows first, then waiting, done last, each by its place among the results', async () => {
    const { yard, jobs } = scene();
    const refused = resultOf({ source: 'bad', destination: '' }, 'failed');
    const job = await jobs.start(orderOf([refused]), never);
    const [a, b, c] = [progressOf('a'), progressOf('b'), progressOf('c')];
    const observer = yard.courses[0]?.observer;
    for (const progress of [a, b, c]) observer?.queued?.(progress);
    a.phase = 'copied';
    observer?.ended?.(resultOf(a, 'copied'), a);
    c.phase = 'copying';
    const rows = jobs.images({ job, from: 0, most: 10 })?.rows.map(({ index, phase }) => [index, phase]);
    expect(rows).toEqual([
      [3, 'copying'],
      [2, 'queued'],
      [0, 'failed'],
      [1, 'copied'],
    ]);
    expect(jobs.images({ job, from: 1, most: 2 })?.rows.map(({ index }) => index)).toEqual([2, 0]);
    expect(jobs.images({ job, from: 0, most: 10, show: 'failed' })).toMatchObject({ total: 1, rows: [{ index: 0 }] });
    expect(jobs.images({ job, from: 0, most: 10, show: 'running' })).toMatchObject({ total: 1, rows: [{ index: 3 }] });
  });

  test('knows how much there is once every image was looked at, and what is done of it', async () => {
    const { yard, jobs, head } = scene();
    await jobs.start(orderOf(), never);
    const [a, b] = [
      progressOf('a', [{ phase: 'present' }, { phase: 'sending', sentBytes: 40, receivedBytes: 50 }]),
      progressOf('b', [{ phase: 'sent', sentBytes: 100, receivedBytes: 100 }]),
    ];
    const observer = yard.courses[0]?.observer;
    for (const progress of [a, b]) observer?.queued?.(progress);
    a.phase = 'copying';
    expect(head()?.progress).toEqual({ bytesDone: 240, layersDone: 2, layersTotal: 3 });
    b.phase = 'copied';
    observer?.ended?.(resultOf(b, 'copied'), b);
    expect(head()?.progress).toEqual({ bytesTotal: 300, bytesDone: 240, layersDone: 2, layersTotal: 3 });
    expect(head()).toMatchObject({ bytes: { received: 150, sent: 140 }, images: { total: 2, copied: 1 } });
    expect(jobs.layers({ job: 1, index: 0 })).toMatchObject([
      { phase: 'present' },
      { phase: 'sending', sentBytes: 40 },
    ]);
  });

  test('has a rate, a time to go and a chart', async () => {
    const { clock, yard, jobs, head } = scene();
    await jobs.start(orderOf(), never);
    // nothing flows yet
    await clock.advance(20_000);
    const a = progressOf('a', [{ phase: 'sending' }]);
    yard.courses[0]?.observer.queued?.(a);
    a.phase = 'copying';
    const [delivery] = a.deliveries;
    for (let second = 1; second <= 4; second++) {
      if (delivery !== undefined) delivery.sentBytes += 10;
      yard.bytes.sent += 10;
      await clock.advance(1000);
    }
    expect(head()).toMatchObject({ rate: { sentPerSecond: 4 }, etaSeconds: 15 });
    expect(
      jobs
        .throughput()
        .slice(-5)
        .map(({ sent }) => sent),
    ).toEqual([0, 10, 10, 10, 10]);
    await clock.advance(300_000);
    expect(jobs.throughput()).toHaveLength(120);
    await yard.end(1, []);
    await clock.advance(300_000);
    expect(clock.scheduled).toBe(0);
  });

  test('waits when every image in motion waits for a host', async () => {
    const { clock, yard, jobs, head } = scene();
    await jobs.start(orderOf(), never);
    const a = progressOf('a');
    yard.courses[0]?.observer.queued?.(a);
    a.phase = 'copying';
    jobs.paused('two.example', 5000);
    expect(head()).toMatchObject({ state: 'waiting', waiting: [{ host: 'two.example' }] });
    await clock.advance(5000);
    expect(head()).toMatchObject({ state: 'running' });
    expect(head()).not.toHaveProperty('waiting');
  });

  test('is held when all that is left is held', async () => {
    const { yard, jobs, head } = scene();
    await jobs.start(orderOf(), never);
    const a = progressOf('a');
    yard.courses[0]?.observer.queued?.(a);
    a.phase = 'held';
    expect(head()?.state).toBe('held');
  });

  test('is told rows as the engine counts them', async () => {
    const { yard, jobs } = scene();
    const refused = resultOf({ source: 'bad', destination: '' }, 'failed');
    const job = await jobs.start(orderOf([refused]), never);
    const [a, b] = [progressOf('a'), progressOf('b')];
    const observer = yard.courses[0]?.observer;
    for (const progress of [a, b]) observer?.queued?.(progress);
    observer?.ended?.(resultOf(b, 'failed'), b);
    await jobs.control({ job, action: 'hold' }, never);
    await jobs.control({ job, action: 'cancel', images: [1, 2] }, never);
    await jobs.control({ job, action: 'retry', failedOnly: true }, never);
    expect(yard.acts).toEqual([
      ['hold', undefined],
      ['cancel', [0, 1]],
      ['retry', [1]],
    ]);
  });

  test.each([
    ['copied', false, 'finished'],
    ['failed', false, 'finished-with-failures'],
    ['cancelled', true, 'cancelled'],
  ] as const)('that ended with an image %s is %s', async (outcome, isCancelled, state) => {
    const { yard, jobs, head } = scene();
    const job = await jobs.start(orderOf(), never);
    const a = progressOf('a');
    yard.courses[0]?.observer.queued?.(a);
    if (isCancelled) await jobs.control({ job, action: 'cancel' }, never);
    yard.courses[0]?.observer.ended?.(resultOf(a, outcome), a);
    await yard.end(1, [resultOf(a, outcome)]);
    expect(head()).toMatchObject({ state, bytes: { received: 7, sent: 8, reused: 9 }, endedAt: expect.any(String) });
    await expect(jobs.control({ job, action: 'hold' }, never)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('that is over is run again when it is retried', async () => {
    const { yard, jobs } = scene();
    const job = await jobs.start(orderOf(), never);
    await yard.end(1, []);
    await jobs.control({ job, action: 'retry', failedOnly: true }, never);
    expect(jobs.totals().map(({ job: number, state }) => [number, state])).toEqual([
      [2, 'running'],
      [1, 'finished'],
    ]);
  });

  test('that broke says why, once', async () => {
    const { yard, jobs, notices, head } = scene();
    await jobs.start(orderOf(), never);
    const message = 'the disk is full';
    await yard.break(1, copyError('disk', { side: 'local', op: 'journal', subject: 'history', message }));
    expect(head()?.state).toBe('interrupted');
    expect(notices.all).toMatchObject([
      {
        level: 'error',
        text: `job 1 was broken off: ${message}`,
        zh: expect.stringContaining('任务 1'),
        values: { job: '1' },
        failure: { kind: 'disk' },
      },
    ]);
  });

  test('that never began rejects', async () => {
    const { jobs } = scene();
    await expect(jobs.start(orderOf(), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });

  test('is kept for a while after it ended, with nineteen others', async () => {
    const { yard, jobs } = scene();
    for (let at = 1; at <= 25; at++) {
      await jobs.start(orderOf(), never);
      await yard.end(at, []);
    }
    expect(jobs.totals().map(({ job }) => job)).toEqual(Array.from({ length: 20 }, (_, at) => 25 - at));
  });

  test('that nobody knows is not there', async () => {
    const { jobs } = scene();
    expect([jobs.images({ job: 7, from: 0, most: 1 }), jobs.layers({ job: 7, index: 0 })]).toEqual([
      undefined,
      undefined,
    ]);
    await expect(jobs.control({ job: 7, action: 'hold' }, never)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

test('an order from a window is copied for real, and every feed of it keeps to its schema', async () => {
  const from = await startQuirkRegistry({
    content: { 'team/app:1': image({ seed: '1' }), 'team/app:2': image({ seed: '2' }) },
  });
  const to = await startQuirkRegistry();
  onTestFinished(() => Promise.all([from.close(), to.close()]).then(() => {}));
  const app = await anonymousApp();
  const connection = { plainHttp: [], insecure: [], retries: 0, waitMs: 0 };
  const wish = {
    platforms: [],
    attestations: 'keep',
    onConflict: 'overwrite',
    force: false,
    referrers: true,
    concurrency: 2,
  } as const;
  const intent = intentOf({
    command: 'copy',
    title: 'x',
    asked: { again: 1, failedOnly: false },
    options: wish,
    rounds: 0,
    connection,
  });
  const hand = new HandYard();
  const yard: JobYard = {
    run: ({ prepared, options }, { control, observer, begun }, signal) => {
      begun(1, 1);
      return app.copy(prepared, options, { rounds: 0, intent, control }, observer, signal);
    },
    again: () => hand.again(),
    unfinished: () => hand.unfinished(),
    discard: () => hand.discard(),
    flow: () => hand.flow(),
    owner: () => hand.owner(),
  };
  const parts = await memoryParts({ clock: systemClock });
  const jobs = new RunningJobs(yard, parts.notices, systemClock, 'operator');
  const host = new WindowHost({ ...parts, jobs }, { checksOutputs: true });
  onTestFinished(() => {
    host.close();
    jobs.close();
  });
  for (const [id, { host: name }] of Object.entries({ from, to }))
    parts.entries.set(id, { id, host: name, displayName: name, plainHttp: true, insecure: false, namespaces: [] });
  const session = host.openSession();
  const images = ['1', '2', 'absent'].map((tag) => ({
    place: { kind: 'registry', id: 'from' },
    repository: 'team/app',
    tag,
  }));
  const { concurrency: _, ...orderOptions } = wish;
  const order = { images, destinations: [{ registry: 'to', template: 'copy/{path}' }], options: orderOptions };
  const started = await session.call('jobs.start', { order }, never);
  expect(started).toEqual({ ok: true, value: { job: 1 } });
  await expect.poll(() => jobs.totals()[0]?.state).toBe('finished-with-failures');
  const snapshots = { jobs: jobs.totals(), throughput: jobs.throughput(), owner: jobs.owner() };
  expect(Feeds.jobs.snapshot.safeParse(snapshots).error).toBeUndefined();
  expect(Feeds.job.snapshot.safeParse(jobs.images({ job: 1, from: 0, most: 100 })).error).toBeUndefined();
  expect(Feeds.image.snapshot.safeParse({ layers: jobs.layers({ job: 1, index: 0 }) }).error).toBeUndefined();
  expect(jobs.totals()[0]).toMatchObject({ images: { total: 3, copied: 2, failed: 1 } });
  const tags = await app.tags(`${to.host}/copy/team/app`, false, never);
  expect(tags.tags).toEqual(['1', '2']);
});
