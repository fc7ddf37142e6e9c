import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf } from '../../oci/digest.ts';
import { Digester } from '../content/digester.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { BlobReader } from '../ports/places.ts';
import { type ReadableWindow, WindowReader } from './window-reader.ts';

/** How many bytes of a blob are held at a time, whatever its size. */
export const windowBytes: number = 4 * 1024 * 1024;
/** Up to this size a blob is held whole, so that a failed upload does not ask the source again. */
export const smallBlobBytes: number = 1024 * 1024;

/**
 * A blob on its way from one download to any number of uploads, without a disk.
 * Bytes are hashed as they come, and the piece with the last byte is taken in only once size and digest agree: an upload of
 * anything else can never complete. What every reader has passed stays while there is room, so a reader that failed early can
 * begin again.
 */
export class BlobWindow implements ByteSink, ReadableWindow {
  readonly descriptor: Descriptor;
  readonly #limitBytes: number;
  readonly #digester: Digester;
  readonly #readers = new Set<WindowReader>();
  readonly #chunks: Uint8Array[] = [];
  /** How many chunks were let go of before `#chunks[0]`. */
  #dropped = 0;
  #heldBytes = 0;
  #isVerified = false;
  #isPaused = false;
  #failure: Error | undefined;
  #resume: () => void = () => {};

  constructor(descriptor: Descriptor, limitBytes: number = windowBytes) {
    this.descriptor = descriptor;
    this.#limitBytes = limitBytes;
    this.#digester = new Digester(algorithmOf(descriptor.digest));
    if (descriptor.size === 0) this.#verify();
  }

  /** Bytes that came so far, all of them hashed. */
  get receivedBytes(): number {
    return this.#digester.sizeBytes;
  }

  /** True while a new reader can be opened. */
  get holdsBeginning(): boolean {
    return this.#dropped === 0 && this.#failure === undefined;
  }

  /** Why nothing can be read from it any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  write(chunk: Uint8Array): boolean {
    if (chunk.byteLength === 0) return true;
    if (this.receivedBytes + chunk.byteLength > this.descriptor.size) throw this.#wrong('more bytes than it has');
    this.#digester.update(chunk);
    if (this.receivedBytes === this.descriptor.size) this.#verify();
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.byteLength;
    for (const reader of this.#readers) reader.wake();
    this.#letGo();
    this.#isPaused = this.#heldBytes >= this.#limitBytes;
    return !this.#isPaused;
  }

  onRoom(resume: () => void): void {
    this.#resume = resume;
  }

  open(): BlobReader {
    if (!this.holdsBeginning) {
      const { digest } = this.descriptor;
      throw (
        this.#failure ??
        copyError('unavailable', {
          side: 'local',
          op: 'window.open',
          subject: digest,
          message: `the beginning of ${digest} is no longer held`,
          advice: { do: 'again' },
        })
      );
    }
    const reader = new WindowReader(this);
    this.#readers.add(reader);
    return reader;
  }

  /** All bytes at once, when they are verified and all still held. */
  whole(): Uint8Array | undefined {
    return this.#isVerified && this.holdsBeginning ? Buffer.concat(this.#chunks) : undefined;
  }

  /** Makes every reader, present and future, fail. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#chunks.length = 0;
    this.#heldBytes = 0;
    for (const reader of this.#readers) reader.wake();
  }

  chunkAt(index: number): Uint8Array | null | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#chunks[index - this.#dropped] ?? (this.#isVerified ? null : undefined);
  }

  passed(): void {
    this.#letGo();
    if (!this.#isPaused || this.#heldBytes >= this.#limitBytes) return;
    this.#isPaused = false;
    this.#resume();
  }

  forget(reader: WindowReader): void {
    this.#readers.delete(reader);
    this.passed();
  }

  /** Lets go of what every reader has passed, as far as room is needed. */
  #letGo(): void {
    if (this.#heldBytes < this.#limitBytes || this.#readers.size === 0) return;
    let slowest = Number.POSITIVE_INFINITY;
    for (const reader of this.#readers) slowest = Math.min(slowest, reader.nextIndex);
    while (this.#heldBytes >= this.#limitBytes && this.#dropped < slowest) {
      this.#heldBytes -= this.#chunks.shift()?.byteLength ?? 0;
      this.#dropped++;
    }
  }

  #verify(): void {
    if (this.#digester.digest() !== this.descriptor.digest) throw this.#wrong('other bytes');
    this.#isVerified = true;
  }

  #wrong(what: string): CopyError {
    const { digest } = this.descriptor;
    return copyError('integrity', {
      side: 'source',
      op: 'blob.get',
      subject: digest,
      message: `source sent ${what} for ${digest}: received ${this.#digester.digest()}`,
      hint: 'source-corrupt',
    });
  }
}
