import type { Descriptor } from '../../oci/descriptor.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { BlobContent, BlobReader, Place } from '../ports/places.ts';
import { type BlobWindow, smallBlobBytes } from './window.ts';

/** The window for one target: its beginning stays until the target has begun to read, however far others are. */
export class HeldContent implements BlobContent {
  readonly descriptor: Descriptor;
  /** True once an upload has asked for bytes. */
  hasBegun = false;
  readonly #window: BlobWindow;
  readonly #place: BlobReader;

  constructor(window: BlobWindow) {
    this.descriptor = window.descriptor;
    this.#window = window;
    this.#place = window.open();
  }

  get bytes(): Uint8Array | undefined {
    const whole = this.descriptor.size <= smallBlobBytes ? this.#window.whole() : undefined;
    if (whole !== undefined) this.hasBegun = true;
    return whole;
  }

  open(): BlobReader {
    this.hasBegun = true;
    const reader = this.#window.open();
    this.#place.close();
    return reader;
  }

  /** Why an upload is given up that was not begun in time: others may wait for it, and leases are held. */
  lateError(destination: Place, limitMs: number): CopyError {
    const subject = `${destination.path}@${this.descriptor.digest}`;
    return copyError('timeout', {
      side: 'destination',
      op: 'upload.start',
      subject,
      message: `destination ${destination.host} did not open an upload of ${subject} within ${limitMs / 1000} s`,
      advice: { do: 'again' },
    });
  }

  /** Lets go of the beginning. */
  close(): void {
    this.#place.close();
  }
}
