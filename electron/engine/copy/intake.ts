import type { Descriptor } from '../../oci/descriptor.ts';
import { asCopyError, copyError } from '../kernel/errors.ts';
import type { BlobCache, Ingest, StoredContent } from '../ports/blob-cache.ts';
import type { BlobReader } from '../ports/places.ts';
import type { DownloadTarget } from './download.ts';
import { BlobWindow, smallBlobBytes } from './window.ts';

/** Where a blob is while it comes, and when it is whole. */
export interface Intake extends DownloadTarget {
  /** True when nothing is to be downloaded. */
  readonly isWhole: boolean;
  /** All bytes, once they are here, of a blob that is held in memory. */
  whole(): Uint8Array | undefined;
  /** A reader from the first byte, which follows whoever writes. */
  open(): BlobReader;
  /** Forgets what came; readers fail with advice `again`. */
  restart(): Promise<void>;
  /** Keeps the whole blob in the cache; rejects `disk` when that is needed to read it and cannot be. */
  keep(signal: AbortSignal): Promise<void>;
  /** Ends the writing before the blob is whole; the cache keeps what came for the next try. */
  suspend(reason: Error): Promise<void>;
  /** Lets go of it. */
  close(): void;
}

/** The blob in the cache, or a place for it: a small one in memory and behind that in the cache, any other in the cache. */
export async function openIntake(blob: Descriptor, cache: BlobCache, signal: AbortSignal): Promise<Intake> {
  const found = await cache.find(blob, signal);
  if (found !== undefined) return new FoundIntake(found);
  if (blob.size <= smallBlobBytes) return new MemoryIntake(blob, cache);
  return new CacheIntake(await cache.ingest(blob, signal));
}

/** A blob that the cache has whole. */
class FoundIntake implements Intake {
  readonly isWhole = true;
  readonly descriptor: Descriptor;
  readonly #content: StoredContent;

  constructor(content: StoredContent) {
    this.descriptor = content.descriptor;
    this.#content = content;
  }

  get receivedBytes(): number {
    return this.descriptor.size;
  }

  write(): boolean {
    throw new Error('a blob that is whole takes no bytes');
  }

  whole(): undefined {
    return undefined;
  }

  open(): BlobReader {
    return this.#content.open();
  }

  async restart(): Promise<void> {}

  async keep(): Promise<void> {}

  async suspend(): Promise<void> {}

  close(): void {
    this.#content.close();
  }
}

/** A blob that is written to the cache while it comes. */
class CacheIntake implements Intake {
  readonly isWhole = false;
  readonly descriptor: Descriptor;
  readonly #ingest: Ingest;

  constructor(ingest: Ingest) {
    this.descriptor = ingest.descriptor;
    this.#ingest = ingest;
  }

  get receivedBytes(): number {
    return this.#ingest.receivedBytes;
  }

  write(chunk: Uint8Array): boolean {
    return this.#ingest.write(chunk);
  }

  onRoom(resume: () => void): void {
    this.#ingest.onRoom?.(resume);
  }

  whole(): undefined {
    return undefined;
  }

  open(): BlobReader {
    return this.#ingest.open();
  }

  restart(): Promise<void> {
    return this.#ingest.restart();
  }

  keep(signal: AbortSignal): Promise<void> {
    return this.#ingest.commit(signal);
  }

  suspend(reason: Error): Promise<void> {
    return this.#ingest.suspend(reason);
  }

  close(): void {}
}

/** A small blob: in memory until it is delivered, and put into the cache behind that for another time. */
class MemoryIntake implements Intake {
  readonly isWhole = false;
  readonly descriptor: Descriptor;
  readonly #cache: BlobCache;
  #window: BlobWindow;

  constructor(blob: Descriptor, cache: BlobCache) {
    this.descriptor = blob;
    this.#cache = cache;
    this.#window = wholeWindow(blob);
  }

  get receivedBytes(): number {
    return this.#window.receivedBytes;
  }

  write(chunk: Uint8Array): boolean {
    return this.#window.write(chunk);
  }

  whole(): Uint8Array | undefined {
    return this.#window.whole();
  }

  open(): BlobReader {
    return this.#window.open();
  }

  async restart(): Promise<void> {
    const { digest } = this.descriptor;
    const message = `${digest} is read again from the beginning`;
    this.#window.fail(
      copyError('unavailable', { side: 'cache', op: 'blob.read', subject: digest, message, advice: { do: 'again' } }),
    );
    this.#window = wholeWindow(this.descriptor);
  }

  /** What cannot be kept is delivered all the same. */
  async keep(signal: AbortSignal): Promise<void> {
    const bytes = this.#window.whole();
    if (bytes === undefined) return;
    let ingest: Ingest | undefined;
    try {
      ingest = await this.#cache.ingest(this.descriptor, signal);
      // what an earlier try left of so little is not worth a look
      if (ingest.receivedBytes > 0) await ingest.restart();
      if (bytes.byteLength > 0) ingest.write(bytes);
      await ingest.commit(signal);
    } catch (thrown) {
      await ingest?.suspend(asCopyError(thrown, { side: 'cache', op: 'blob.keep', subject: this.descriptor.digest }));
    }
  }

  async suspend(reason: Error): Promise<void> {
    this.#window.fail(reason);
  }

  close(): void {}
}

/** A window that holds all of a small blob. */
function wholeWindow(blob: Descriptor): BlobWindow {
  return new BlobWindow(blob, smallBlobBytes + 1);
}
