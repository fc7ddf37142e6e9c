import { throwIfCancelled } from '../kernel/errors.ts';
import type { ByteSink } from '../ports/byte-sink.ts';

/** Hands bytes to a sink and waits whenever the sink asks for a pause; one for each body, however many pieces it lies in. */
export class Tap {
  readonly signal: AbortSignal;
  readonly #sink: ByteSink;
  readonly #subject: string;
  #hasRoom = true;
  #wake: () => void = () => {};

  constructor(sink: ByteSink, subject: string, signal: AbortSignal) {
    this.signal = signal;
    this.#sink = sink;
    this.#subject = subject;
    sink.onRoom?.(() => {
      this.#hasRoom = true;
      this.#wake();
    });
  }

  /** Memory of the sink to read the next bytes into; undefined when it lends none. */
  lend(sizeBytes: number): Buffer | undefined {
    return this.#sink.lend?.(sizeBytes);
  }

  /** Gives the next bytes, which must not be changed afterwards; resolves when more may follow. */
  async write(chunk: Uint8Array): Promise<void> {
    throwIfCancelled(this.signal, this.#subject);
    this.#hasRoom = false;
    if (this.#sink.write(chunk)) return;
    const stop = (): void => this.#wake();
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      while (!this.#hasRoom && !this.signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
    throwIfCancelled(this.signal, this.#subject);
  }
}
