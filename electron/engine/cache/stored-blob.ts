import type { Descriptor } from '../../oci/descriptor.ts';
import type { StoredContent } from '../ports/blob-cache.ts';
import type { BlobReader } from '../ports/places.ts';
import { outOfTurn } from './failures.ts';
import { CacheReader, type Readable } from './reader.ts';
import type { SharedFile } from './shared-file.ts';

/** What a whole blob asks of its cache. */
export interface StoredHome {
  /** Puts the file that `content` reads aside; gives what its readers are told. */
  putAside(content: Readable, actual: string): Promise<Error>;
  /** Nobody needs it any more. */
  unused(content: Readable): void;
}

/** A whole blob of the cache; its file is open only while somebody reads. */
export class StoredBlob implements StoredContent, Readable {
  readonly descriptor: Descriptor;
  readonly failure: undefined;
  readonly #file: SharedFile;
  readonly #readBytes: number;
  readonly #home: StoredHome;
  readonly #readers = new Set<CacheReader>();
  #isClosed = false;

  constructor(descriptor: Descriptor, file: SharedFile, readBytes: number, home: StoredHome) {
    this.descriptor = descriptor;
    this.#file = file;
    this.#readBytes = readBytes;
    this.#home = home;
  }

  get readableBytes(): number {
    return this.descriptor.size;
  }

  open(): BlobReader {
    if (this.#isClosed) throw outOfTurn(this.descriptor.digest, 'blob.read', 'nobody holds');
    const reader = new CacheReader(this);
    this.#readers.add(reader);
    return reader;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#readers.size === 0) this.#home.unused(this);
  }

  blockAt(): undefined {
    return undefined;
  }

  readFile(at: number, mostBytes: number): Promise<Uint8Array> {
    return this.#file.read(at, Math.min(mostBytes, this.#readBytes));
  }

  putAside(actual: string): Promise<Error> {
    return this.#home.putAside(this, actual);
  }

  forget(reader: CacheReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    // it was only read: whatever closing says, nothing is lost
    void this.#file.close().catch(() => {});
    if (this.#isClosed) this.#home.unused(this);
  }
}
