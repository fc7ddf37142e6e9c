import type { Digest } from '../../oci/digest.ts';
import { type Disk, type DiskFile, errnoOf } from '../kernel/disk.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { ByteRange, Pieces } from '../ports/library.ts';
import { removed } from './failures.ts';

/** As many as one reader has in use: one it holds back, one on its way out, one that is being read. */
const mostSpare = 4;

/** The bytes of a file in `range`, or all, as they are; the next piece is read while the last one is used. */
export function filePieces(
  disk: Disk,
  path: string,
  digest: Digest,
  range: ByteRange | undefined,
  pieceBytes: number,
  signal: AbortSignal,
): Pieces {
  // fresh memory for every piece costs more than hashing it (measured: twice the CPU of a pull)
  const spare: Buffer[] = [];
  const memory = (sizeBytes: number): Buffer =>
    // not from the shared pool: a small piece would keep a large buffer alive
    (spare.pop() ?? Buffer.allocUnsafeSlow(sizeBytes < pieceBytes ? sizeBytes : pieceBytes)).subarray(0, sizeBytes);
  return {
    giveBack: ({ buffer }) => {
      if (buffer.byteLength === pieceBytes && spare.length < mostSpare) spare.push(Buffer.from(buffer));
    },
    [Symbol.asyncIterator]: () => read(disk, path, digest, range, pieceBytes, memory, signal),
  };
}

async function* read(
  disk: Disk,
  path: string,
  digest: Digest,
  range: ByteRange | undefined,
  pieceBytes: number,
  memory: (sizeBytes: number) => Buffer,
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
  const piece = async (from: number): Promise<Uint8Array> => {
    const into = memory(Math.max(0, Math.min(pieceBytes, end - from)));
    return into.subarray(0, await file.read(into, from));
  };
  let at = start;
  let coming = piece(at);
  try {
    while (at < end) {
      const bytes = await coming;
      if (bytes.byteLength === 0) return;
      throwIfCancelled(signal, digest);
      at += bytes.byteLength;
      if (at < end) coming = piece(at);
      // it is looked at when it is needed, which may be never
      coming.catch(() => {});
      yield bytes;
    }
  } finally {
    await coming.catch(() => {});
    await file.close();
  }
}
