import { basename } from 'node:path';
import type { Digest } from '../../oci/digest.ts';
import { asCopyError } from '../kernel/errors.ts';
import { openByteFile } from './byte-file.ts';
import { fileError } from './file-errors.ts';
import { openImageFile, type OpenOptions } from './open-image-file.ts';
import { maxReceiptBytes, parseReceipt } from './receipt.ts';

/** What a site is known to hold, from a receipt or from a bundle that was carried there before. */
export async function readBase(path: string, options: OpenOptions, signal: AbortSignal): Promise<ReadonlySet<Digest>> {
  const bytes = await receiptBytes(path);
  if (bytes !== undefined) {
    try {
      return parseReceipt(bytes).digests;
    } catch (thrown) {
      throw asCopyError(thrown, { side: 'local', op: 'receipt.read', subject: basename(path) });
    }
  }
  const file = await openImageFile(path, options, signal);
  try {
    return await file.digests(signal);
  } finally {
    await file.close();
  }
}

/** The bytes of a file that begins as JSON does; undefined for other files and for folders. */
async function receiptBytes(path: string): Promise<Buffer | undefined> {
  let file;
  try {
    file = await openByteFile(path);
  } catch {
    // a folder, or what opening it as a file of images will complain about
    return undefined;
  }
  try {
    if (file.sizeBytes === 0 || (await file.read(0, 1)).toString('latin1') !== '{') return undefined;
    if (file.sizeBytes > maxReceiptBytes)
      throw fileError('invalid', file.name, `is larger than ${maxReceiptBytes} bytes`);
    return await file.read(0, file.sizeBytes);
  } finally {
    await file.close();
  }
}
