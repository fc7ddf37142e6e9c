import type { Clock } from '../kernel/clock.ts';
import { linkedSignal } from '../kernel/linked-signal.ts';
import type { Meter } from '../kernel/meter.ts';
import type { Destination, UploadSession } from '../ports/places.ts';
import type { DeliveryProgress } from './progress.ts';
import type { TrackedContent } from './tracked-content.ts';

/** One destination of a blob. */
export interface TransferTarget {
  readonly destination: Destination;
  readonly progress: DeliveryProgress;
  /** An upload that a refused mount left open; used by the first try. */
  session?: UploadSession | undefined;
}

/** How long a lease is held while a host does not answer. */
export const holdMs: number = 60_000;

/** One upload; it is given up when the destination does not come to ask for the first byte. */
export async function sendOnce(
  content: TrackedContent,
  target: TransferTarget,
  deps: { readonly clock: Clock; readonly meter: Meter },
  signal: AbortSignal,
): Promise<void> {
  const { destination, progress, session } = target;
  target.session = undefined;
  progress.phase = 'sending';
  progress.sentBytes = 0;
  const sent = (bytes: number): void => {
    progress.sentBytes += bytes;
    deps.meter.bytes.sent += bytes;
  };
  const unopened = linkedSignal(signal);
  const timer = deps.clock.schedule(holdMs, () => {
    if (!content.hasBegun) unopened.abort(content.lateError(destination, holdMs));
  });
  try {
    await destination.send(content, session, sent, unopened.signal);
  } finally {
    timer.cancel();
    unopened.release();
  }
}
