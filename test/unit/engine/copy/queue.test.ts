import { beforeEach, describe as suite, expect, test } from 'vitest';
import type { CopyObserver } from '../../../../electron/contract/progress.ts';
import type { ImageResult, JobSummary } from '../../../../electron/contract/models.ts';
import type { CopyItem, CopyOptions } from '../../../../electron/engine/copy/item.ts';
import { JobControl } from '../../../../electron/engine/copy/job-control.ts';
import { runCopy } from '../../../../electron/engine/copy/runner.ts';
import { Leases } from '../../../../electron/engine/kernel/leases.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { image } from '../../../fakes/images.ts';
import { failure, MemoryPlace } from '../places.ts';

const sample = image({ layers: [2000, 3000] });
const options: CopyOptions = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  isForced: false,
  withReferrers: false,
  concurrency: 2,
};
let clock: FakeClock;
let source: MemoryPlace;
let control: JobControl;
let ended: ImageResult[];
let phases: string[];

beforeEach(() => {
  clock = new FakeClock();
  source = new MemoryPlace('source.test/a');
  for (const tag of ['1', '2', '3', '4']) source.hold(sample, tag);
  control = new JobControl();
  ended = [];
  phases = [];
});

const item = (tag: string, ...places: readonly MemoryPlace[]): CopyItem => ({
  source,
  tag,
  targets: places.map((destination) => ({ destination, tag })),
});

function run(items: readonly CopyItem[], more: Partial<CopyOptions> = {}, signal?: AbortSignal): Promise<JobSummary> {
  const observer: CopyObserver = {
    changed: ({ destination, phase }) => phases.push(`${destination.slice(-1)} ${phase}`),
    ended: (result) => ended.push(result),
  };
  const limits = { retries: 0, waitMs: 1000 };
  const deps = { clock, meter: new Meter(), limits, leases: new Leases(), smallBlobs: { size: 4 }, control };
  return runCopy(items, { ...options, ...more }, deps, observer, signal ?? new AbortController().signal);
}

/** Sends nothing until it is stopped or let go. */
function stuck(place: MemoryPlace): () => void {
  let isStuck = true;
  place.behaviour.send = async (content, _session, sent, stop) => {
    if (isStuck) {
      await new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
    }
    sent(content.descriptor.size);
    place.blobs.set(content.descriptor.digest, Buffer.alloc(0));
  };
  return () => {
    isStuck = false;
  };
}

const outcomes = (summary: JobSummary): readonly string[] => summary.results.map(({ outcome }) => outcome);

suite('a job that a person steps into', () => {
  test('holds what runs and what waits, tells no end, and goes on when it is resumed', async () => {
    const place = new MemoryPlace('d.test/x');
    const letGo = stuck(place);
    const running = run(['1', '2', '3'].map((tag) => item(tag, place)));
    await clock.advance(10);
    control.act('hold');
    await clock.advance(10);
    expect(ended).toEqual([]);
    expect(phases.filter((line) => line.endsWith('held')).toSorted()).toEqual(['1 held', '2 held', '3 held']);
    letGo();
    control.act('resume');
    expect(outcomes(await running)).toEqual(['copied', 'copied', 'copied']);
    expect(ended).toHaveLength(3);
    expect(phases.filter((line) => line.endsWith('cancelled'))).toEqual([]);
  });

  test('cancels one image, running or waiting, and the others go on', async () => {
    const place = new MemoryPlace('d.test/x');
    const letGo = stuck(place);
    const running = run(['1', '2', '3', '4'].map((tag) => item(tag, place)));
    await clock.advance(10);
    control.act('cancel', [1, 3]);
    await clock.advance(10);
    expect(ended.map(({ destination }) => destination.slice(-1)).toSorted()).toEqual(['2', '4']);
    control.act('hold');
    await clock.advance(10);
    letGo();
    control.act('resume');
    expect(outcomes(await running)).toEqual(['copied', 'cancelled', 'copied', 'cancelled']);
  });

  test('what a cancelled image had begun is begun anew by another that wants it', async () => {
    const place = new MemoryPlace('d.test/x');
    const letGo = stuck(place);
    const running = run([item('1', place), item('2', place)]);
    await clock.advance(10);
    letGo();
    control.act('cancel', [0]);
    expect(outcomes(await running)).toEqual(['cancelled', 'copied']);
  });

  test('retries what failed while the job runs, of an image with two destinations only the one that failed', async () => {
    const [good, bad, slow] = [new MemoryPlace('g.test/x'), new MemoryPlace('b.test/x'), new MemoryPlace('s.test/x')];
    const letGo = stuck(slow);
    bad.behaviour.send = async () => {
      throw failure('forbidden', 'destination');
    };
    const running = run([item('1', good, bad), item('2', slow)]);
    await clock.advance(10);
    expect(ended.map(({ outcome }) => outcome).toSorted()).toEqual(['copied', 'failed']);
    bad.behaviour = {};
    const asked = good.log.length;
    control.act('retry');
    await clock.advance(10);
    expect(good.log.length).toBe(asked);
    letGo();
    control.act('hold', [2]);
    await clock.advance(10);
    control.act('resume');
    expect(outcomes(await running)).toEqual(['copied', 'copied', 'copied']);
  });

  test('holds the images of a destination that is full, when that is asked for, and tries again on resuming (F-32)', async () => {
    const [full, other] = [new MemoryPlace('f.test/x'), new MemoryPlace('o.test/x')];
    full.behaviour.send = async () => {
      throw failure('full', 'destination');
    };
    const running = run([item('1', full), item('2', full), item('3', other)], { whenFull: 'hold' });
    await clock.advance(10);
    expect(ended.map(({ outcome }) => outcome)).toEqual(['copied']);
    full.behaviour = {};
    control.act('resume');
    expect(outcomes(await running)).toEqual(['copied', 'copied', 'copied']);
  });

  test('fails the images of a destination that is full, and sends nothing more there (F-32)', async () => {
    const full = new MemoryPlace('f.test/x');
    full.behaviour.send = async () => {
      throw failure('full', 'destination');
    };
    const items = ['1', '2', '3', '4'].map((tag) => item(tag, full));
    expect(outcomes(await run(items, { concurrency: 1 }))).toEqual(['failed', 'failed', 'failed', 'failed']);
    expect(full.count('send')).toBeLessThanOrEqual(sample.blobs.length);
  });

  test('ends what is held when the whole job is cancelled', async () => {
    const place = new MemoryPlace('d.test/x');
    stuck(place);
    const stop = new AbortController();
    const running = run([item('1', place), item('2', place)], {}, stop.signal);
    await clock.advance(10);
    control.act('hold');
    await clock.advance(10);
    stop.abort();
    expect(outcomes(await running)).toEqual(['cancelled', 'cancelled']);
    expect(control.act('resume')).toBe(false);
  });
});

suite('images at a time', () => {
  /** Copies what is asked; gives the most images that were looked at, and the most that were copied, at a time. */
  async function mostAtOnce(place: MemoryPlace, tags: readonly string[], concurrency: number) {
    const slowly = async <Result>(work: () => Result): Promise<Result> => {
      await clock.sleep(10, new AbortController().signal);
      return work();
    };
    let [looks, most] = [0, 0];
    place.behaviour.find = (tag) => {
      most = Math.max(most, ++looks);
      return slowly(() => {
        looks--;
        return place.manifests.get(place.tagged.get(tag) ?? '')?.descriptor;
      });
    };
    place.behaviour.publish = (manifest, tag) =>
      slowly(() => {
        place.manifests.set(manifest.descriptor.digest, manifest);
        if (tag !== undefined) place.tagged.set(tag, manifest.descriptor.digest);
        return { listsSubject: true };
      });
    const running = run(
      tags.map((tag) => item(tag, place)),
      { concurrency },
    );
    for (let at = 0; at < 200; at++) await clock.advance(10);
    const summary = await running;
    let [copying, copies] = [0, 0];
    for (const line of phases) {
      if (line.endsWith(' copying')) copies = Math.max(copies, ++copying);
      if (line.endsWith(' copied')) copying--;
    }
    return { looks: most, copies, summary };
  }

  /** Tags at the source, each an image of one layer of its own. */
  function tagsOf(prefix: string, count: number): readonly string[] {
    return Array.from({ length: count }, (_, at) => {
      source.hold(image({ layers: [1000], seed: `${prefix}${at}` }), `${prefix}${at}`);
      return `${prefix}${at}`;
    });
  }

  function holdToo(place: MemoryPlace, tags: readonly string[]): void {
    for (const tag of tags) place.hold(image({ layers: [1000], seed: tag }), tag);
  }

  test('are as many as were asked for while they are copied', async () => {
    const { looks, summary } = await mostAtOnce(new MemoryPlace('d.test/x'), tagsOf('new', 12), 3);
    expect(summary.images).toMatchObject({ copied: 12 });
    expect(looks).toBe(3);
  });

  test.each([
    [1, 1],
    [3, 6],
    [10, 16],
    [20, 20],
  ])(
    'where %i may be copied, %i are looked at while one after the other is there already',
    async (concurrency, most) => {
      const place = new MemoryPlace('d.test/x');
      const tags = tagsOf('old', 60);
      holdToo(place, tags);
      const { looks, summary } = await mostAtOnce(place, tags, concurrency);
      expect(summary.images).toMatchObject({ unchanged: 60 });
      expect(looks).toBe(most);
    },
  );

  test('are no more than were asked for, looked at or copied, while one of them is copied', async () => {
    const place = new MemoryPlace('d.test/x');
    const [old, rest] = [tagsOf('old', 20), tagsOf('rest', 20)];
    holdToo(place, [...old, ...rest]);
    let [copyingSinceMs, looks, most] = [Number.POSITIVE_INFINITY, 0, 0];
    const after = (ms: number): Promise<void> => clock.sleep(ms, new AbortController().signal);
    place.behaviour.find = async (tag) => {
      looks++;
      // those that were begun before it was known have ended by then
      if (clock.monotonicMs() > copyingSinceMs + 30) most = Math.max(most, looks);
      await after(10);
      looks--;
      return place.manifests.get(place.tagged.get(tag) ?? '')?.descriptor;
    };
    place.behaviour.publish = async (manifest, tag) => {
      copyingSinceMs = clock.monotonicMs();
      await after(500);
      copyingSinceMs = Number.POSITIVE_INFINITY;
      place.manifests.set(manifest.descriptor.digest, manifest);
      if (tag !== undefined) place.tagged.set(tag, manifest.descriptor.digest);
      return { listsSubject: true };
    };
    const tags = [...old, ...tagsOf('new', 1), ...rest];
    const running = run(
      tags.map((tag) => item(tag, place)),
      { concurrency: 3 },
    );
    for (let at = 0; at < 200; at++) await clock.advance(10);
    expect((await running).images).toMatchObject({ unchanged: 40, copied: 1 });
    expect(most).toBe(2);
  });

  test('and of those that turn out to be new, no more are copied than were asked for', async () => {
    const place = new MemoryPlace('d.test/x');
    const old = tagsOf('old', 20);
    holdToo(place, old);
    const { looks, copies, summary } = await mostAtOnce(place, [...old, ...tagsOf('new', 20)], 3);
    expect(summary.images).toMatchObject({ unchanged: 20, copied: 20 });
    expect({ looks, copies }).toEqual({ looks: 6, copies: 3 });
  });
});
