import type { Descriptor } from '../../oci/descriptor.ts';
import { errnoOf } from '../kernel/disk.ts';
import type { BlobReader } from '../ports/places.ts';
import { removed } from './failures.ts';
import type { Block } from './memory-window.ts';
import { RunningDigest } from './running-digest.ts';

/** What a reader needs of the content it reads. */
export interface Readable {
  readonly descriptor: Descriptor;
  /** What makes reading on impossible; undefined while nothing does. */
  readonly failure: Error | undefined;
  /** The block in memory that holds the byte at `at`. */
  blockAt(at: number): Block | undefined;
  /** Up to which offset the file may be read. */
  readonly readableBytes: number;
  /** A piece of the file from `at` on, of at most `mostBytes`; empty when the file ends too early. */
  readFile(at: number, mostBytes: number): Promise<Uint8Array>;
  /** Puts content aside that is not what its name says; gives what its readers are told. */
  putAside(actual: string): Promise<Error>;
  /** A reader left. */
  forget(reader: CacheReader): void;
}

/**
 * Reads a blob from memory while it keeps up with the writer, from its file when it does not.
 * What came from memory was hashed by the writer; from the first byte that comes from a file it hashes for itself, and then
 * withholds the last piece until its own digest agrees.
 */
export class CacheReader implements BlobReader, AsyncIterator<Uint8Array, undefined> {
  readonly #content: Readable;
  /** Set once a byte came from the file. */
  #digest: RunningDigest | undefined;
  #at = 0;
  #block: Block | undefined;
  #nextChunk = 0;
  #failure: Error | undefined;
  #wake: () => void = () => {};
  #isClosed = false;

  constructor(content: Readable) {
    this.#content = content;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      while (!this.#isClosed && !this.#isAtEnd) {
        if (this.#told !== undefined) throw this.#told;
        const held = this.#fromMemory();
        if (held !== undefined) return { done: false, value: await this.#checked(held) };
        if (this.#at >= this.#content.readableBytes) {
          await this.#change();
          continue;
        }
        const read = await this.#fromFile();
        // what happened meanwhile counts more than what was read
        if (!this.#isClosed && this.#told === undefined) return { done: false, value: await this.#checked(read) };
      }
    } catch (thrown) {
      this.close();
      throw this.#told ?? thrown;
    }
    this.close();
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Something changed: a wait looks again. */
  wake(): void {
    this.#wake();
  }

  /** Ends it with an error of its own. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Told before a block leaves memory: a reader that still needs bytes of it goes on with the file, and hashes from here. */
  fallBehind(block: Block): void {
    if (this.#digest !== undefined || this.#at < block.from || this.#at >= block.from + block.sizeBytes) return;
    const digest = block.before.fork();
    for (const chunk of block.chunks) {
      if (digest.sizeBytes === this.#at) break;
      digest.update(chunk);
    }
    this.#digest = digest;
    this.#block = undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    this.#content.forget(this);
  }

  #fromMemory(): Uint8Array | undefined {
    if (this.#block === undefined || this.#nextChunk >= this.#block.chunks.length) {
      const block = this.#content.blockAt(this.#at);
      if (block === undefined) return undefined;
      this.#nextChunk = block === this.#block ? this.#nextChunk : 0;
      this.#block = block;
    }
    return this.#block.chunks[this.#nextChunk++];
  }

  async #fromFile(): Promise<Uint8Array> {
    const { descriptor, readableBytes } = this.#content;
    this.#block = undefined;
    this.#digest ??= RunningDigest.for(descriptor.digest);
    const piece = await this.#readFile(readableBytes - this.#at);
    if (piece.byteLength === 0) throw await this.#content.putAside(`only ${this.#at} bytes`);
    return piece;
  }

  async #readFile(mostBytes: number): Promise<Uint8Array> {
    try {
      return await this.#content.readFile(this.#at, mostBytes);
    } catch (thrown) {
      throw errnoOf(thrown) === 'ENOENT' ? removed(this.#content.descriptor.digest, thrown) : thrown;
    }
  }

  /** The piece, hashed; the last one only if everything was what it should be. */
  async #checked(piece: Uint8Array): Promise<Uint8Array> {
    this.#at += piece.byteLength;
    this.#digest?.update(piece);
    const { digest, size } = this.#content.descriptor;
    if (this.#digest === undefined || this.#at < size) return piece;
    const actual = this.#digest.digest();
    if (actual !== digest) throw await this.#content.putAside(actual);
    return piece;
  }

  /** Why it can go no further. */
  get #told(): Error | undefined {
    return this.#failure ?? this.#content.failure;
  }

  get #isAtEnd(): boolean {
    const { size } = this.#content.descriptor;
    return this.#at === size && (size > 0 || this.#told === undefined);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
