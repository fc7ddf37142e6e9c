import type { Descriptor } from '../../oci/descriptor.ts';
import { CopyError } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { Graph } from '../plan/graph.ts';
import type { Destination, Source } from '../ports/places.ts';
import type { Deliveries } from './deliveries.ts';
import { type DeliveryProgress, type ImageProgress, newDelivery } from './progress.ts';

/** A destination that wants every blob of a graph. */
export interface GraphTarget {
  readonly destination: Destination;
  readonly progress: ImageProgress;
}

const blobsAtOnce = 6;

/** Brings every blob of a graph to every target; gives the first failure of those that lack some. Large blobs go first. */
export async function deliverGraph<Target extends GraphTarget>(
  source: Source,
  graph: Graph,
  targets: readonly Target[],
  deliveries: Deliveries,
  signal: AbortSignal,
): Promise<ReadonlyMap<Target, CopyError>> {
  const failures = new Map<Target, CopyError>();
  const rows = targets.map((target) => ({ target, progressOf: rowsOf(target.progress, graph.blobs) }));
  const largestFirst = graph.blobs.toSorted((a, b) => b.size - a.size);
  await mapLimited(largestFirst, blobsAtOnce, async (blob) => {
    const wishes = rows
      .filter(({ target }) => !failures.has(target))
      .map(({ target, progressOf }) => ({ target, destination: target.destination, progress: progressOf(blob) }));
    const outcomes = await deliveries.deliver(source, blob, wishes, signal);
    for (const [at, { target }] of wishes.entries()) {
      const outcome = outcomes[at];
      if (outcome instanceof CopyError && !failures.has(target)) failures.set(target, outcome);
    }
  });
  return failures;
}

/** One row a blob in the progress of an image; a blob that is brought again keeps its row. */
function rowsOf(progress: ImageProgress, blobs: readonly Descriptor[]): (blob: Descriptor) => DeliveryProgress {
  const rows = new Map(progress.deliveries.map((row) => [row.blob.digest, row]));
  const rowOf = (blob: Descriptor): DeliveryProgress => {
    const row = rows.get(blob.digest) ?? newDelivery(blob);
    if (!rows.has(blob.digest)) progress.deliveries.push(row);
    rows.set(blob.digest, row);
    return row;
  };
  for (const blob of blobs) rowOf(blob);
  return rowOf;
}
