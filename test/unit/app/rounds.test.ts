import { expect, test } from 'vitest';
import { copyInRounds } from '../../../electron/app/rounds.ts';
import type { ErrorKind, Failure } from '../../../electron/contract/errors.ts';
import type { ImageResult, JobSummary } from '../../../electron/contract/models.ts';
import { type CopyRequest, Meter } from '../../../electron/engine/engine.ts';
import { formatReference, parseReference } from '../../../electron/oci/reference.ts';

type Ending = 'copied' | 'unchanged' | 'cancelled' | ErrorKind;

const options = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  isForced: false,
  withReferrers: true,
  concurrency: 8,
} as const;

function failureOf(kind: ErrorKind): Failure {
  return { kind, side: 'source', op: 'test', subject: 'test', message: kind, remedy: 'none', codes: [] };
}

function resultOf(source: string, destination: string, ending: Ending): ImageResult {
  const isOutcome = ending === 'copied' || ending === 'unchanged' || ending === 'cancelled';
  const blobs = { sent: 0, mounted: 0, present: 0 };
  const base = { source, destination, blobs, referrers: 0, seconds: 1, notices: [] };
  return isOutcome ? { ...base, outcome: ending } : { ...base, outcome: 'failed', failure: failureOf(ending) };
}

/** An engine whose copies to a destination end as its list says, one after the other; every copy costs one of each. */
function scripted(endings: Readonly<Record<string, readonly Ending[]>>, afterCopy = (): void => undefined) {
  const asked: string[][] = [];
  const copy = (
    requests: readonly CopyRequest[],
    _options: unknown,
    _observer: unknown,
    _signal: unknown,
    { meter = new Meter() }: { readonly meter?: Meter } = {},
  ): Promise<JobSummary> => {
    meter.bytes.received += 10;
    meter.bytes.sent += 20;
    meter.bytes.reused += 30;
    meter.requests.source += 4;
    meter.requests.destination += 5;
    meter.requests.token += 6;
    const places = requests.flatMap(({ source, targets }) =>
      targets.map((target) => [formatReference(source), formatReference(target)] as const),
    );
    const results = places.map(([source, destination]) => {
      const before = asked.flat().filter((each) => each === destination).length;
      return resultOf(source, destination, endings[destination]?.[before] ?? 'internal');
    });
    asked.push(places.map(([, destination]) => destination));
    afterCopy();
    const count = (outcome: ImageResult['outcome']): number =>
      results.filter((result) => result.outcome === outcome).length;
    return Promise.resolve({
      ok: results.every((result) => result.outcome === 'copied' || result.outcome === 'unchanged'),
      images: {
        total: results.length,
        copied: count('copied'),
        unchanged: count('unchanged'),
        skipped: 0,
        failed: count('failed'),
        cancelled: count('cancelled'),
      },
      blobs: { sent: 1, mounted: 2, present: 3 },
      bytes: { ...meter.bytes },
      requests: { ...meter.requests },
      seconds: 1.5,
      results,
    });
  };
  return { engine: { copy }, asked };
}

const requests: readonly CopyRequest[] = [
  { source: parseReference('s.io/a:1'), targets: ['d.io/a:1', 'e.io/a:1'].map(parseReference) },
  { source: parseReference('s.io/b:1'), targets: [parseReference('d.io/b:1')] },
];

test('only what failed for a reason that passes is copied again, and takes its old place', async () => {
  const { engine, asked } = scripted({
    'd.io/a:1': ['copied'],
    'e.io/a:1': ['unavailable', 'timeout', 'copied'],
    'd.io/b:1': ['rate-limited', 'unchanged'],
  });
  const told: number[] = [];
  const observer = { again: (images: number) => told.push(images) };
  const summary = await copyInRounds(engine, requests, options, 5, observer, new AbortController().signal);
  expect(asked).toEqual([['d.io/a:1', 'e.io/a:1', 'd.io/b:1'], ['e.io/a:1', 'd.io/b:1'], ['e.io/a:1']]);
  expect(told).toEqual([2, 1]);
  expect(summary.results.map(({ destination, outcome }) => `${destination} ${outcome}`)).toEqual([
    'd.io/a:1 copied',
    'e.io/a:1 copied',
    'd.io/b:1 unchanged',
  ]);
  expect(summary).toMatchObject({
    ok: true,
    images: { total: 3, copied: 2, unchanged: 1, skipped: 0, failed: 0, cancelled: 0 },
    blobs: { sent: 3, mounted: 6, present: 9 },
    bytes: { received: 30, sent: 60, reused: 90 },
    requests: { source: 12, destination: 15, token: 18 },
    seconds: 4.5,
  });
});

test.each<[kind: ErrorKind, rounds: number]>([
  ['unreachable', 2],
  ['unavailable', 2],
  ['timeout', 2],
  ['rate-limited', 2],
  ['integrity', 2],
  ['missing-content', 2],
  ['unauthorized', 1],
  ['forbidden', 1],
  ['not-found', 1],
  ['conflict', 1],
  ['full', 1],
  ['unsupported', 1],
])('%s is worth %d rounds of two', async (kind, rounds) => {
  const { engine, asked } = scripted({ 'd.io/b:1': [kind, kind, kind] });
  const summary = await copyInRounds(engine, requests.slice(1), options, 1, {}, new AbortController().signal);
  expect(asked).toHaveLength(rounds);
  expect(summary).toMatchObject({ ok: false, images: { failed: 1 } });
});

test('no round without rounds, and none after being cancelled', async () => {
  const controller = new AbortController();
  const endings = { 'd.io/b:1': ['timeout', 'copied'] as const };
  const stopped = scripted(endings, () => controller.abort());
  await copyInRounds(stopped.engine, requests.slice(1), options, 5, {}, controller.signal);
  const none = scripted(endings);
  await copyInRounds(none.engine, requests.slice(1), options, 0, {}, new AbortController().signal);
  expect([stopped.asked.length, none.asked.length]).toEqual([1, 1]);
});

test('an image that a later round cancels has not failed', async () => {
  const { engine } = scripted({ 'd.io/b:1': ['timeout', 'cancelled'] });
  const summary = await copyInRounds(engine, requests.slice(1), options, 5, {}, new AbortController().signal);
  expect(summary).toMatchObject({ ok: false, images: { failed: 0, cancelled: 1 } });
});
