import type { Digest } from '../../oci/digest.ts';
import { errnoOf } from '../kernel/disk.ts';
import { hashFile } from './hash-file.ts';
import type { Shelf } from './shelf.ts';
import { sumOf } from './status.ts';

/** How far reading everything has come. */
export interface VerifyProgress {
  readonly blobs: number;
  readonly bytes: number;
  readonly totalBlobs: number;
  readonly totalBytes: number;
}

/** What reading everything showed. */
export interface Verified {
  readonly blobs: number;
  readonly bytes: number;
  /** Those that were put into quarantine. */
  readonly rotten: readonly Digest[];
}

/** Hashes every whole blob, one after the other; `progress` is told after each step of at most 1 MiB, `putAside` of what has rotted. */
export async function verifyShelf(
  shelf: Shelf,
  putAside: (digest: Digest) => Promise<void>,
  progress: (done: VerifyProgress) => void,
  signal: AbortSignal,
): Promise<Verified> {
  const wholes = await shelf.wholes(signal);
  const totalBytes = sumOf(wholes);
  const rotten: Digest[] = [];
  let blobs = 0;
  let bytes = 0;
  const tell = (): void => progress({ blobs, bytes, totalBlobs: wholes.length, totalBytes });
  const passed = (moreBytes: number): void => {
    bytes += moreBytes;
    tell();
  };
  for (const { path, digest, sizeBytes } of wholes) {
    try {
      const running = await hashFile(shelf.disk, path, digest, sizeBytes, passed, signal);
      if (running.digest() !== digest) {
        await putAside(digest);
        rotten.push(digest);
      }
      blobs++;
      tell();
    } catch (thrown) {
      // evicted meanwhile
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    }
  }
  return { blobs, bytes, rotten };
}
