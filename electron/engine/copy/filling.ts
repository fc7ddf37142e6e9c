import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Clock } from '../kernel/clock.ts';
import { asCopyError, cancelledError, type CopyError } from '../kernel/errors.ts';
import type { Lease, LeasePool, Leases } from '../kernel/leases.ts';
import type { Meter } from '../kernel/meter.ts';
import type { PatienceLimits } from '../kernel/patience.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { BlobCache } from '../ports/blob-cache.ts';
import type { BlobReader, Source } from '../ports/places.ts';
import { download } from './download.ts';
import { type Intake, openIntake } from './intake.ts';
import type { DeliveryProgress } from './progress.ts';
import { holdMs } from './sending.ts';
import { smallBlobBytes } from './window.ts';

/** What bringing blobs to this machine needs. */
export interface FillingDeps {
  readonly clock: Clock;
  readonly leases: Leases;
  /** Slots for blobs that are held whole in memory. */
  readonly smallBlobs: LeasePool;
  readonly limits: PatienceLimits;
  readonly cache: BlobCache;
}

/** Where a job counts what is brought here for it. */
export interface FillingCount {
  readonly meter: Meter;
  /** Blobs that this job has counted; what it received itself is not reused when it is read again. */
  readonly counted: Set<Digest>;
  /** What was begun for the job and is not over: what came whole is in the cache after it. */
  readonly underWay: Set<Promise<void>>;
}

const uncalledOff = new AbortController().signal;

/** Blobs on their way to this machine: each is downloaded once at a time, for all who want it. */
export class Fillings {
  readonly #deps: FillingDeps;
  readonly #underWay = new Map<Digest, Filling>();

  constructor(deps: FillingDeps) {
    this.#deps = deps;
  }

  /**
   * The blob, found here or begun to be downloaded, once its bytes flow. Must be released.
   * Rejects with what the source said, or `disk` when there is no room for it here.
   */
  async hold(
    source: Source,
    blob: Descriptor,
    progress: DeliveryProgress,
    count: FillingCount,
    signal: AbortSignal,
  ): Promise<Filling> {
    for (;;) {
      let filling = this.#underWay.get(blob.digest);
      if (filling !== undefined && !filling.isJoinable) {
        await unlessAborted(filling.ended, signal);
        continue;
      }
      if (filling === undefined) {
        const begun = new Filling(blob, source.name);
        this.#underWay.set(blob.digest, begun);
        count.underWay.add(begun.ended);
        void begun.run(source, this.#deps, count).finally(() => {
          this.#underWay.delete(blob.digest);
          count.underWay.delete(begun.ended);
        });
        filling = begun;
      }
      filling.join(progress);
      try {
        await unlessAborted(filling.flowing, signal);
        return filling;
      } catch (thrown) {
        filling.release(progress);
        if (signal.aborted || !filling.hasFailedElsewhere(source)) throw thrown;
      }
    }
  }
}

/** One blob on its way to this machine, for as long as somebody needs it. */
export class Filling {
  readonly descriptor: Descriptor;
  /** Resolves once bytes flow or are all here; rejects when none will come. */
  readonly flowing: Promise<void>;
  /** Resolves when everything of it is over. */
  readonly ended: Promise<void>;
  /** Why no more bytes come. */
  failure: CopyError | undefined;
  /** How often it was begun from the first byte, or from what an earlier job left. */
  starts = 1;
  readonly #sourceName: string;
  readonly #waiting = new Set<() => void>();
  readonly #users = new Set<DeliveryProgress>();
  readonly #controller = new AbortController();
  #flows: () => void = () => {};
  #fails: (error: CopyError) => void = () => {};
  #isOver: () => void = () => {};
  #isUnused: () => void = () => {};
  #intake: Intake | undefined;
  #receivedBytes = 0;
  /** What was here at the beginning. */
  #heldBytes = 0;
  /** What of it was counted as reused. */
  #countedBytes = 0;

  constructor(blob: Descriptor, sourceName: string) {
    this.descriptor = blob;
    this.#sourceName = sourceName;
    this.flowing = new Promise((resolve, reject) => {
      this.#flows = resolve;
      this.#fails = reject;
    });
    this.flowing.catch(() => {});
    this.ended = new Promise((resolve) => {
      this.#isOver = resolve;
    });
  }

  /** True while it can be shared by one more. */
  get isJoinable(): boolean {
    return this.failure === undefined && !this.#controller.signal.aborted;
  }

  /** True when it failed for what another source said: this one may have what that one lacks. */
  hasFailedElsewhere(source: Source): boolean {
    return this.failure?.side === 'source' && this.#sourceName !== source.name;
  }

  /** Resolves once it is begun again after start number `starts`, or is known not to be. */
  async begunAfter(starts: number, signal: AbortSignal): Promise<void> {
    while (this.starts <= starts && this.failure === undefined) {
      await unlessAborted(new Promise<void>((resolve) => this.#waiting.add(resolve)), signal);
    }
  }

  /** All bytes, once they are here, of a blob that is small. */
  whole(): Uint8Array | undefined {
    return this.#intake?.whole();
  }

  /** A reader from the first byte. */
  open(): BlobReader {
    if (this.#intake === undefined) throw this.failure ?? cancelledError(this.descriptor.digest);
    return this.#intake.open();
  }

  /** One more needs it, and sees in `progress` how far it is. */
  join(progress: DeliveryProgress): void {
    this.#users.add(progress);
    this.#show(progress);
  }

  /** One needs it no more. The last one to leave ends the download; what has come stays in the cache. */
  release(progress: DeliveryProgress): void {
    this.#users.delete(progress);
    if (this.#users.size > 0) return;
    this.#controller.abort(cancelledError(this.descriptor.digest));
    this.#isUnused();
  }

  /** Finds or downloads the blob and keeps it at hand until nobody needs it. Never rejects. */
  async run(source: Source, deps: FillingDeps, count: FillingCount): Promise<void> {
    const { descriptor: blob } = this;
    const { signal } = this.#controller;
    const unused = new Promise<void>((resolve) => {
      this.#isUnused = resolve;
      if (signal.aborted) resolve();
    });
    const slot = blob.size <= smallBlobBytes ? deps.smallBlobs : undefined;
    let lease: Lease | undefined;
    try {
      if (slot !== undefined) lease = await deps.leases.acquire([slot], signal);
      const intake = await openIntake(blob, deps.cache, signal);
      this.#intake = intake;
      this.#heldBytes = intake.receivedBytes;
      this.#countHeld(count);
      for (const progress of this.#users) this.#show(progress);
      if (!intake.isWhole) await this.#download(source, intake, deps, count);
      this.#flows();
      await unused;
    } catch (thrown) {
      this.#fail(asCopyError(thrown, { side: 'source', op: 'blob.get', subject: blob.digest }));
      await this.#intake?.suspend(this.failure ?? cancelledError(blob.digest));
    } finally {
      this.#intake?.close();
      lease?.release();
      this.#isOver();
    }
  }

  async #download(source: Source, intake: Intake, deps: FillingDeps, count: FillingCount): Promise<void> {
    const { descriptor: blob } = this;
    const { signal } = this.#controller;
    const isSmall = blob.size <= smallBlobBytes;
    const limits = { ...deps.limits, waitMs: Math.min(deps.limits.waitMs, holdMs) };
    const received = (bytes: number): void => {
      count.meter.bytes.received += bytes;
      this.#receivedBytes += bytes;
      for (const progress of this.#users) progress.receivedBytes = this.#receivedBytes;
      this.#flows();
    };
    const lease = isSmall ? undefined : await deps.leases.acquire([source.leases], signal);
    try {
      for (let isFirst = true; ; isFirst = false) {
        try {
          await download(source, intake, received, limits, deps.clock, signal);
          break;
        } catch (thrown) {
          const error = asCopyError(thrown, { side: 'source', op: 'blob.get', subject: blob.digest });
          // what an earlier try left may be the bad part: wrong bytes are fetched once more from the beginning (RELIABILITY F-09)
          if (signal.aborted || error.kind !== 'integrity' || error.side !== 'source' || !isFirst) throw error;
          count.meter.bytes.reused -= this.#countedBytes;
          this.#countedBytes = 0;
          this.#heldBytes = 0;
          this.#receivedBytes = 0;
          for (const progress of this.#users) this.#show(progress);
          await intake.restart();
          this.starts++;
          this.#wake();
        }
      }
    } finally {
      lease?.release();
    }
    count.counted.add(blob.digest);
    this.#flows();
    // what came whole is kept, whoever needs it now
    await intake.keep(uncalledOff);
  }

  #fail(error: CopyError): void {
    this.failure ??= error;
    this.#fails(this.failure);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #show(progress: DeliveryProgress): void {
    progress.receivedBytes = this.#receivedBytes;
    progress.cachedBytes = this.#heldBytes;
  }

  /** What was here before this job are bytes that need not come again; each blob counts once. */
  #countHeld({ meter, counted }: FillingCount): void {
    if (this.#heldBytes === 0 || counted.has(this.descriptor.digest)) return;
    counted.add(this.descriptor.digest);
    this.#countedBytes = this.#heldBytes;
    meter.bytes.reused += this.#heldBytes;
  }
}
