import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { BlobCache } from './blob-cache.ts';
import type { ByteRange, Pieces, Upload } from './library.ts';

/** A blob cache that a library can be kept in: it takes blobs whose digest is told at their end, and gives parts of them. */
export interface BlobStore extends BlobCache {
  /**
   * Begins a blob that is hashed by `algorithm` as it comes. Memory does not depend on its size, and one that comes to its end
   * replaces what had its digest. Rejects, like `append`, with `disk` when there is no room.
   */
  begin(algorithm: DigestAlgorithm, signal: AbortSignal): Promise<Upload>;
  /**
   * The bytes of a whole blob, or those in `range`, as they are on the disk: nothing is hashed. Nothing is open until the first
   * piece is asked for. Ends early when the file is too short; rejects with `integrity` when it is gone.
   */
  pieces(digest: Digest, range: ByteRange | undefined, signal: AbortSignal): Pieces;
  /** True when the blob is here whole, as far as its size tells; reads no content. */
  holds(blob: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean>;
  /** Resolves once nobody writes the blob by `ingest`, whether it is whole then or not. */
  unwritten(digest: Digest, signal: AbortSignal): Promise<void>;
  /** Takes a blob that has rotted out of service; nothing there is no error. */
  putAside(digest: Digest): Promise<void>;
}
