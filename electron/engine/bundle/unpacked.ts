import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { systemClock } from '../kernel/clock.ts';
import type { DiskFile } from '../kernel/disk.ts';
import { realDisk } from '../kernel/durable-disk.ts';
import { copyError, CopyError, throwIfCancelled } from '../kernel/errors.ts';
import { type ByteFile, openByteFile } from './byte-file.ts';
import { codeOf, fileError, readError } from './file-errors.ts';
import { requireRoom } from './room.ts';

/** How a file is compressed, by its first bytes. */
export type Packing = 'none' | 'gzip' | 'zstd';

/** What an unpacked archive may become (RELIABILITY F-68). */
export interface UnpackLimits {
  /** Bytes in all. */
  readonly maxBytes: number;
  /** Unpacked bytes for each packed one, counted beyond the first `ratioFreeBytes`. */
  readonly maxRatio: number;
}

/** 1 TiB, and a hundred times the file. */
export const defaultUnpackLimits: UnpackLimits = { maxBytes: 1024 ** 4, maxRatio: 100 };
/** Small files may grow by more: a few empty blocks of a tar pack very well. */
const ratioFreeBytes = 64 * 1024 ** 2;

/** How a file is packed, told from its first bytes; throws for packings that are known and not read. */
export function packingOf(start: Uint8Array, name: string): Packing {
  const magic = Buffer.from(start.subarray(0, 6)).toString('hex');
  if (magic.startsWith('1f8b')) return 'gzip';
  if (magic.startsWith('28b52ffd') || /^5[0-9a-f]2a4d18/.test(magic)) return 'zstd';
  const other =
    magic === 'fd377a585a00'
      ? 'xz'
      : magic.startsWith('425a68')
        ? 'bzip2'
        : magic.startsWith('504b0304')
          ? 'zip'
          : undefined;
  if (other === undefined) return 'none';
  throw fileError('unsupported', name, `is packed with ${other}; unpack it first`);
}

/** The first bytes of what a file holds, unpacked; fewer when there are no more or when the packing is broken. */
export async function peek(file: ByteFile, length: number): Promise<Buffer> {
  const packed = await file.read(0, Math.min(file.sizeBytes, 128 * 1024));
  const packing = packingOf(packed, file.name);
  if (packing === 'none') return packed.subarray(0, length);
  const unpacker = unpackerOf(packing);
  const chunks: Buffer[] = [];
  try {
    // what follows is missing on purpose; only the beginning counts
    unpacker.end(packed);
    for await (const chunk of unpacker) {
      chunks.push(chunk);
      if (chunks.reduce((sum, { byteLength }) => sum + byteLength, 0) >= length) break;
    }
  } catch {
    // the caller sees that there are fewer bytes than asked for
  } finally {
    unpacker.destroy();
  }
  return Buffer.concat(chunks).subarray(0, length);
}

/**
 * Unpacks a file into a new one in `folder`, because nothing can be looked up in a packed one. The new file is gone once it is
 * closed. Rejects `invalid` for a file that grows absurdly, `integrity` for one that is broken, `disk` when there is no room.
 */
export async function unpack(
  file: ByteFile,
  packing: 'gzip' | 'zstd',
  folder: string,
  limits: UnpackLimits,
  signal: AbortSignal,
): Promise<ByteFile> {
  const disk = realDisk(folder, systemClock);
  const name = `unpacked-${randomUUID()}.tar`;
  const discard = (): Promise<void> => disk.unlink(name, new AbortController().signal);
  try {
    await disk.makeFolder('.');
    await requireRoom(disk, folder, file.sizeBytes);
    await unpackInto(await disk.open(name, 'create', signal), file, packing, limits, signal);
    const unpacked = await openByteFile(join(folder, name), file.name);
    const { path, sizeBytes } = unpacked;
    const read = (at: number, length: number): Promise<Buffer> => unpacked.read(at, length);
    return { name: file.name, path, sizeBytes, read, close: () => unpacked.close().then(discard) };
  } catch (thrown) {
    await discard();
    throw thrown;
  }
}

async function unpackInto(
  into: DiskFile,
  file: ByteFile,
  packing: 'gzip' | 'zstd',
  limits: UnpackLimits,
  signal: AbortSignal,
): Promise<void> {
  const most = Math.min(limits.maxBytes, ratioFreeBytes + file.sizeBytes * limits.maxRatio);
  try {
    let writtenBytes = 0;
    await pipeline(createReadStream(file.path), unpackerOf(packing), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        throwIfCancelled(signal, file.name);
        if (writtenBytes + chunk.byteLength > most) throw bomb(file, most);
        await into.write([chunk], writtenBytes);
        writtenBytes += chunk.byteLength;
      }
    });
  } catch (thrown) {
    throwIfCancelled(signal, file.name);
    if (thrown instanceof CopyError) throw thrown;
    const isBroken = /^(?:Z_|ZSTD_|ERR_)/.test(codeOf(thrown));
    if (!isBroken) throw readError(thrown, file.name);
    const what = `cannot be unpacked: its ${packing} data is cut off or damaged`;
    throw fileError('integrity', file.name, what, { cause: thrown });
  } finally {
    await into.close();
  }
}

function unpackerOf(packing: 'gzip' | 'zstd') {
  return packing === 'gzip' ? createGunzip() : createZstdDecompress();
}

function bomb(file: ByteFile, most: number): Error {
  const message = `${file.name} unpacks to more than ${most} bytes; it has ${file.sizeBytes}`;
  return copyError('invalid', { side: 'source', op: 'file.unpack', subject: file.name, message });
}
