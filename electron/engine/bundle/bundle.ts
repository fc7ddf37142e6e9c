import { copyError } from '../kernel/errors.ts';
import type { ExportPlan } from './export-plan.ts';
import { type FolderOptions, writeFolder } from './write-folder.ts';
import { type ReadBlob, writeVolumes } from './write-volumes.ts';

export { readBase } from './base.ts';
export type { BlobTarget } from './blob-target.ts';
export {
  defaultVolumeBytes,
  type ExportFormat,
  type ExportOptions,
  type ExportPlan,
  planExport,
} from './export-plan.ts';
export type { BundleFacts, FileImage, FileVerification, ImageFile, ImageFileKind } from './image-file.ts';
export type { ImageGraph, ImageToWrite } from './image-to-write.ts';
export { openImageFile, type OpenOptions } from './open-image-file.ts';
export { parseReceipt, type Receipt, writeReceipt } from './receipt.ts';
export { ed25519Signer, type Signer } from './signature.ts';
export { type ReadBlob, volumePaths } from './write-volumes.ts';

/** How an export is written. */
export type WriteExportOptions = FolderOptions;

/**
 * Writes what was planned to `path` and gives the paths that were written. Nothing has its name before it is whole and durable; the
 * same call again goes on where one broke off. Rejects `conflict` when something else is there, `disk` when the disk refuses.
 */
export async function writeExport(
  plan: ExportPlan,
  path: string,
  readBlob: ReadBlob,
  options: WriteExportOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (plan.volumes.length > 0) return writeVolumes(plan, path, readBlob, options, signal);
  if (options.compression === 'zstd') {
    const message = 'a folder cannot be compressed as a whole';
    throw copyError('invalid', { side: 'local', op: 'export.write', subject: path, message });
  }
  await writeFolder(plan, path, readBlob, options, signal);
  return [path];
}
