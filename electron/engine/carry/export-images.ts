import { countOutcomes } from '../../contract/counts.ts';
import type { JobSummary } from '../../contract/models.ts';
import { type CopyObserver } from '../copy/item.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import { RelatedImages } from '../plan/related.ts';
import type { CarryTools } from './carry-tools.ts';
import { ExportRow } from './export-row.ts';
import { type ExportedFile, FileWriting } from './file-writing.ts';
import type { ExportSettings, ImageToExport } from './image-to-export.ts';

/** How an export ended. */
export interface ExportEnd extends JobSummary {
  /** Undefined when nothing was written, because an image could not be read or the export was cancelled. */
  readonly file: ExportedFile | undefined;
}

/**
 * Writes images into a file: one that cannot be read fails the whole, and then nothing is written. Each blob is read once.
 * The same call again goes on where one broke off. Rejects when the file cannot be written.
 */
export async function exportImages(
  images: readonly ImageToExport[],
  path: string,
  settings: ExportSettings,
  tools: CarryTools,
  observer: CopyObserver,
  signal: AbortSignal,
): Promise<ExportEnd> {
  const startedMs = tools.clock.monotonicMs();
  const related = new RelatedImages();
  const rows = images.map((image) => new ExportRow(image, settings.shownAs ?? path, tools.clock, observer));
  await mapLimited(rows, settings.concurrency, (row) => row.gather(settings, related, signal));
  const isWhole = rows.every((row) => row.failure === undefined) && !signal.aborted;
  const writing = isWhole ? new FileWriting(rows, path, settings, tools) : undefined;
  const file = await writing?.run(signal).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown;
    return undefined;
  });
  const results = rows.map((row) => row.end(file !== undefined));
  const counts = countOutcomes(results);
  return {
    ok: counts.failed === 0 && counts.cancelled === 0,
    images: counts,
    blobs: writing?.counts() ?? { sent: 0, mounted: 0, present: 0 },
    bytes: { ...tools.meter.bytes },
    requests: { ...tools.meter.requests },
    seconds: (tools.clock.monotonicMs() - startedMs) / 1000,
    results,
    file,
  };
}
