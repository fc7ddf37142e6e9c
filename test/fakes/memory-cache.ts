import { digestOf } from '../../electron/engine/content/digest-of.ts';
import { copyError, type CopyError } from '../../electron/engine/kernel/errors.ts';
import type { BlobCache, Ingest, StoredContent } from '../../electron/engine/ports/blob-cache.ts';
import type { BlobReader } from '../../electron/engine/ports/places.ts';
import type { Descriptor } from '../../electron/oci/descriptor.ts';
import type { Digest } from '../../electron/oci/digest.ts';

/** A BlobCache in memory that writes down what was asked of it, and has as much room as a test gives it. */
export class MemoryCache implements BlobCache {
  readonly blobs = new Map<Digest, Buffer>();
  readonly unfinished = new Map<Digest, Buffer>();
  readonly log: string[] = [];
  room: number = Number.POSITIVE_INFINITY;
  /** After so many bytes of one blob the disk is full. */
  fullAfter: number = Number.POSITIVE_INFINITY;

  async find(blob: Descriptor): Promise<StoredContent | undefined> {
    const bytes = this.blobs.get(blob.digest);
    if (bytes === undefined) return undefined;
    this.log.push('find');
    return { descriptor: blob, open: () => this.#verified(blob, bytes), close: () => undefined };
  }

  async ingest(blob: Descriptor): Promise<Ingest> {
    this.log.push('ingest');
    if (blob.size > this.room) throw noRoom(blob);
    return new MemoryIngest(blob, this);
  }

  async heldBytes({ digest }: Descriptor): Promise<number> {
    return (this.blobs.get(digest) ?? this.unfinished.get(digest))?.byteLength ?? 0;
  }

  async roomBytes(): Promise<number> {
    return this.room;
  }

  /** Readers check what they give, as the port wants it. */
  #verified(blob: Descriptor, bytes: Buffer): BlobReader {
    return { close: () => undefined, [Symbol.asyncIterator]: () => this.#pieces(blob, bytes) };
  }

  async *#pieces(blob: Descriptor, bytes: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at + 65_536 < bytes.byteLength; at += 65_536) yield bytes.subarray(at, at + 65_536);
    if (digestOf(bytes) !== blob.digest) {
      this.blobs.delete(blob.digest);
      throw copyError('integrity', { side: 'cache', op: 'blob.read', subject: blob.digest });
    }
    const last = Math.floor((bytes.byteLength - 1) / 65_536) * 65_536;
    if (bytes.byteLength > 0) yield bytes.subarray(last);
  }
}

class MemoryIngest implements Ingest {
  readonly descriptor: Descriptor;
  readonly #cache: MemoryCache;
  #bytes: Buffer;
  #failure: Error | undefined;
  #isWhole = false;
  #wakers: (() => void)[] = [];

  constructor(blob: Descriptor, cache: MemoryCache) {
    this.descriptor = blob;
    this.#cache = cache;
    this.#bytes = cache.unfinished.get(blob.digest) ?? Buffer.alloc(0);
    cache.unfinished.delete(blob.digest);
  }

  get receivedBytes(): number {
    return this.#bytes.byteLength;
  }

  write(chunk: Uint8Array): boolean {
    const { digest, size } = this.descriptor;
    const bytes = Buffer.concat([this.#bytes, chunk]);
    if (bytes.byteLength > this.#cache.fullAfter) throw this.#fail(noRoom(this.descriptor));
    const isWrong = bytes.byteLength > size || (bytes.byteLength === size && digestOf(bytes) !== digest);
    if (isWrong)
      throw copyError('integrity', { side: 'source', op: 'blob.get', subject: digest, hint: 'source-corrupt' });
    this.#bytes = bytes;
    this.#isWhole = bytes.byteLength === size;
    this.#wake();
    return true;
  }

  async restart(): Promise<void> {
    this.#fail(beginsAgain());
    this.#failure = undefined;
    this.#bytes = Buffer.alloc(0);
  }

  async commit(): Promise<void> {
    this.#isWhole = true;
    this.#cache.blobs.set(this.descriptor.digest, this.#bytes);
    this.#wake();
  }

  async suspend(reason: Error): Promise<void> {
    if (!this.#isWhole && this.#failure === undefined) this.#cache.unfinished.set(this.descriptor.digest, this.#bytes);
    this.#fail(reason);
  }

  open(): BlobReader {
    const state = { isClosed: false };
    return {
      close: () => {
        state.isClosed = true;
        this.#wake();
      },
      [Symbol.asyncIterator]: () => this.#follow(state),
    };
  }

  async *#follow(state: { readonly isClosed: boolean }): AsyncGenerator<Uint8Array, void, undefined> {
    let at = 0;
    const begun = this.#bytes;
    while (!state.isClosed) {
      if (this.#failure !== undefined) throw this.#failure;
      const bytes = this.#bytes;
      if (bytes.byteLength < begun.byteLength) throw beginsAgain();
      if (at < bytes.byteLength) {
        yield bytes.subarray(at);
        at = bytes.byteLength;
      } else if (this.#isWhole) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#wakers.push(resolve));
      }
    }
  }

  #fail(reason: Error): Error {
    this.#failure ??= reason;
    this.#wake();
    return reason;
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}

function noRoom({ digest }: Descriptor): CopyError {
  return copyError('disk', { side: 'local', op: 'cache.write', subject: digest, advice: { do: 'ask' } });
}

function beginsAgain(): CopyError {
  return copyError('unavailable', { side: 'cache', op: 'blob.read', subject: 'blob', advice: { do: 'again' } });
}
