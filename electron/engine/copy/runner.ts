import { countOutcomes } from '../../contract/counts.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Leases } from '../kernel/leases.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { Meter } from '../kernel/meter.ts';
import type { PatienceLimits } from '../kernel/patience.ts';
import { RelatedImages } from '../plan/related.ts';
import { Deliveries } from './deliveries.ts';
import { copyImage } from './image.ts';
import { type CopyItem, type CopyObserver, type CopyOptions, type JobContext, shownName } from './item.ts';
import type { ImageProgress } from './progress.ts';
import { Publications } from './publish.ts';
import { Turns } from './turns.ts';

/** What a job runs with. */
export interface RunnerDeps {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly limits: PatienceLimits;
  /** The slots of all hosts, shared by the jobs of this process. */
  readonly leases: Leases;
}

/** How many small blobs are held in memory at a time. */
const smallBlobsAtOnce = 16;

/** Copies every item, several at a time, and sums up. Cancelling ends what is under way and marks the rest as cancelled. */
export async function runCopy(
  items: readonly CopyItem[],
  options: CopyOptions,
  deps: RunnerDeps,
  observer: CopyObserver,
  signal: AbortSignal,
): Promise<JobSummary> {
  const { clock, meter, limits, leases } = deps;
  const startedMs = clock.monotonicMs();
  const deliveries = new Deliveries({
    clock,
    meter,
    limits,
    leases,
    smallBlobs: { size: smallBlobsAtOnce },
    isForced: options.isForced,
  });
  const job: JobContext = {
    clock,
    options,
    deliveries,
    publications: new Publications(),
    related: new RelatedImages(),
  };
  const queued = items.map((item) => ({
    item,
    progresses: item.targets.map((target) => queue(item, target, observer)),
  }));
  const turns = new Turns(queued, ({ item }) => item.targets.map(({ destination }) => destination.host));
  const results: (readonly ImageResult[])[] = [];
  // one turn for each item, in an order of its own
  await mapLimited(queued, options.concurrency, async () => {
    const turn = turns.take();
    if (turn === undefined) return;
    const { item, progresses } = turn.item;
    results[turn.at] = await copyImage(item, progresses, job, observer, signal).finally(() => turn.end());
  });
  return summarize(results.flat(), deliveries, meter, (clock.monotonicMs() - startedMs) / 1000);
}

function queue(item: CopyItem, target: CopyItem['targets'][number], observer: CopyObserver): ImageProgress {
  const progress: ImageProgress = {
    source: shownName(item.source, item.tag, item.digest),
    destination: shownName(target.destination, target.tag, target.tag === undefined ? item.digest : undefined),
    phase: 'queued',
    deliveries: [],
  };
  observer.queued?.(progress);
  return progress;
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
