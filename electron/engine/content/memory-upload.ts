import { algorithmOf, type Digest, type DigestAlgorithm } from '../../oci/digest.ts';
import { copyError, throwIfCancelled } from '../kernel/errors.ts';
import type { Upload } from '../ports/library.ts';
import { Digester } from './digester.ts';
import type { MemoryBlobs, MemoryContent } from './memory-blobs.ts';

/** A blob on its way into the memory library. */
export class MemoryUpload implements Upload {
  readonly #blobs: MemoryBlobs;
  readonly #digester: Digester;
  readonly #commit: (digest: Digest, content: MemoryContent) => void;
  #chunks: Uint8Array[] = [];
  #isOver = false;

  constructor(
    blobs: MemoryBlobs,
    algorithm: DigestAlgorithm,
    commit: (digest: Digest, content: MemoryContent) => void,
  ) {
    this.#blobs = blobs;
    this.#digester = new Digester(algorithm);
    this.#commit = commit;
  }

  get sizeBytes(): number {
    return this.#digester.sizeBytes;
  }

  async append(chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal, 'upload');
    if (this.#isOver) throw copyError('not-found', { side: 'local', op: 'library.upload', subject: 'upload' });
    this.#blobs.reserve(chunk.byteLength, 'an upload');
    this.#digester.update(chunk);
    // A copy: a piece of a socket's buffer would keep the whole buffer alive.
    this.#chunks.push(Uint8Array.from(chunk));
  }

  async commit(digest: Digest, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal, digest);
    if (this.#isOver) throw copyError('not-found', { side: 'local', op: 'library.upload', subject: digest });
    const actual = this.#digestBy(algorithmOf(digest));
    if (actual !== digest) {
      await this.abort();
      const message = `the ${this.sizeBytes} bytes uploaded have the digest ${actual}, not ${digest}`;
      throw copyError('integrity', { side: 'local', op: 'library.upload', subject: digest, message });
    }
    this.#isOver = true;
    this.#commit(digest, { chunks: this.#chunks, sizeBytes: this.sizeBytes });
    this.#chunks = [];
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#chunks = [];
    this.#blobs.release(this.sizeBytes);
  }

  #digestBy(algorithm: DigestAlgorithm): Digest {
    if (algorithm === this.#digester.algorithm) return this.#digester.digest();
    const again = new Digester(algorithm);
    for (const chunk of this.#chunks) again.update(chunk);
    return again.digest();
  }
}
