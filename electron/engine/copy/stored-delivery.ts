import type { Descriptor } from '../../oci/descriptor.ts';
import { asCopyError, cancelledError, type CopyError, isWorthRetrying, withFacts } from '../kernel/errors.ts';
import { Patience } from '../kernel/patience.ts';
import type { Source } from '../ports/places.ts';
import { isGone, progressBytes } from './download.ts';
import type { Filling, FillingCount, Fillings } from './filling.ts';
import type { TransferDeps } from './pass.ts';
import { sendOnce, type TransferTarget } from './sending.ts';
import { TrackedContent } from './tracked-content.ts';
import { smallBlobBytes } from './window.ts';

/** What deliveries by way of the cache need. */
export interface StoredDeps extends TransferDeps {
  readonly fillings: Fillings;
  readonly brought: Pick<FillingCount, 'counted' | 'underWay'>;
}

/** How often a blob that rotted in the cache, or was begun anew there, is asked for again. */
const mostRot = 2;

/**
 * Brings one blob to one destination by way of the cache: a failed upload is repeated from there and never asks the source
 * again. Nothing is held while a host that is gone is waited for.
 */
export async function deliverStored(
  source: Source,
  blob: Descriptor,
  target: TransferTarget,
  deps: StoredDeps,
  signal: AbortSignal,
): Promise<void> {
  await new StoredDelivery(source, blob, target, deps, signal).run();
}

class StoredDelivery {
  readonly #source: Source;
  readonly #blob: Descriptor;
  readonly #target: TransferTarget;
  readonly #deps: StoredDeps;
  readonly #signal: AbortSignal;
  readonly #coming: Patience;
  readonly #going: Patience;
  #furthestBytes = 0;
  #refusedDigests = 0;
  #rotten = 0;
  #hasFailedElsewhere = false;

  constructor(source: Source, blob: Descriptor, target: TransferTarget, deps: StoredDeps, signal: AbortSignal) {
    this.#source = source;
    this.#blob = blob;
    this.#target = target;
    this.#deps = deps;
    this.#signal = signal;
    this.#coming = new Patience(deps.clock, deps.limits);
    this.#going = new Patience(deps.clock, deps.limits);
  }

  async run(): Promise<void> {
    const { destination, progress } = this.#target;
    try {
      for (;;) {
        progress.phase = 'waiting';
        const error = await this.#once();
        if (error === undefined) return;
        if (this.#signal.aborted) throw cancelledError(this.#blob.digest);
        if (!this.#mayRepeat(error)) throw this.#told(error);
        progress.phase = 'backing-off';
        // after a failure the destination is asked before anything is sent again (INV-9)
        if (error.side === 'destination' && (await destination.hasBlob(this.#blob, this.#signal)) === true) return;
      }
    } finally {
      const { session } = this.#target;
      this.#target.session = undefined;
      if (session !== undefined) await destination.drop(session, this.#blob);
    }
  }

  /** Waits for bytes, then sends them as often as that is worth while; gives what ended it, or nothing when the blob is there. */
  async #once(): Promise<CopyError | undefined> {
    const { fillings, meter, brought } = this.#deps;
    const { progress } = this.#target;
    this.#hasFailedElsewhere = false;
    let filling: Filling;
    try {
      filling = await fillings.hold(this.#source, this.#blob, progress, { meter, ...brought }, this.#signal);
    } catch (thrown) {
      return asCopyError(thrown, { side: 'source', op: 'blob.get', subject: this.#blob.digest });
    }
    try {
      for (;;) {
        const { starts } = filling;
        try {
          await this.#send(filling);
          return undefined;
        } catch (thrown) {
          const error = asCopyError(thrown, { side: 'destination', op: 'blob.send', subject: this.#blob.digest });
          if (this.#signal.aborted || !isBegunAgain(error)) return filling.failure ?? error;
          // the blob is read once more from the beginning: whoever needs it must not leave
          await filling.begunAfter(starts, this.#signal);
          // when no more bytes come, the upload failed because of that, whatever it says itself
          if (filling.failure !== undefined) return filling.failure;
        }
      }
    } finally {
      this.#hasFailedElsewhere = filling.hasFailedElsewhere(this.#source);
      filling.release(progress);
    }
  }

  async #send(filling: Filling): Promise<void> {
    const { destination } = this.#target;
    // small blobs have slots of their own
    const pools = this.#blob.size <= smallBlobBytes ? [] : [destination.leases];
    const lease = await this.#deps.leases.acquire(pools, this.#signal);
    try {
      await sendOnce(new TrackedContent(filling), this.#target, this.#deps, this.#signal);
    } finally {
      lease.release();
    }
  }

  /** The error with how often it was tried. */
  #told(error: CopyError): CopyError {
    const { attempts } = error.side === 'source' ? this.#coming : this.#going;
    return error.attempts === undefined && attempts > 1 ? withFacts(error, { attempts }) : error;
  }

  #mayRepeat(error: CopyError): boolean {
    if (error.side === 'source') {
      // another source may have what that one lacks
      if (this.#hasFailedElsewhere) return true;
      // the download has been patient with everything but a host that is gone, which is waited for with nothing held
      return this.#coming.allows(error, true) && isGone(error);
    }
    if (error.side === 'cache') {
      const isPassing = isWorthRetrying(error) || error.kind === 'integrity';
      return isPassing && ++this.#rotten <= mostRot;
    }
    if (error.side !== 'destination') return false;
    const { sentBytes } = this.#target.progress;
    if (sentBytes - this.#furthestBytes >= progressBytes) this.#going.progressed();
    this.#furthestBytes = Math.max(this.#furthestBytes, sentBytes);
    const isRefusedAgain = error.kind === 'integrity' && ++this.#refusedDigests > 1;
    // what the client repeated by itself has had its patience
    const isSpent = error.attempts !== undefined && !isGone(error);
    return this.#going.allows(error, true) && !isRefusedAgain && !isSpent;
  }
}

/** True for what a reader is told when the bytes were wrong, or are read again. */
function isBegunAgain({ kind, side }: CopyError): boolean {
  return (kind === 'integrity' && side === 'source') || (kind === 'unavailable' && side === 'cache');
}
