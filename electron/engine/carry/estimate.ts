import { planExport } from '../bundle/bundle.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import { RelatedImages } from '../plan/related.ts';
import type { CarryTools } from './carry-tools.ts';
import { ExportRow } from './export-row.ts';
import { uniqueImages } from './file-writing.ts';
import type { ImageToExport, ExportSettings } from './image-to-export.ts';

/** What an export would come to. */
export interface ExportEstimate {
  readonly images: number;
  /** 0 for a format that is a folder. */
  readonly volumes: number;
  /** Bytes of all that would be written, before any compression. */
  readonly totalBytes: number;
  readonly blobs: number;
  readonly blobBytes: number;
  /** What would be left out because the site holds it. */
  readonly leftOut: number;
  readonly leftOutBytes: number;
}

/** Says what an export would come to; reads manifests and moves nothing. Rejects for an image that cannot be read. */
export async function estimateExport(
  images: readonly ImageToExport[],
  settings: ExportSettings,
  tools: CarryTools,
  signal: AbortSignal,
): Promise<ExportEstimate> {
  const related = new RelatedImages();
  const rows = images.map((image) => new ExportRow(image, '', tools.clock, {}));
  await mapLimited(rows, settings.concurrency, (row) => row.gather(settings, related, signal));
  for (const { failure } of rows) if (failure !== undefined) throw failure;
  const plan = planExport(uniqueImages(rows.flatMap(({ found }) => found)), settings);
  return {
    images: rows.length,
    volumes: plan.volumes.length,
    totalBytes: plan.totalBytes,
    blobs: plan.blobs.length,
    blobBytes: sizeOf(plan.blobs),
    leftOut: plan.expected.length,
    leftOutBytes: sizeOf(plan.expected),
  };
}

function sizeOf(blobs: readonly { readonly size: number }[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}
