import type { Digest } from '../../oci/digest.ts';
import { OciError } from '../../oci/oci-error.ts';
import { CopyError } from '../kernel/errors.ts';
import { type ByteFile, openByteFile } from './byte-file.ts';
import { flawOf } from './frames.ts';
import { peek } from './unpacked.ts';
import { parseVolumeHeader, volumeHeaderBytes } from './volume-header.ts';
import type { Volume } from './volume-layout.ts';

/** True when the file at `path` is this volume, as far as can be told without reading blobs. */
export function isWrittenVolume(path: string, volume: Volume, set: Digest, signal: AbortSignal): Promise<boolean> {
  return looksAt(path, async (file) => (await flawOf(file, volume, set, signal)) === undefined);
}

/** True when the packed file at `path` begins as this volume does; it has its name only since it was whole. */
export function isPackedVolume(path: string, volume: Volume, set: Digest): Promise<boolean> {
  return looksAt(path, async (file) => {
    const header = parseVolumeHeader(await peek(file, volumeHeaderBytes));
    return header?.set === set && header.volume === volume.number && header.of === volume.of;
  });
}

/** The outcome of a look at a file; false when it cannot be read, since then it is not what was looked for. */
export async function looksAt(path: string, look: (file: ByteFile) => Promise<boolean>): Promise<boolean> {
  let file: ByteFile | undefined;
  try {
    file = await openByteFile(path);
    return await look(file);
  } catch (thrown) {
    const isUnreadable = thrown instanceof OciError || (thrown instanceof CopyError && thrown.kind !== 'cancelled');
    if (isUnreadable) return false;
    throw thrown;
  } finally {
    await file?.close();
  }
}
