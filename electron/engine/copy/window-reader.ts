import type { BlobReader } from '../ports/places.ts';

/** What a reader needs of a window. */
export interface ReadableWindow {
  /** The chunk at `index` counted from the beginning: undefined when it has to be waited for, null after the last one. */
  chunkAt(index: number): Uint8Array | null | undefined;
  /** A reader moved on. */
  passed(): void;
  /** A reader left. */
  forget(reader: WindowReader): void;
}

/** Reads a window at its own pace. */
export class WindowReader implements BlobReader, AsyncIterator<Uint8Array, undefined> {
  readonly #window: ReadableWindow;
  #waiting: (() => void) | undefined;
  #isClosed = false;
  /** How many chunks it has been given. */
  nextIndex = 0;

  constructor(window: ReadableWindow) {
    this.#window = window;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      if (this.#isClosed) return { done: true, value: undefined };
      const chunk = this.#window.chunkAt(this.nextIndex);
      if (chunk === null) return { done: true, value: undefined };
      if (chunk !== undefined) {
        this.nextIndex++;
        this.#window.passed();
        return { done: false, value: chunk };
      }
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Something changed: a wait looks again. */
  wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.wake();
    this.#window.forget(this);
  }
}
