import type { BlobReader } from '../ports/places.ts';
import { TrackedContent } from './tracked-content.ts';
import type { BlobWindow } from './window.ts';

/** The window for one target: its beginning stays until the target has begun to read, however far others are. */
export class HeldContent extends TrackedContent {
  readonly #place: BlobReader;

  constructor(window: BlobWindow) {
    super(window);
    this.#place = window.open();
  }

  override open(): BlobReader {
    const reader = super.open();
    this.#place.close();
    return reader;
  }

  /** Lets go of the beginning. */
  close(): void {
    this.#place.close();
  }
}
