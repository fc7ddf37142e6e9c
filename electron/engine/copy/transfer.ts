import type { Descriptor } from '../../oci/descriptor.ts';
import type { Clock } from '../kernel/clock.ts';
import { asCopyError, cancelledError, type CopyError, withFacts } from '../kernel/errors.ts';
import type { LeasePool, Leases } from '../kernel/leases.ts';
import type { Meter } from '../kernel/meter.ts';
import { Patience, type PatienceLimits } from '../kernel/patience.ts';
import type { BlobContent, BlobReader, Destination, Source, UploadSession } from '../ports/places.ts';
import { download } from './download.ts';
import type { DeliveryProgress } from './progress.ts';
import { BlobWindow, windowBytes } from './window.ts';

/** What moving bytes needs. */
export interface TransferDeps {
  readonly clock: Clock;
  readonly leases: Leases;
  /** Slots for blobs that are held whole. */
  readonly smallBlobs: LeasePool;
  readonly meter: Meter;
  readonly limits: PatienceLimits;
}

/** One destination of a blob. */
export interface TransferTarget {
  readonly destination: Destination;
  readonly progress: DeliveryProgress;
  /** An upload that a refused mount left open; used by the first try. */
  session?: UploadSession | undefined;
}

/** Up to this size a blob is held whole, so that a failed upload does not ask the source again. */
export const smallBlobBytes: number = 1024 * 1024;

/** How the delivery to one target ended; undefined when the blob is there. */
export type TransferOutcome = ReadonlyMap<TransferTarget, CopyError | undefined>;

/**
 * Moves one blob from the source to every target by one read of the source; targets that fail on the way are tried again by
 * themselves, together. Leases of the source and of all targets are taken at once, so nobody waits while holding one.
 */
export async function transfer(
  source: Source,
  blob: Descriptor,
  targets: readonly TransferTarget[],
  deps: TransferDeps,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const outcome = new Map<TransferTarget, CopyError | undefined>();
  const patience = new Patience(deps.clock, deps.limits);
  const isSmall = blob.size <= smallBlobBytes;
  let corruptReads = 0;
  let furthestBytes = 0;
  let pending = targets;
  while (pending.length > 0) {
    const pools = isSmall ? [deps.smallBlobs] : [source.leases, ...pending.map((target) => target.destination.leases)];
    const lease = await deps.leases.acquire(pools, signal);
    let failed: ReadonlyMap<TransferTarget, CopyError>;
    try {
      failed = await onePass(source, blob, pending, deps, signal);
    } finally {
      lease.release();
    }
    for (const target of pending) outcome.set(target, failed.get(target));
    if (signal.aborted) throw cancelledError(blob.digest);
    const reached = Math.max(0, ...[...failed.keys()].map((target) => target.progress.sentBytes));
    if (reached > furthestBytes) patience.progressed();
    furthestBytes = Math.max(furthestBytes, reached);
    const next: TransferTarget[] = [];
    const first = failed.values().next().value;
    const isPatient = first !== undefined && patience.allows(worstOf(failed), true);
    for (const [target, error] of failed) {
      // a resumed prefix may be the bad part: wrong bytes are fetched once more from the beginning (RELIABILITY F-09)
      const isCorrupt = error.kind === 'integrity' && error.side === 'source';
      const mayRepeat = isCorrupt ? corruptReads === 0 : error.advice.do !== 'never' && isPatient;
      if (mayRepeat) {
        target.progress.phase = 'backing-off';
        next.push(target);
      } else if (patience.attempts > 1) {
        outcome.set(target, withFacts(error, { attempts: patience.attempts }));
      }
    }
    if ([...failed.values()].some((error) => error.kind === 'integrity' && error.side === 'source')) corruptReads++;
    pending = next;
  }
  return outcome;
}

/** The failure that says most about whether to go on. */
function worstOf(failed: ReadonlyMap<TransferTarget, CopyError>): CopyError {
  const errors = [...failed.values()];
  const [first] = errors;
  const found = errors.find((error) => error.advice.do !== 'never') ?? first;
  if (found === undefined) throw new Error('nothing failed');
  return found;
}

/** One download and the uploads that it feeds; gives the targets that failed. */
async function onePass(
  source: Source,
  blob: Descriptor,
  targets: readonly TransferTarget[],
  deps: TransferDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<TransferTarget, CopyError>> {
  const failed = new Map<TransferTarget, CopyError>();
  const controller = new AbortController();
  const stop = AbortSignal.any([signal, controller.signal]);
  const isSmall = blob.size <= smallBlobBytes;
  // a small blob may fill its window; nothing of it is let go of
  const window = new BlobWindow(blob, isSmall ? smallBlobBytes + 1 : windowBytes);
  const received = (bytes: number): void => {
    deps.meter.bytes.received += bytes;
    for (const { progress } of targets) progress.receivedBytes += bytes;
  };
  for (const { progress } of targets) {
    progress.phase = 'sending';
    progress.receivedBytes = 0;
    progress.sentBytes = 0;
  }
  let downloadError: CopyError | undefined;
  const downloading = download(source, window, received, deps.limits, deps.clock, stop).catch((thrown: unknown) => {
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
  controller.abort(cancelledError(blob.digest));
  await downloading;
  return failed;
}

/** Uploads from the window; begins again while the beginning is still held. After a failure the destination is asked first (INV-9). */
async function deliver(
  blob: Descriptor,
  window: BlobWindow,
  target: TransferTarget,
  deps: TransferDeps,
  signal: AbortSignal,
): Promise<void> {
  const { destination, progress } = target;
  const patience = new Patience(deps.clock, deps.limits);
  const sent = (bytes: number): void => {
    progress.sentBytes += bytes;
    deps.meter.bytes.sent += bytes;
  };
  const content = new HeldContent(window);
  let refusedDigests = 0;
  try {
    for (;;) {
      const { session } = target;
      target.session = undefined;
      progress.phase = 'sending';
      progress.sentBytes = 0;
      try {
        return await destination.send(content, session, sent, signal);
      } catch (thrown) {
        const error = asCopyError(thrown, { side: 'destination', op: 'blob.send', subject: blob.digest });
        if (signal.aborted || error.advice.do === 'never' || error.side === 'source') throw error;
        if ((await destination.hasBlob(blob, signal)) === true) return;
        const isSpent = !patience.allows(error, true) || (error.kind === 'integrity' && ++refusedDigests > 1);
        if (isSpent) throw withFacts(error, { advice: { do: 'never' }, attempts: patience.attempts });
        if (!window.holdsBeginning) throw error;
        progress.phase = 'backing-off';
      }
    }
  } finally {
    content.close();
  }
}

/** The window for one target: its beginning stays until the target has begun to read, however far others are. */
class HeldContent implements BlobContent {
  readonly descriptor: Descriptor;
  readonly #window: BlobWindow;
  readonly #place: BlobReader;

  constructor(window: BlobWindow) {
    this.descriptor = window.descriptor;
    this.#window = window;
    this.#place = window.open();
  }

  get bytes(): Uint8Array | undefined {
    return this.descriptor.size <= smallBlobBytes ? this.#window.whole() : undefined;
  }

  open(): BlobReader {
    const reader = this.#window.open();
    this.#place.close();
    return reader;
  }

  close(): void {
    this.#place.close();
  }
}
