import type { Descriptor } from '../../oci/descriptor.ts';
import { asCopyError, throwIfCancelled } from '../kernel/errors.ts';
import type { Ingest } from '../ports/blob-cache.ts';
import type { BlobReader } from '../ports/places.ts';
import { begunAgain, outOfTurn, rotten, wrongBytes } from './failures.ts';
import { type Block, MemoryWindow } from './memory-window.ts';
import { CacheReader, type Readable } from './reader.ts';
import { RunningDigest } from './running-digest.ts';
import { type SharedFile, uncalledOff } from './shared-file.ts';
import type { CacheSizes } from './sizes.ts';
import { Spool } from './spool.ts';

/** What an ingest asks of the cache that it fills. */
export interface IngestHome {
  readonly sizes: CacheSizes;
  /** A new and empty file for the blob. */
  newFile(blob: Descriptor, signal: AbortSignal): Promise<SharedFile>;
  /** Lets go of what nobody needs; false when there was nothing. */
  makeRoom(neededBytes: number): Promise<boolean>;
  /** Gives the file, which is synced, its place under its digest and makes that durable. */
  settle(blob: Descriptor, file: SharedFile, signal: AbortSignal): Promise<void>;
  /** Deletes the unfinished file. */
  remove(blob: Descriptor): Promise<void>;
  /** Puts the file that `content` reads aside; gives what its readers are told. */
  putAside(content: Readable, actual: string): Promise<Error>;
  /** The writer is done, and its file holds so many bytes; 0 when it is gone. */
  ended(ingest: DiskIngest, keptBytes: number): void;
  /** It must not be evicted. */
  used(content: Readable): void;
  /** Nobody writes or reads it any more. */
  unused(content: Readable): void;
}

/**
 * A blob on its way into the cache. Bytes are hashed as they come and written behind; the piece with the last byte is taken in only
 * once size and digest agree, so neither a reader nor the file ever completes with anything else.
 */
export class DiskIngest implements Ingest, Readable {
  readonly descriptor: Descriptor;
  readonly #home: IngestHome;
  readonly #readers = new Set<CacheReader>();
  #file: SharedFile;
  #digest: RunningDigest;
  #window: MemoryWindow;
  #spool: Spool;
  #failure: Error | undefined;
  #isPaused = false;
  #isOver = false;
  #isSettled = false;
  #clearing: Promise<void> | undefined;
  #resume: () => void = () => {};

  /** `digest` has seen what `file` holds already. */
  constructor(descriptor: Descriptor, file: SharedFile, digest: RunningDigest, home: IngestHome) {
    this.descriptor = descriptor;
    this.#home = home;
    this.#file = file;
    this.#digest = digest;
    this.#window = new MemoryWindow(home.sizes.blockBytes);
    this.#spool = this.#newSpool();
  }

  get receivedBytes(): number {
    return this.#digest.sizeBytes;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  get readableBytes(): number {
    return this.#window.oldest?.from ?? this.#spool.writtenBytes;
  }

  write(chunk: Uint8Array): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isOver) throw outOfTurn(this.descriptor.digest, 'blob.ingest', 'nothing more can be written to');
    if (chunk.byteLength === 0) return true;
    const { size } = this.descriptor;
    if (this.receivedBytes + chunk.byteLength > size) throw this.#wrong('more bytes than it has');
    const block = this.#window.next(this.#digest);
    this.#digest.update(chunk);
    if (this.receivedBytes === size && this.#digest.digest() !== this.descriptor.digest) {
      throw this.#wrong('other bytes');
    }
    const full = this.#window.push(block, chunk);
    if (full !== undefined) this.#spool.add(full);
    for (const reader of this.#readers) reader.wake();
    this.#letGo();
    this.#isPaused = this.#spool.waitingBytes >= this.#home.sizes.windowBytes / 2;
    return !this.#isPaused;
  }

  onRoom(resume: () => void): void {
    this.#resume = resume;
  }

  open(): BlobReader {
    if (this.#failure !== undefined) throw this.#failure;
    const reader = new CacheReader(this);
    this.#home.used(this);
    this.#readers.add(reader);
    return reader;
  }

  async restart(): Promise<void> {
    if (this.#isOver) throw outOfTurn(this.descriptor.digest, 'blob.restart', 'no writer is left for');
    this.#tellReaders(begunAgain(this.descriptor.digest));
    await this.#clear();
    try {
      this.#file = await this.#home.newFile(this.descriptor, uncalledOff);
    } catch (thrown) {
      this.#lost(thrown);
      throw thrown;
    }
    this.#digest = RunningDigest.for(this.descriptor.digest);
    this.#window = new MemoryWindow(this.#home.sizes.blockBytes);
    this.#spool = this.#newSpool();
    this.#clearing = undefined;
    this.#failure = undefined;
    this.#isPaused = false;
  }

  async commit(signal: AbortSignal): Promise<void> {
    const { digest, size } = this.descriptor;
    try {
      throwIfCancelled(signal, digest);
      if (this.#failure === undefined && this.receivedBytes !== size) {
        throw outOfTurn(digest, 'blob.commit', `only ${this.receivedBytes} of ${size} bytes came of`);
      }
      await this.#flush();
      // after a sync that failed nobody knows what the file holds
      if (this.#failure === undefined) await this.#file.sync().catch((thrown: unknown) => this.#lost(thrown));
      if (this.#failure !== undefined) throw this.#failure;
      await this.#home.settle(this.descriptor, this.#file, signal);
    } catch (thrown) {
      const error = asCopyError(thrown, { side: 'local', op: 'blob.commit', subject: digest });
      await this.suspend(error);
      throw error;
    }
    this.#isSettled = true;
    this.#isOver = true;
    while (this.#window.oldest !== undefined) this.#dropOldest();
    this.#home.ended(this, size);
    this.#leaveIfUnused();
  }

  async suspend(reason: Error): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    // what was wrong or could not be written was let go of already
    const isKept = this.#clearing === undefined;
    if (isKept) await this.#flush();
    this.#fail(reason);
    await (this.receivedBytes === 0 ? this.#clear() : this.#clearing);
    await this.#file.close().catch(() => {});
    this.#home.ended(this, this.#clearing === undefined ? this.#spool.writtenBytes : 0);
    this.#leaveIfUnused();
  }

  blockAt(at: number): Block | undefined {
    return this.#window.blockAt(at);
  }

  readFile(at: number, mostBytes: number): Promise<Uint8Array> {
    return this.#file.read(at, Math.min(mostBytes, this.#home.sizes.readBytes));
  }

  async putAside(actual: string): Promise<Error> {
    if (this.#isSettled) return this.#home.putAside(this, actual);
    const error = rotten(this.descriptor.digest, actual);
    this.#lose(error);
    return error;
  }

  forget(reader: CacheReader): void {
    this.#readers.delete(reader);
    this.#leaveIfUnused();
  }

  #newSpool(): Spool {
    return new Spool(this.#file, this.receivedBytes, this.#home.sizes.syncStepBytes, {
      makeRoom: (neededBytes) => this.#home.makeRoom(neededBytes),
      wrote: () => this.#wrote(),
      failed: (error) => this.#lost(error),
    });
  }

  #wrote(): void {
    this.#letGo();
    if (!this.#isPaused || this.#spool.waitingBytes >= this.#home.sizes.windowBytes / 4) return;
    this.#isPaused = false;
    this.#resume();
  }

  /** Lets go of what is on the disk, as far as memory is needed. */
  #letGo(): void {
    const { windowBytes, blockBytes } = this.#home.sizes;
    const mostBlocks = Math.ceil(windowBytes / blockBytes);
    while (this.#window.heldBytes > windowBytes || this.#window.heldBlocks > mostBlocks) {
      const { oldest } = this.#window;
      if (oldest === undefined || oldest.from + oldest.sizeBytes > this.#spool.writtenBytes) return;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const { oldest } = this.#window;
    if (oldest !== undefined) for (const reader of this.#readers) reader.fallBehind(oldest);
    this.#window.dropOldest();
  }

  async #flush(): Promise<void> {
    const rest = this.#window.end();
    if (rest !== undefined && this.#failure === undefined) this.#spool.add(rest);
    await this.#spool.settled();
  }

  /** Wrong bytes must not stay for the next try, whatever the writer does now. */
  #wrong(what: string): Error {
    const error = wrongBytes(this.descriptor.digest, what, this.#digest.digest());
    this.#lose(error);
    return error;
  }

  #lost(thrown: unknown): void {
    this.#lose(asCopyError(thrown, { side: 'local', op: 'blob.ingest', subject: this.descriptor.digest }));
  }

  #lose(error: Error): void {
    this.#fail(error);
    void this.#clear();
  }

  #fail(error: Error): void {
    if (this.#failure === undefined) {
      this.#failure = error;
      this.#tellReaders(error);
    }
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#resume();
  }

  #tellReaders(error: Error): void {
    for (const reader of this.#readers) reader.fail(error);
  }

  /** Deletes the file; harmless when repeated. A file that cannot be deleted is hashed by whoever takes it up. */
  #clear(): Promise<void> {
    this.#spool.stop();
    this.#clearing ??= (async (): Promise<void> => {
      await this.#spool.settled();
      await this.#file.close().catch(() => {});
      await this.#home.remove(this.descriptor).catch(() => {});
    })();
    return this.#clearing;
  }

  #leaveIfUnused(): void {
    if (!this.#isOver || this.#readers.size > 0) return;
    void this.#file.close().catch(() => {});
    this.#home.unused(this);
  }
}
