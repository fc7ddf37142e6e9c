export type { CarryTools } from './carry/carry-tools.ts';
export { estimateExport, type ExportEstimate } from './carry/estimate.ts';
export { type ExportEnd, exportImages } from './carry/export-images.ts';
export type { ExportedFile } from './carry/file-writing.ts';
export type { ExportSettings, ImageToExport } from './carry/image-to-export.ts';
export { digestsAt, type SiteWalk } from './carry/site-digests.ts';
export {
  defaultVolumeBytes,
  ed25519Signer,
  type ExportFormat,
  type FileImage,
  type FileVerification,
  type ImageFile,
  openImageFile,
  readBase,
  type Signer,
  writeReceipt,
} from './bundle/bundle.ts';
