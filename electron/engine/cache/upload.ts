import { algorithmOf, type Digest, type DigestAlgorithm } from '../../oci/digest.ts';
import { type Disk, type DiskFile, errnoOf } from '../kernel/disk.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { Upload } from '../ports/library.ts';
import { otherDigest, uploadOver } from './failures.ts';
import { hashFile } from './hash-file.ts';
import type { GrowingReservation, Room } from './room.ts';
import { RunningDigest } from './running-digest.ts';
import { uncalledOff } from './shared-file.ts';
import type { CacheSizes } from './sizes.ts';

/** What an upload asks of the cache that it goes to. */
export interface UploadHome {
  readonly disk: Disk;
  readonly sizes: CacheSizes;
  readonly room: Pick<Room, 'extend' | 'shrink' | 'letGo'>;
  /** Gives the file, which is synced, its place under its digest; gives how many bytes the cache holds more for it. */
  settle(path: string, digest: Digest, sizeBytes: number, signal: AbortSignal): Promise<number>;
  /** Nobody writes the file any more. */
  ended(path: string): void;
}

const mebibyte = 1024 * 1024;

/** A blob on its way in whose digest is told at its end. It takes two blocks of memory: one that fills and one that is written. */
export class DiskUpload implements Upload, GrowingReservation {
  promisedBytes = 0;
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #home: UploadHome;
  readonly #digest: RunningDigest;
  readonly #algorithm: DigestAlgorithm;
  #block: Buffer;
  #blockBytes = 0;
  #writtenBytes = 0;
  #unsyncedBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: { readonly reason: unknown } | undefined;
  #isOver = false;

  private constructor(path: string, file: DiskFile, algorithm: DigestAlgorithm, home: UploadHome) {
    this.#path = path;
    this.#file = file;
    this.#home = home;
    this.#algorithm = algorithm;
    this.#digest = new RunningDigest(algorithm);
    this.#block = Buffer.allocUnsafeSlow(0);
  }

  /** Begins one in a new file. */
  static async begin(
    path: string,
    algorithm: DigestAlgorithm,
    home: UploadHome,
    signal: AbortSignal,
  ): Promise<DiskUpload> {
    return new DiskUpload(path, await home.disk.open(path, 'create', signal), algorithm, home);
  }

  get sizeBytes(): number {
    return this.#digest.sizeBytes;
  }

  writtenBytes(): number {
    return this.#writtenBytes;
  }

  async append(chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal, 'upload');
    this.#assertGoing('upload');
    const neededBytes = this.sizeBytes + chunk.byteLength - this.promisedBytes;
    if (neededBytes > 0) await this.#reserve(neededBytes, signal);
    this.#digest.update(chunk);
    for (let at = 0; at < chunk.byteLength; ) {
      if (this.#block.byteLength === 0) this.#block = Buffer.allocUnsafeSlow(this.#home.sizes.blockBytes);
      const piece = chunk.subarray(at, at + this.#block.byteLength - this.#blockBytes);
      this.#block.set(piece, this.#blockBytes);
      this.#blockBytes += piece.byteLength;
      at += piece.byteLength;
      if (this.#blockBytes === this.#block.byteLength) await this.#writeBlock();
    }
  }

  async commit(digest: Digest, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal, digest);
    this.#assertGoing(digest);
    let keptBytes = 0;
    try {
      await this.#writeBlock();
      await this.#writing;
      this.#assertGoing(digest);
      await this.#assertDigest(digest, signal);
      await this.#file.sync();
      this.#isOver = true;
      await this.#file.close();
      keptBytes = await this.#home.settle(this.#path, digest, this.sizeBytes, signal);
    } catch (thrown) {
      this.#isOver = true;
      await this.#remove();
      throw thrown;
    } finally {
      this.#leave(keptBytes);
    }
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#remove();
    this.#leave(0);
  }

  /** A look at the disk each: as much again as came, so that small blobs promise little and large ones look seldom. */
  async #reserve(neededBytes: number, signal: AbortSignal): Promise<void> {
    const stepBytes = Math.max(neededBytes, Math.min(Math.max(this.sizeBytes, mebibyte), 32 * mebibyte));
    try {
      await this.#home.room.extend(this, stepBytes, signal);
    } catch (thrown) {
      if (stepBytes === neededBytes || signal.aborted) throw thrown;
      await this.#home.room.extend(this, neededBytes, signal);
    }
  }

  #assertGoing(subject: string): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
    if (this.#isOver) throw uploadOver(subject);
  }

  /** Has the block written behind those before it; at most one is under way while the next one fills. */
  async #writeBlock(): Promise<void> {
    await this.#writing;
    this.#assertGoing('upload');
    const block = this.#block.subarray(0, this.#blockBytes);
    this.#block = Buffer.allocUnsafeSlow(0);
    this.#blockBytes = 0;
    if (block.byteLength === 0) return;
    this.#writing = this.#write(block).catch((reason: unknown) => {
      this.#failure ??= { reason };
    });
  }

  async #write(block: Uint8Array): Promise<void> {
    try {
      await this.#file.write([block], this.#writtenBytes);
    } catch (thrown) {
      const isFull = errnoOf(thrown) === 'ENOSPC' || errnoOf(thrown) === 'EDQUOT';
      if (!isFull || (await this.#home.room.letGo(block.byteLength, uncalledOff)) === 0) throw thrown;
      await this.#file.write([block], this.#writtenBytes);
    }
    this.#writtenBytes += block.byteLength;
    this.#unsyncedBytes += block.byteLength;
    if (this.#unsyncedBytes < this.#home.sizes.syncStepBytes) return;
    this.#unsyncedBytes = 0;
    await this.#file.sync();
  }

  async #assertDigest(digest: Digest, signal: AbortSignal): Promise<void> {
    const isSame = algorithmOf(digest) === this.#algorithm;
    const { disk } = this.#home;
    const running = isSame ? this.#digest : await hashFile(disk, this.#path, digest, this.sizeBytes, () => {}, signal);
    const actual = running.digest();
    if (actual !== digest) throw otherDigest(digest, actual, this.sizeBytes);
  }

  /** A file that cannot be deleted goes with the next sweep. */
  async #remove(): Promise<void> {
    await this.#writing;
    await this.#file.close().catch(() => {});
    await this.#home.disk.unlink(this.#path, uncalledOff).catch(() => {});
  }

  #leave(keptBytes: number): void {
    this.#home.room.shrink(this, keptBytes);
    this.#home.ended(this.#path);
  }
}
