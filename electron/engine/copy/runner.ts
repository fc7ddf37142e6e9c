import { countOutcomes } from '../../contract/counts.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Leases } from '../kernel/leases.ts';
import type { Meter } from '../kernel/meter.ts';
import type { PatienceLimits } from '../kernel/patience.ts';
import { RelatedImages } from '../plan/related.ts';
import { Deliveries } from './deliveries.ts';
import type { Fillings } from './filling.ts';
import type { CopyItem, CopyObserver, CopyOptions, JobContext } from './item.ts';
import type { JobControl } from './job-control.ts';
import { Publications } from './publish.ts';
import { Queue } from './queue.ts';
import { Slots } from './slots.ts';

/** What a job runs with. */
export interface RunnerDeps {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly limits: PatienceLimits;
  /** The slots of all hosts, shared by the jobs of this process. */
  readonly leases: Leases;
  /** Slots for blobs that are held in memory, shared likewise. */
  readonly smallBlobs: { readonly size: number };
  /** Blobs on their way into the cache; undefined to copy straight through. */
  readonly fillings?: Fillings;
  /** By what a person holds, resumes, cancels and retries while the job runs. */
  readonly control?: JobControl;
}

/**
 * Copies every item, several at a time, and sums up once each has ended; what is held keeps the job open.
 * Cancelling ends what is under way and marks the rest as cancelled.
 */
export async function runCopy(
  items: readonly CopyItem[],
  options: CopyOptions,
  deps: RunnerDeps,
  observer: CopyObserver,
  signal: AbortSignal,
): Promise<JobSummary> {
  const { clock, meter, limits, leases, smallBlobs, fillings, control } = deps;
  const startedMs = clock.monotonicMs();
  const deliveries = new Deliveries({
    clock,
    meter,
    limits,
    leases,
    smallBlobs,
    isForced: options.isForced,
    ...(fillings === undefined ? {} : { fillings }),
  });
  const job: JobContext = {
    clock,
    options,
    deliveries,
    publications: new Publications(),
    lately: { wasThere: false },
    related: new RelatedImages(),
    slots: new Slots(options.concurrency),
  };
  const queue = new Queue(items, job, observer, signal);
  control?.bind(queue);
  try {
    const results = await queue.run();
    await deliveries.settled();
    return summarize(results, deliveries, meter, (clock.monotonicMs() - startedMs) / 1000);
  } finally {
    control?.bind(undefined);
  }
}

function summarize(results: readonly ImageResult[], deliveries: Deliveries, meter: Meter, seconds: number): JobSummary {
  const images = countOutcomes(results);
  return {
    ok: images.failed === 0 && images.cancelled === 0,
    images,
    blobs: { ...deliveries.counts },
    bytes: { ...meter.bytes },
    requests: { ...meter.requests },
    seconds,
    results,
  };
}
