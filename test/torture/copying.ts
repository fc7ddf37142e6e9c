import type { CopyObserver } from '../../electron/contract/progress.ts';
import type { JobSummary } from '../../electron/contract/models.ts';
import { type DiskBlobCache, openBlobCache } from '../../electron/engine/cache/blob-cache.ts';
import { type CopyOptions, type CopyRequest, Engine, type EngineOptions } from '../../electron/engine/engine.ts';
import { type Clock, systemClock } from '../../electron/engine/kernel/clock.ts';
import type { Disk } from '../../electron/engine/kernel/disk.ts';
import { FolderDisk } from '../../electron/engine/kernel/durable-disk.ts';
import { patientDisk } from '../../electron/engine/kernel/durable-patience.ts';
import { parseReference } from '../../electron/oci/reference.ts';
import type { FleetImage } from './fleet.ts';

/** Pauses a hundred times as short; measured time stays true. */
export const hastyClock: Clock = {
  ...systemClock,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / 100, signal),
};

/** Limits for hosts on this machine; a busy machine takes its time. */
const loopbackLimits = {
  connectMs: 3000,
  tlsMs: 3000,
  headersMs: 3000,
  closingMs: 5000,
  idleMs: 1500,
  tokenMs: 3000,
} as const;

const plainly: CopyOptions = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  isForced: false,
  withReferrers: true,
  concurrency: 8,
};

/** For what nobody calls off. */
export const unending: AbortSignal = new AbortController().signal;

/** The cache in `folder`, as the next process would open it. */
export async function openCache(folder: string, disk: Disk = new FolderDisk(folder)): Promise<DiskBlobCache> {
  const cache = await openBlobCache(
    { disk: patientDisk(disk, hastyClock), clock: hastyClock, folder: 'cache', budgetBytes: 2 ** 36 },
    unending,
  );
  await cache.sweep(unending);
  return cache;
}

/** An engine over a cache, anonymous; the caller closes it. */
function openEngine(options: Partial<EngineOptions>): Engine {
  return new Engine({
    credentials: { credentialFor: () => Promise.resolve(undefined) },
    clock: hastyClock,
    limits: loopbackLimits,
    waitMs: 30_000,
    ...options,
  });
}

/** Images from one host to another, below `prefix`. */
export function requestsFor(
  images: readonly FleetImage[],
  from: string,
  to: string,
  prefix: string,
): readonly CopyRequest[] {
  return images.map(({ repository, tag }) => ({
    source: parseReference(`${from}/${repository}:${tag}`),
    targets: [parseReference(`${to}/${prefix}${repository}:${tag}`)],
  }));
}

/** How a job ended. */
export interface JobEnd {
  readonly summary: JobSummary;
  /** How often each destination was told to have ended. */
  readonly ends: ReadonlyMap<string, number>;
}

/** Copies with an engine of its own; rejects when that takes longer than `mostMs`, which means that it hangs. */
export async function copyJob(
  requests: readonly CopyRequest[],
  options: Partial<EngineOptions>,
  mostMs: number,
  changes: Partial<CopyOptions> = {},
): Promise<JobEnd> {
  const engine = openEngine(options);
  const ends = new Map<string, number>();
  const observer: CopyObserver = {
    ended: ({ destination }) => void ends.set(destination, (ends.get(destination) ?? 0) + 1),
  };
  const hanging = new AbortController();
  const timer = setTimeout(() => hanging.abort(), mostMs);
  try {
    const summary = await engine.copy(requests, { ...plainly, ...changes }, observer, hanging.signal);
    if (hanging.signal.aborted) throw new Error(`a job was not over after ${mostMs / 1000} s: ${outcomesOf(summary)}`);
    return { summary, ends };
  } finally {
    clearTimeout(timer);
    await engine.close();
  }
}

/** Throws unless every destination has exactly one result and was told of once (INV-3). */
export function assertEachEndedOnce(requests: readonly CopyRequest[], { summary, ends }: JobEnd): void {
  const wanted = requests.reduce((sum, { targets }) => sum + targets.length, 0);
  if (summary.results.length !== wanted) throw new Error(`${summary.results.length} results for ${wanted} images`);
  for (const { destination } of summary.results) {
    const times = ends.get(destination) ?? 0;
    if (times !== 1) throw new Error(`${destination} was told to have ended ${times} times`);
  }
}

/** What went wrong, in one line. */
export function outcomesOf(summary: JobSummary): string {
  const failures = summary.results.flatMap(({ failure }) =>
    failure === undefined ? [] : [`${failure.kind} of ${failure.side} in ${failure.op}: ${failure.message}`],
  );
  return `${JSON.stringify(summary.images)} ${failures.join('; ')}`;
}
