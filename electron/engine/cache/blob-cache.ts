import { randomUUID } from 'node:crypto';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Disk } from '../kernel/disk.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import { type Logger, silentLogger } from '../kernel/log.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { Ingest, StoredContent } from '../ports/blob-cache.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { ByteRange, Pieces, Upload } from '../ports/library.ts';
import { rotten, takenIn, wrongBytes } from './failures.ts';
import { filePieces } from './file-pieces.ts';
import { bytesBeforeZeros, hashFile } from './hash-file.ts';
import { DiskIngest, type IngestHome } from './ingest.ts';
import { blobPath, ingestPath, uploadPath } from './layout.ts';
import type { Readable } from './reader.ts';
import { Room } from './room.ts';
import { RunningDigest } from './running-digest.ts';
import { SharedFile, uncalledOff } from './shared-file.ts';
import { Shelf } from './shelf.ts';
import { type CacheSizes, usualSizes } from './sizes.ts';
import { StoredBlob } from './stored-blob.ts';
import { type CacheStatus, statusOf } from './status.ts';
import { sweepShelf, type Swept } from './sweep.ts';
import { DiskUpload, type UploadHome } from './upload.ts';
import { Uses } from './uses.ts';
import { type Verified, verifyShelf, type VerifyProgress } from './verify.ts';

export type { CacheSizes, CacheStatus, Swept, Verified, VerifyProgress };

/** What a cache needs. */
export interface BlobCacheOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Its own folder, as a path of `disk`. */
  readonly folder: string;
  /** What it may hold. */
  readonly budgetBytes: number;
  /** True for content that is kept on purpose, beside what is being read or written. */
  readonly isPinned?: (digest: Digest) => boolean;
  readonly log?: Logger;
  readonly sizes?: Partial<CacheSizes>;
}

/** Opens the cache in a folder, which is made when it is not there. One process at a time may have it open. */
export async function openBlobCache(options: BlobCacheOptions, signal: AbortSignal): Promise<DiskBlobCache> {
  const shelf = new Shelf(options.disk, options.folder, options.clock);
  await shelf.prepare(signal);
  return new DiskBlobCache(shelf, options);
}

/** Blobs on disk by digest. The files are all there is to know: nothing has to be rebuilt after a crash. */
export class DiskBlobCache implements BlobStore {
  readonly #shelf: Shelf;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #sizes: CacheSizes;
  readonly #room: Room;
  readonly #uses = new Uses();
  /** Blobs that have a writer, or are about to have one, and what ends when it leaves. */
  readonly #writers = new Map<Digest, PromiseWithResolvers<void>>();
  /** Uploads whose file is being written. */
  readonly #uploads = new Set<string>();
  /** Blobs that are being looked for. */
  readonly #sought = new Map<Digest, number>();
  readonly #home: IngestHome;

  constructor(shelf: Shelf, options: BlobCacheOptions) {
    const { isPinned = () => false } = options;
    this.#shelf = shelf;
    this.#disk = options.disk;
    this.#clock = options.clock;
    this.#log = options.log ?? silentLogger;
    this.#sizes = { ...usualSizes, ...options.sizes };
    this.#room = new Room(shelf, options.budgetBytes, (digest) => !this.#isInUse(digest) && !isPinned(digest));
    this.#home = this.#homeOfIngests();
  }

  async find(blob: Descriptor, signal: AbortSignal): Promise<StoredContent | undefined> {
    const { digest, size } = blob;
    throwIfCancelled(signal, digest);
    if (this.#room.isLeaving(digest)) return undefined;
    return this.#seeking(digest, async () => {
      const path = blobPath(this.#shelf.layout, digest);
      const entry = await this.#disk.stat(path);
      if (entry === undefined) return undefined;
      if (entry.kind !== 'file' || entry.sizeBytes !== size || isOddlyEmpty(blob)) {
        if (entry.kind === 'file') await this.#doubt(digest, path, entry.sizeBytes, signal);
        else await this.#quarantine(digest);
        return undefined;
      }
      // a disk that cannot be written to can still be read
      await this.#disk.touch(path, this.#clock.wallMs()).catch(() => {});
      const file = new SharedFile(this.#disk, path, 'read');
      const stored = new StoredBlob(blob, file, this.#sizes.readBytes, {
        putAside: (content, actual) => this.#putAside(content, actual),
        unused: (content) => this.#uses.remove(content),
      });
      this.#uses.add(stored);
      return stored;
    });
  }

  async ingest(blob: Descriptor, signal: AbortSignal): Promise<Ingest> {
    const { digest } = blob;
    throwIfCancelled(signal, digest);
    if (isOddlyEmpty(blob)) throw wrongBytes(digest, 'other bytes', RunningDigest.for(digest).digest());
    if (this.#writers.has(digest)) throw takenIn(digest);
    this.#writers.set(digest, Promise.withResolvers());
    let ingest: DiskIngest | undefined;
    try {
      const keptBytes = await this.#keptBytes(blob, signal);
      await this.#room.reserve({ blob, writtenBytes: () => ingest?.receivedBytes ?? keptBytes }, keptBytes, signal);
      const running = await this.#rehash(blob, keptBytes, signal);
      const path = ingestPath(this.#shelf.layout, digest);
      const file = new SharedFile(this.#disk, path, running.sizeBytes > 0 ? 'change' : 'create');
      await file.open(signal);
      ingest = new DiskIngest(blob, file, running, this.#home);
      this.#uses.add(ingest);
      return ingest;
    } catch (thrown) {
      this.#room.release(digest, (await this.#unfinishedBytes(digest).catch(() => 0)) ?? 0);
      this.#writerLeft(digest);
      throw thrown;
    }
  }

  async begin(algorithm: DigestAlgorithm, signal: AbortSignal): Promise<Upload> {
    throwIfCancelled(signal, 'upload');
    const path = uploadPath(this.#shelf.layout, randomUUID());
    this.#uploads.add(path);
    try {
      return await DiskUpload.begin(path, algorithm, this.#homeOfUploads(), signal);
    } catch (thrown) {
      this.#uploads.delete(path);
      throw thrown;
    }
  }

  pieces(digest: Digest, range: ByteRange | undefined, signal: AbortSignal): Pieces {
    return filePieces(this.#disk, blobPath(this.#shelf.layout, digest), digest, range, this.#sizes.readBytes, signal);
  }

  async unwritten(digest: Digest, signal: AbortSignal): Promise<void> {
    const writer = this.#writers.get(digest);
    if (writer !== undefined) await unlessAborted(writer.promise, signal);
  }

  putAside(digest: Digest): Promise<void> {
    return this.#quarantine(digest);
  }

  async holds({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean> {
    const entry = await this.#disk.stat(blobPath(this.#shelf.layout, digest));
    return entry?.kind === 'file' && entry.sizeBytes === size;
  }

  async heldBytes(blob: Descriptor): Promise<number> {
    if (await this.holds(blob)) return blob.size;
    const unfinishedBytes = (await this.#unfinishedBytes(blob.digest)) ?? 0;
    return unfinishedBytes <= blob.size ? unfinishedBytes : 0;
  }

  roomBytes(): Promise<number> {
    return this.#room.roomBytes(uncalledOff);
  }

  /**
   * Puts the folder in order after whatever happened: deletes what was about to be deleted and what a whole blob made needless,
   * moves into quarantine what does not belong, and keeps to the budget. To be called once before anything is copied.
   */
  async sweep(signal: AbortSignal): Promise<Swept> {
    const swept = await sweepShelf(
      this.#shelf,
      { isInUse: (digest) => this.#isInUse(digest), isUploading: (path) => this.#uploads.has(path) },
      signal,
    );
    await this.#room.trim(this.#room.budgetBytes, signal);
    if (swept.setAside > 0) this.#log.log('warn', 'cache moved files aside that do not belong to it', { ...swept });
    return swept;
  }

  /** What is held, and what it may be. */
  status(signal: AbortSignal): Promise<CacheStatus> {
    return statusOf(this.#shelf, this.#room.budgetBytes, signal);
  }

  /** Reads and hashes every whole blob; those that have rotted are put into quarantine and named. */
  async verify(progress: (done: VerifyProgress) => void, signal: AbortSignal): Promise<Verified> {
    const putAside = (digest: Digest): Promise<void> => this.#quarantine(digest);
    return verifyShelf(this.#shelf, putAside, progress, signal);
  }

  /** Holds at most so many bytes from now on; what is more and not needed goes at once. */
  async setBudget(bytes: number, signal: AbortSignal): Promise<void> {
    await this.#room.setBudget(bytes, signal);
  }

  /** Deletes what nobody needs until at most `toBytes` are held, the least used first; gives how many bytes went. */
  trim(toBytes: number, signal: AbortSignal): Promise<number> {
    return this.#room.trim(toBytes, signal);
  }

  #homeOfIngests(): IngestHome {
    return {
      sizes: this.#sizes,
      newFile: async ({ digest }, signal) => {
        const file = new SharedFile(this.#disk, ingestPath(this.#shelf.layout, digest), 'create');
        await file.open(signal);
        return file;
      },
      makeRoom: async (neededBytes) => {
        const bytes = Math.max(neededBytes, Math.floor(this.#room.budgetBytes / 32));
        return (await this.#room.letGo(bytes, uncalledOff)) > 0;
      },
      settle: ({ digest, size }, file, signal) =>
        file.move(blobPath(this.#shelf.layout, digest), () => this.#shelf.settle(digest, size, signal)),
      remove: ({ digest }) => this.#disk.unlink(ingestPath(this.#shelf.layout, digest), uncalledOff),
      putAside: (content, actual) => this.#putAside(content, actual),
      ended: ({ descriptor: { digest } }, keptBytes) => {
        this.#room.release(digest, keptBytes);
        this.#writerLeft(digest);
      },
      used: (content) => this.#uses.add(content),
      unused: (content) => this.#uses.remove(content),
    };
  }

  #homeOfUploads(): UploadHome {
    return {
      disk: this.#disk,
      sizes: this.#sizes,
      room: this.#room,
      settle: async (path, digest, sizeBytes, signal) => {
        const replaced = await this.#disk.stat(blobPath(this.#shelf.layout, digest));
        // whoever reads what had this name must not have the new file put aside
        this.#uses.nameLost(digest);
        await this.#shelf.settle(digest, sizeBytes, signal, path);
        return sizeBytes - (replaced?.sizeBytes ?? 0);
      },
      ended: (path) => this.#uploads.delete(path),
    };
  }

  #writerLeft(digest: Digest): void {
    this.#writers.get(digest)?.resolve();
    this.#writers.delete(digest);
  }

  #isInUse(digest: Digest): boolean {
    return this.#uses.has(digest) || this.#writers.has(digest) || this.#sought.has(digest);
  }

  /** Keeps a blob from being evicted between a look at it and its use. */
  async #seeking<Value>(digest: Digest, look: () => Promise<Value>): Promise<Value> {
    this.#sought.set(digest, (this.#sought.get(digest) ?? 0) + 1);
    try {
      return await look();
    } finally {
      const others = (this.#sought.get(digest) ?? 1) - 1;
      if (others > 0) this.#sought.set(digest, others);
      else this.#sought.delete(digest);
    }
  }

  /** What has another size than was asked for is dropped, unless the one who asked was wrong: a lie must not cost a good blob. */
  async #doubt(digest: Digest, path: string, sizeBytes: number, signal: AbortSignal): Promise<void> {
    const running = await hashFile(this.#disk, path, digest, sizeBytes, () => {}, signal);
    if (running.digest() === digest) return;
    this.#uses.nameLost(digest);
    await this.#shelf.discard(path, signal);
    this.#room.forget(sizeBytes);
    this.#log.log('warn', 'cache held a blob of another size', { digest, sizeBytes });
  }

  async #putAside(content: Readable, actual: string): Promise<Error> {
    const { digest } = content.descriptor;
    if (!this.#uses.isNameless(content)) await this.#quarantine(digest);
    return rotten(digest, actual);
  }

  async #quarantine(digest: Digest): Promise<void> {
    this.#uses.nameLost(digest);
    await this.#shelf.putAside(blobPath(this.#shelf.layout, digest));
    this.#log.log('warn', 'cache put a blob aside that is not what its name says', { digest });
  }

  async #unfinishedBytes(digest: Digest): Promise<number | undefined> {
    return (await this.#disk.stat(ingestPath(this.#shelf.layout, digest)))?.sizeBytes;
  }

  /** Bytes an earlier try left; what can be no part of the blob is dropped. */
  async #keptBytes({ digest, size }: Descriptor, signal: AbortSignal): Promise<number> {
    const path = ingestPath(this.#shelf.layout, digest);
    const entry = await this.#disk.stat(path);
    if (entry === undefined) return 0;
    if (entry.kind === 'file' && entry.sizeBytes <= size) return entry.sizeBytes;
    await this.#shelf.discard(path, signal);
    this.#room.forget(entry.sizeBytes);
    return 0;
  }

  /** The digest of what an earlier try left, as far as it can be part of the blob; only the last byte proves it. */
  async #rehash({ digest, size }: Descriptor, keptBytes: number, signal: AbortSignal): Promise<RunningDigest> {
    const path = ingestPath(this.#shelf.layout, digest);
    if (keptBytes === 0) return RunningDigest.for(digest);
    if (keptBytes === size) {
      const whole = await hashFile(this.#disk, path, digest, size, () => {}, signal);
      if (whole.digest() === digest) return whole;
    }
    const soundBytes = await bytesBeforeZeros(this.#disk, path, keptBytes, signal);
    const running = await hashFile(this.#disk, path, digest, soundBytes, () => {}, signal);
    return running.sizeBytes === size && running.digest() !== digest ? RunningDigest.for(digest) : running;
  }
}

/** True for a descriptor of no bytes whose digest is not that of no bytes. */
function isOddlyEmpty({ digest, size }: Descriptor): boolean {
  return size === 0 && RunningDigest.for(digest).digest() !== digest;
}
