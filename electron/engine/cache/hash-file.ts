import type { Digest } from '../../oci/digest.ts';
import type { Disk, DiskFile } from '../kernel/disk.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import { RunningDigest } from './running-digest.ts';

const stepBytes = 1024 * 1024;

/** The digest of at most the first `mostBytes` of a file, by the algorithm of `digest`; `passed` counts. Holds 1 MiB at a time. */
export async function hashFile(
  disk: Disk,
  path: string,
  digest: Digest,
  mostBytes: number,
  passed: (bytes: number) => void,
  signal: AbortSignal,
): Promise<RunningDigest> {
  const running = RunningDigest.for(digest);
  await withFile(disk, path, signal, async (file) => {
    const buffer = new Uint8Array(Math.min(stepBytes, mostBytes));
    while (running.sizeBytes < mostBytes) {
      throwIfCancelled(signal, digest);
      const into = buffer.subarray(0, Math.min(buffer.byteLength, mostBytes - running.sizeBytes));
      const length = await file.read(into, running.sizeBytes);
      if (length === 0) return;
      running.update(into.subarray(0, length));
      passed(length);
    }
  });
  return running;
}

/**
 * How much of an unfinished file is worth hashing: a tail of zeros is what a loss of power leaves of bytes that were never
 * written, and costs little to fetch again where it was real.
 */
export async function bytesBeforeZeros(
  disk: Disk,
  path: string,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<number> {
  return withFile(disk, path, signal, async (file) => {
    const buffer = Buffer.alloc(Math.min(stepBytes, sizeBytes));
    const zeros = Buffer.alloc(buffer.byteLength);
    let end = sizeBytes;
    while (end > 0) {
      throwIfCancelled(signal, path);
      const from = Math.max(0, end - buffer.byteLength);
      const piece = buffer.subarray(0, end - from);
      const length = await file.read(piece, from);
      const read = piece.subarray(0, length);
      if (!read.equals(zeros.subarray(0, length))) return from + read.findLastIndex((byte) => byte !== 0) + 1;
      end = from;
    }
    return 0;
  });
}

async function withFile<Value>(
  disk: Disk,
  path: string,
  signal: AbortSignal,
  act: (file: DiskFile) => Promise<Value>,
): Promise<Value> {
  const file = await disk.open(path, 'read', signal);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}
