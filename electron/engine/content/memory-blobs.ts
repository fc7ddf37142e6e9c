import type { Digest } from '../../oci/digest.ts';
import { copyError } from '../kernel/errors.ts';
import type { ByteRange } from '../ports/library.ts';

/** Bytes in memory, in the pieces they came in. */
export interface MemoryContent {
  readonly chunks: readonly Uint8Array[];
  readonly sizeBytes: number;
}

/** Content by digest, each kept once however many repositories hold it, within a bound. */
export class MemoryBlobs {
  readonly #maxBytes: number;
  readonly #held = new Map<Digest, { content: MemoryContent; holders: number }>();
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes kept and reserved. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes room for bytes that are about to be kept; throws `full`. */
  reserve(bytes: number, subject: string): void {
    if (this.#usedBytes + bytes > this.#maxBytes) {
      const message = `the library is full: ${subject} needs ${bytes} bytes more than its ${this.#maxBytes} allow`;
      throw copyError('full', { side: 'local', op: 'library.write', subject, message, advice: { do: 'ask' } });
    }
    this.#usedBytes += bytes;
  }

  /** Gives reserved room back. */
  release(bytes: number): void {
    this.#usedBytes -= bytes;
  }

  /** Keeps content whose room is reserved, for one more holder; room for a second copy is given back. */
  keep(digest: Digest, content: MemoryContent): void {
    const held = this.#held.get(digest);
    if (held === undefined) {
      this.#held.set(digest, { content, holders: 1 });
      return;
    }
    held.holders++;
    this.release(content.sizeBytes);
  }

  /** Counts one more holder of content that is here. */
  share(digest: Digest): void {
    const held = this.#held.get(digest);
    if (held !== undefined) held.holders++;
  }

  /** Counts one holder less; the last one frees the bytes. */
  drop(digest: Digest): void {
    const held = this.#held.get(digest);
    if (held === undefined || --held.holders > 0) return;
    this.#held.delete(digest);
    this.release(held.content.sizeBytes);
  }

  /** The content; undefined when nobody holds it. */
  get(digest: Digest): MemoryContent | undefined {
    return this.#held.get(digest)?.content;
  }
}

/** The pieces of `content` that lie in `range`. */
export function* piecesOf(content: MemoryContent, range: ByteRange | undefined): Generator<Uint8Array> {
  const { start, end } = range ?? { start: 0, end: content.sizeBytes };
  let at = 0;
  for (const chunk of content.chunks) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, chunk.byteLength)];
    if (to > from) yield chunk.subarray(from, to);
    at += chunk.byteLength;
    if (at >= end) return;
  }
}
