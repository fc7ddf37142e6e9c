import type { Digest } from '../../oci/digest.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { ByteFile } from './byte-file.ts';
import { framesOf, type Volume } from './volume-layout.ts';

/**
 * What is wrong with a volume besides the contents of its pieces, as the end of a sentence that begins with its name; undefined
 * when nothing is. The set id decides every one of these bytes, so they are compared, not interpreted.
 */
export async function flawOf(
  file: ByteFile,
  volume: Volume,
  set: Digest,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (file.sizeBytes < volume.sizeBytes) return `is cut off: it has ${file.sizeBytes} of ${volume.sizeBytes} bytes`;
  if (file.sizeBytes > volume.sizeBytes)
    return `has ${file.sizeBytes - volume.sizeBytes} bytes too many behind its end`;
  for (const { at, bytes } of framesOf(volume, set)) {
    throwIfCancelled(signal, file.name);
    const found = await file.read(at, bytes.byteLength);
    if (!found.equals(bytes)) return `was changed: its bytes from ${at} on are not as they were written`;
  }
  return undefined;
}
