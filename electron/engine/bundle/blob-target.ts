import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf } from '../../oci/digest.ts';
import { Digester } from '../content/digester.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { ByteSink } from '../ports/byte-sink.ts';

/** How many bytes may wait for the disk before the source is asked to pause. */
const mostQueuedBytes = 4 * 1024 * 1024;

/** Where a blob goes that is read for a file: in order, counted and hashed; a broken read goes on at `receivedBytes`. */
export class BlobTarget implements ByteSink {
  readonly descriptor: Descriptor;
  readonly #consume: (chunk: Uint8Array, at: number) => Promise<void>;
  readonly #digester: Digester;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #consumedBytes = 0;
  #pumping: Promise<void> | undefined;
  #failure: unknown;
  #resume: () => void = () => {};

  /** @param consume takes the bytes in order and may change nothing about them. */
  constructor(descriptor: Descriptor, consume: (chunk: Uint8Array, at: number) => Promise<void>) {
    this.descriptor = descriptor;
    this.#consume = consume;
    this.#digester = new Digester(algorithmOf(descriptor.digest));
  }

  /** Bytes taken so far. */
  get receivedBytes(): number {
    return this.#digester.sizeBytes;
  }

  onRoom(resume: () => void): void {
    this.#resume = resume;
  }

  write(chunk: Uint8Array): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.receivedBytes + chunk.byteLength > this.descriptor.size) throw this.#wrong('more bytes than it has');
    this.#digester.update(chunk);
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.byteLength;
    this.#pumping ??= this.#pump();
    return this.#queuedBytes < mostQueuedBytes;
  }

  /** Resolves once everything was consumed; rejects unless it is the blob, whole. */
  async finish(): Promise<void> {
    await this.settle();
    if (this.#failure !== undefined) throw this.#failure;
    const { size, digest } = this.descriptor;
    if (this.receivedBytes !== size) throw this.#wrong(`${this.receivedBytes} of ${size} bytes`);
    if (this.#digester.digest() !== digest) throw this.#wrong('other bytes');
  }

  /** Resolves when nothing is being consumed any more. */
  async settle(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping;
  }

  async #pump(): Promise<void> {
    try {
      for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
        await this.#consume(chunk, this.#consumedBytes);
        this.#consumedBytes += chunk.byteLength;
        const wasFull = this.#queuedBytes >= mostQueuedBytes;
        this.#queuedBytes -= chunk.byteLength;
        if (wasFull && this.#queuedBytes < mostQueuedBytes) this.#resume();
      }
    } catch (thrown) {
      this.#failure = thrown;
      // whoever waits for room has to come and see
      this.#resume();
    }
    this.#pumping = undefined;
  }

  #wrong(what: string): CopyError {
    const { digest } = this.descriptor;
    const message = `source gave ${what} for blob ${digest}`;
    return copyError('integrity', { side: 'source', op: 'blob.get', subject: digest, message, hint: 'source-corrupt' });
  }
}
