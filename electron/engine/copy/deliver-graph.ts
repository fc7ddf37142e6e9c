import { CopyError } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { Graph } from '../plan/graph.ts';
import type { Destination, Source } from '../ports/places.ts';
import type { Deliveries, Delivered } from './deliveries.ts';
import { type ImageProgress, newDelivery } from './progress.ts';

/** A destination that wants every blob of a graph. */
export interface GraphTarget {
  readonly destination: Destination;
  readonly progress: ImageProgress;
  readonly counts: Record<Delivered, number>;
}

const blobsAtOnce = 6;

/** Brings every blob of a graph to every target; gives the first failure of those that lack some. Large blobs go first. */
export async function deliverGraph(
  source: Source,
  graph: Graph,
  targets: readonly GraphTarget[],
  deliveries: Deliveries,
  signal: AbortSignal,
): Promise<ReadonlyMap<ImageProgress, CopyError>> {
  const failures = new Map<ImageProgress, CopyError>();
  const blobs = graph.blobs.toSorted((a, b) => b.size - a.size);
  const plans = blobs.map((blob) => ({
    blob,
    wishes: targets.map((target) => {
      const progress = newDelivery(blob);
      target.progress.deliveries.push(progress);
      return { target, destination: target.destination, progress };
    }),
  }));
  await mapLimited(plans, blobsAtOnce, async ({ blob, wishes }) => {
    const wanted = wishes.filter(({ target }) => !failures.has(target.progress));
    const outcomes = await deliveries.deliver(source, blob, wanted, signal);
    for (const [at, outcome] of outcomes.entries()) {
      const target = wanted[at]?.target;
      if (target === undefined) continue;
      if (outcome instanceof CopyError) {
        if (!failures.has(target.progress)) failures.set(target.progress, outcome);
      } else {
        target.counts[outcome]++;
      }
    }
  });
  return failures;
}
