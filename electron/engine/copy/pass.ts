import type { Descriptor } from '../../oci/descriptor.ts';
import type { Clock } from '../kernel/clock.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { asCopyError, cancelledError, type CopyError, withFacts } from '../kernel/errors.ts';
import type { LeasePool, Leases } from '../kernel/leases.ts';
import { linkedSignal } from '../kernel/linked-signal.ts';
import type { Meter } from '../kernel/meter.ts';
import { Patience, type PatienceLimits } from '../kernel/patience.ts';
import type { Source } from '../ports/places.ts';
import { download, isGone } from './download.ts';
import { HeldContent } from './held-content.ts';
import { holdMs, sendOnce, type TransferTarget } from './sending.ts';
import { BlobWindow, smallBlobBytes, windowBytes } from './window.ts';

/** What moving bytes needs. */
export interface TransferDeps {
  readonly clock: Clock;
  readonly leases: Leases;
  /** Slots for blobs that are held whole. */
  readonly smallBlobs: LeasePool;
  readonly meter: Meter;
  readonly limits: PatienceLimits;
}

/** How long a destination is asked about a blob while others may wait for its answer. */
const askMs = 10_000;

/** One download and the uploads that it feeds; gives the targets that failed. */
export async function onePass(
  source: Source,
  blob: Descriptor,
  targets: readonly TransferTarget[],
  deps: TransferDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<TransferTarget, CopyError>> {
  const failed = new Map<TransferTarget, CopyError>();
  const pass = linkedSignal(signal);
  const stop = pass.signal;
  const isSmall = blob.size <= smallBlobBytes;
  // a small blob may fill its window; nothing of it is let go of
  const window = new BlobWindow(blob, isSmall ? smallBlobBytes + 1 : windowBytes);
  const received = (bytes: number): void => {
    deps.meter.bytes.received += bytes;
    for (const { progress } of targets) progress.receivedBytes += bytes;
  };
  for (const { progress } of targets) progress.receivedBytes = 0;
  const limits = { ...deps.limits, waitMs: Math.min(deps.limits.waitMs, holdMs) };
  let downloadError: CopyError | undefined;
  const downloading = download(source, window, received, limits, deps.clock, stop).catch((thrown: unknown) => {
    downloadError = asCopyError(thrown, { side: 'source', op: 'blob.get', subject: blob.digest });
    window.fail(downloadError);
  });
  const delivering = targets.map(async (target) => {
    try {
      await deliver(blob, window, target, deps, stop);
    } catch (thrown) {
      const error = asCopyError(thrown, { side: 'destination', op: 'blob.send', subject: blob.digest });
      // when the download failed, an upload failed because of it, whatever it says itself
      failed.set(target, downloadError ?? error);
    }
  });
  await Promise.all(delivering);
  // nobody reads any more
  pass.abort(cancelledError(blob.digest));
  pass.release();
  await downloading;
  return failed;
}

/** Uploads from the window; begins again while the beginning is still held and the destination can be asked (INV-9). */
async function deliver(
  blob: Descriptor,
  window: BlobWindow,
  target: TransferTarget,
  deps: TransferDeps,
  signal: AbortSignal,
): Promise<void> {
  const { destination, progress } = target;
  const patience = new Patience(deps.clock, deps.limits);
  const content = new HeldContent(window);
  let refusedDigests = 0;
  let last: CopyError | undefined;
  try {
    for (;;) {
      try {
        return await sendOnce(content, target, deps, signal);
      } catch (thrown) {
        const error = asCopyError(thrown, { side: 'destination', op: 'blob.send', subject: blob.digest });
        if (signal.aborted || window.failure !== undefined || error.advice.do === 'never') throw error;
        if (error.op === 'window.open') throw last ?? error;
        // a host that is gone is waited for without holding up others
        if (isGone(error)) throw error;
        last = error;
        // what the client repeated by itself has had its patience
        const isSpent = error.attempts !== undefined || !patience.allows(error, true);
        const isRefusedAgain = error.kind === 'integrity' && ++refusedDigests > 1;
        if (isSpent || isRefusedAgain)
          throw withFacts(error, { advice: { do: 'never' }, attempts: error.attempts ?? patience.attempts });
        if (!content.hasBegun || !window.holdsBeginning) throw error;
        progress.phase = 'backing-off';
        const isThere = await withDeadline(
          deps.clock,
          askMs,
          signal,
          () => error,
          (soon) => destination.hasBlob(blob, soon),
        );
        if (isThere === true) return;
      }
    }
  } finally {
    content.close();
  }
}
