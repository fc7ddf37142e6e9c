import type { Digest } from '../../oci/digest.ts';
import { type Disk, type DiskFile, errnoOf } from '../kernel/disk.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { ByteRange } from '../ports/library.ts';
import { removed } from './failures.ts';

/** The bytes of a file in `range`, or all, as they are; the next piece is read while the last one is used. */
export async function* filePieces(
  disk: Disk,
  path: string,
  digest: Digest,
  range: ByteRange | undefined,
  pieceBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfCancelled(signal, digest);
  const { start, end } = range ?? { start: 0, end: Number.POSITIVE_INFINITY };
  let file: DiskFile;
  try {
    file = await disk.open(path, 'read', signal);
  } catch (thrown) {
    throw errnoOf(thrown) === 'ENOENT' ? removed(digest, thrown) : thrown;
  }
  const read = async (at: number): Promise<Uint8Array> => {
    // not from the shared pool: a small piece would keep a large buffer alive
    const into = Buffer.allocUnsafeSlow(Math.max(0, Math.min(pieceBytes, end - at)));
    return into.subarray(0, await file.read(into, at));
  };
  let at = start;
  let coming = read(at);
  try {
    while (at < end) {
      const piece = await coming;
      if (piece.byteLength === 0) return;
      throwIfCancelled(signal, digest);
      at += piece.byteLength;
      if (at < end) coming = read(at);
      // it is looked at when it is needed, which may be never
      coming.catch(() => {});
      yield piece;
    }
  } finally {
    await coming.catch(() => {});
    await file.close();
  }
}
