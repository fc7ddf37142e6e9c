import type { HistoryImage } from '../../contract/history.ts';
import type { ImageResult } from '../../contract/models.ts';
import type { DeliveryProgress, ImageProgress } from '../../contract/progress.ts';

/** One blob on its way, or as it stood at the end of an earlier attempt. */
export interface RowDelivery extends Omit<DeliveryProgress, 'blob'> {
  readonly blob: { readonly digest: string; readonly size: number };
}

/** How far an image is, or how it ended. */
export interface RowProgress extends Pick<ImageProgress, 'phase'> {
  readonly deliveries: readonly RowDelivery[];
}

/** How an image of the history ended; one that has not ended was not done when the job was left. */
export function pastResult(image: HistoryImage): ImageResult {
  const { source, destination, outcome = 'cancelled', blobs, referrers, seconds, notices } = image;
  return {
    source,
    destination,
    outcome,
    blobs,
    referrers,
    seconds,
    notices,
    ...(image.digest === undefined ? {} : { digest: image.digest }),
    ...(image.previousDigest === undefined ? {} : { previousDigest: image.previousDigest }),
    ...(image.failure === undefined ? {} : { failure: image.failure }),
  };
}

/** An image of the history as it stood at its end; nothing of it is on the wire any more. */
export function pastProgress({ outcome = 'cancelled', layers }: HistoryImage): RowProgress {
  const deliveries = layers.map(({ digest, size, how }) => ({
    blob: { digest, size },
    phase: how,
    receivedBytes: 0,
    sentBytes: 0,
  }));
  return { phase: outcome, deliveries };
}
