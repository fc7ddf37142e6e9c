import type { Descriptor } from '../../oci/descriptor.ts';
import type { ByteSink } from './byte-sink.ts';
import type { BlobReader } from './places.ts';

/** A blob that can be read from its first byte as often as one likes, whether it is whole already or still coming. */
export interface StoredContent {
  readonly descriptor: Descriptor;
  /**
   * A new reader from the first byte. It must hash what it gives and withhold the last piece until the digest agrees (INV-2);
   * content that has rotted is put aside and the reader throws `integrity` of side `cache`.
   */
  open(): BlobReader;
  /** Gives the content up: until then it is pinned. Harmless when repeated. */
  close(): void;
}

/** A blob on its way into the cache: one writer, and readers that follow it. */
export interface Ingest extends ByteSink {
  readonly descriptor: Descriptor;
  /** Bytes taken in so far and hashed; more than 0 at the beginning when an earlier try left some that were hashed again. */
  readonly receivedBytes: number;
  /** Lets go of everything taken in, for a writer that must begin again; readers of it fail with advice `again`. */
  restart(): Promise<void>;
  /** Makes the whole blob durable under its digest. Must be called once after the last byte; rejects `disk` when it cannot be kept. */
  commit(signal: AbortSignal): Promise<void>;
  /** Ends the writing before the blob is whole: readers fail with `reason`; the bytes stay for the next try unless they were wrong. */
  suspend(reason: Error): Promise<void>;
  /** A reader from the first byte, which follows the writer and ends after the last byte was verified. */
  open(): BlobReader;
}

/** Blobs kept on this machine by digest. Every method must reject with a CopyError of side `cache` or `local`. */
export interface BlobCache {
  /** The blob, pinned, when it is here whole: its file was looked at and has the right size; undefined otherwise. */
  find(blob: Descriptor, signal: AbortSignal): Promise<StoredContent | undefined>;
  /**
   * Begins to take a blob in. There must be one writer for a digest at a time: the caller sees to it.
   * Rejects `disk` when there is no room for it even after letting go of what nobody needs.
   */
  ingest(blob: Descriptor, signal: AbortSignal): Promise<Ingest>;
  /** Bytes of `blob` that need not be downloaded again: all, those of an unfinished try, or 0. Reads no content. */
  heldBytes(blob: Descriptor): Promise<number>;
  /** Bytes that could still be taken in. */
  roomBytes(): Promise<number>;
}
