import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import { noRoom } from './failures.ts';
import type { BlobFile, KeptFile, Shelf } from './shelf.ts';
import { sumOf } from './status.ts';

const mebibyte = 1024 * 1024;

/** What of a file system stays free for others: 2 %, between 64 MiB and 2 GiB, and never more than an eighth of a small one. */
export function reserveBytes(totalBytes: number): number {
  return Math.floor(Math.min(Math.max(totalBytes / 50, 64 * mebibyte), 2048 * mebibyte, totalBytes / 8));
}

/** A blob that is being taken in: room for all of it is set aside. */
export interface Reservation {
  readonly blob: Descriptor;
  /** How much of it takes up room on the disk already. */
  writtenBytes(): number;
}

/** A blob whose size is not known yet: room is set aside for it step by step. */
export interface GrowingReservation {
  promisedBytes: number;
  /** How much of it takes up room on the disk already. */
  writtenBytes(): number;
}

/** What takes up room, in the order in which it may go. */
interface Holdings {
  readonly evictable: readonly (KeptFile & { readonly digest?: Digest })[];
  readonly evictableBytes: number;
  readonly usedBytes: number;
}

/** How much a cache holds and may hold. The files are the truth; the sum of them is kept only as long as nothing is lacking. */
export class Room {
  readonly #shelf: Shelf;
  /** False for what must stay. */
  readonly #mayLeave: (digest: Digest) => boolean;
  readonly #leaving = new Set<Digest>();
  readonly #reservations = new Map<Digest, Reservation>();
  readonly #growing = new Set<GrowingReservation>();
  #budgetBytes: number;
  #usedBytes: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(shelf: Shelf, budgetBytes: number, mayLeave: (digest: Digest) => boolean) {
    this.#shelf = shelf;
    this.#budgetBytes = budgetBytes;
    this.#mayLeave = mayLeave;
  }

  /** How many bytes may be held. */
  get budgetBytes(): number {
    return this.#budgetBytes;
  }

  /** Holds at most so many bytes from now on, and evicts what is more; gives how many bytes went. */
  setBudget(bytes: number, signal: AbortSignal): Promise<number> {
    this.#budgetBytes = bytes;
    return this.trim(bytes, signal);
  }

  /** True while a blob is on its way out. */
  isLeaving(digest: Digest): boolean {
    return this.#leaving.has(digest);
  }

  /** Sets room for all of a blob aside, of which `keptBytes` are here; rejects `disk` when that cannot be, and then evicts nothing. */
  reserve(reservation: Reservation, keptBytes: number, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const { digest, size } = reservation.blob;
      throwIfCancelled(signal, digest);
      const neededBytes = size - keptBytes;
      await this.#free(digest, neededBytes, signal);
      this.#reservations.set(digest, reservation);
      this.#grow(neededBytes);
    });
  }

  /** Sets room aside for `bytes` more of a blob whose size is not known; rejects as `reserve` does. */
  extend(growing: GrowingReservation, bytes: number, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      throwIfCancelled(signal, 'upload');
      await this.#free('an upload', bytes, signal);
      this.#growing.add(growing);
      growing.promisedBytes += bytes;
      this.#grow(bytes);
    });
  }

  /** Ends it: the cache holds `keptBytes` more than before. */
  shrink(growing: GrowingReservation, keptBytes: number): void {
    if (this.#growing.delete(growing)) this.#grow(keptBytes - growing.promisedBytes);
  }

  /** Ends a reservation: `keptBytes` of its blob are here now. */
  release(digest: Digest, keptBytes: number): void {
    const reservation = this.#reservations.get(digest);
    if (reservation === undefined) return;
    this.#reservations.delete(digest);
    this.#grow(keptBytes - reservation.blob.size);
  }

  /** A file of so many bytes is gone. */
  forget(sizeBytes: number): void {
    this.#grow(-sizeBytes);
  }

  /** Evicts about so many bytes; gives how many went. */
  letGo(bytes: number, signal: AbortSignal): Promise<number> {
    return this.#inTurn(async () => this.#evict(await this.#holdings(signal), bytes, signal));
  }

  /** Evicts until no more than `toBytes` are held, or nothing more may go; gives how many bytes went. */
  trim(toBytes: number, signal: AbortSignal): Promise<number> {
    return this.#inTurn(async () => {
      const holdings = await this.#holdings(signal);
      return this.#evict(holdings, holdings.usedBytes - toBytes, signal);
    });
  }

  /** Bytes that could be taken in if everything went that may go. */
  roomBytes(signal: AbortSignal): Promise<number> {
    return this.#inTurn(async () => {
      const { evictableBytes, usedBytes } = await this.#holdings(signal);
      return Math.max(0, Math.min(this.#budgetBytes - usedBytes, await this.#spareBytes()) + evictableBytes);
    });
  }

  /** Sees to it that `neededBytes` more fit, or rejects `disk` and then evicts nothing. */
  async #free(subject: string, neededBytes: number, signal: AbortSignal): Promise<void> {
    const usedBytes = (this.#usedBytes ??= (await this.#holdings(signal)).usedBytes);
    const spareBytes = await this.#spareBytes();
    if (neededBytes > Math.min(this.#budgetBytes - usedBytes, spareBytes)) {
      const holdings = await this.#holdings(signal);
      const roomBytes = Math.min(this.#budgetBytes - holdings.usedBytes, spareBytes);
      if (neededBytes > roomBytes + holdings.evictableBytes) {
        throw noRoom(subject, neededBytes, Math.max(0, roomBytes + holdings.evictableBytes));
      }
      // a little more than is lacking, so that not every blob has to look at all files
      const lackingBytes = neededBytes - roomBytes;
      const goneBytes = await this.#evict(holdings, lackingBytes + Math.floor(this.#budgetBytes / 32), signal);
      if (goneBytes < lackingBytes) throw noRoom(subject, neededBytes, roomBytes + goneBytes);
    }
  }

  /** What the file system has left beyond its reserve and what was promised to others. */
  async #spareBytes(): Promise<number> {
    const { freeBytes, totalBytes } = await this.#shelf.disk.room(this.#shelf.layout.root);
    let promisedBytes = 0;
    for (const reservation of this.#reservations.values()) {
      promisedBytes += reservation.blob.size - reservation.writtenBytes();
    }
    for (const growing of this.#growing) promisedBytes += Math.max(0, growing.promisedBytes - growing.writtenBytes());
    return freeBytes - promisedBytes - reserveBytes(totalBytes);
  }

  async #holdings(signal: AbortSignal): Promise<Holdings> {
    // A blob that ends or begins to be taken in during the look counts once and whole, wherever its file was seen.
    const promised = new Map([...this.#reservations.values()].map(({ blob }) => [blob.digest, blob.size]));
    let wholes = await this.#shelf.wholes(signal);
    let unfinished = await this.#shelf.unfinished();
    const quarantined = await this.#shelf.quarantined();
    for (const { blob } of this.#reservations.values()) promised.set(blob.digest, blob.size);
    const isSettled = ({ digest }: BlobFile): boolean => !promised.has(digest);
    wholes = wholes.filter(isSettled);
    unfinished = unfinished.filter(isSettled);
    const mayLeave = ({ digest }: BlobFile): boolean => this.#mayLeave(digest);
    // what is wrong first, then what was not used for longest
    const evictable = [
      ...inOrder(quarantined),
      ...inOrder(wholes.filter(mayLeave)),
      ...inOrder(unfinished.filter(mayLeave)),
    ];
    let usedBytes = sumOf(wholes) + sumOf(unfinished) + sumOf(quarantined);
    for (const sizeBytes of promised.values()) usedBytes += sizeBytes;
    for (const { promisedBytes } of this.#growing) usedBytes += promisedBytes;
    this.#usedBytes = usedBytes;
    return { evictable, evictableBytes: sumOf(evictable), usedBytes };
  }

  async #evict({ evictable }: Holdings, bytes: number, signal: AbortSignal): Promise<number> {
    let goneBytes = 0;
    for (const { path, sizeBytes, digest } of evictable) {
      if (goneBytes >= bytes) break;
      // somebody may have come for it meanwhile
      if (digest !== undefined && !this.#mayLeave(digest)) continue;
      if (digest !== undefined) this.#leaving.add(digest);
      try {
        await this.#shelf.discard(path, signal);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        // held by another program: the next one has to go instead
        continue;
      } finally {
        if (digest !== undefined) this.#leaving.delete(digest);
      }
      goneBytes += sizeBytes;
      this.#grow(-sizeBytes);
    }
    return goneBytes;
  }

  #grow(bytes: number): void {
    if (this.#usedBytes !== undefined) this.#usedBytes += bytes;
  }

  /** One after the other: what one sees must not be evicted by another. */
  #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}

function inOrder<File extends KeptFile>(files: readonly File[]): readonly File[] {
  return files.toSorted((a, b) => a.touchedMs - b.touchedMs);
}
