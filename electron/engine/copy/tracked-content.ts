import type { Descriptor } from '../../oci/descriptor.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { BlobContent, BlobReader, Place } from '../ports/places.ts';
import { smallBlobBytes } from './window.ts';

/** Bytes of a blob that are here, or come. */
export interface ReadableBlob {
  readonly descriptor: Descriptor;
  /** All bytes, when they are verified and in memory. */
  whole(): Uint8Array | undefined;
  /** A new reader from the first byte. */
  open(): BlobReader;
}

/** A blob for one target, which knows whether the target has begun to read. */
export class TrackedContent implements BlobContent {
  readonly descriptor: Descriptor;
  /** True once an upload has asked for bytes. */
  hasBegun = false;
  readonly #blob: ReadableBlob;

  constructor(blob: ReadableBlob) {
    this.descriptor = blob.descriptor;
    this.#blob = blob;
  }

  get bytes(): Uint8Array | undefined {
    const whole = this.descriptor.size <= smallBlobBytes ? this.#blob.whole() : undefined;
    if (whole !== undefined) this.hasBegun = true;
    return whole;
  }

  open(): BlobReader {
    this.hasBegun = true;
    return this.#blob.open();
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
}
