import { formatBytes, formatSeconds, terminalText } from '../../contract/format.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';
import { csvText } from './csv.ts';
import { htmlPage } from './html-page.ts';

/** A form that a report can have. */
export type ReportFormat = 'json' | 'csv' | 'html';

/** The end of a job as a report begins. */
export interface ReportFacts extends Pick<JobSummary, 'images' | 'bytes' | 'seconds'> {
  readonly job: string;
}

const columns: readonly (readonly [string, (result: ImageResult) => string])[] = [
  ['source', (result) => result.source],
  ['destination', (result) => result.destination],
  ['outcome', (result) => result.outcome],
  ['digest', (result) => result.digest ?? ''],
  ['previous digest', (result) => result.previousDigest ?? ''],
  ['blobs sent', (result) => String(result.blobs.sent)],
  ['blobs mounted', (result) => String(result.blobs.mounted)],
  ['blobs present', (result) => String(result.blobs.present)],
  ['referrers', (result) => String(result.referrers)],
  ['seconds', (result) => result.seconds.toFixed(1)],
  ['notes', (result) => result.notices.map((notice) => notice.text).join('; ')],
  ['cause', (result) => result.failure?.message ?? ''],
  ['remedy', (result) => result.failure?.remedy ?? ''],
];
const names = columns.map(([name]) => name);

/** What happened to every image, in the form asked for; texts cannot become formulas or markup (SECURITY S-PARSE-8). */
export function reportText(facts: ReportFacts, results: readonly ImageResult[], format: ReportFormat): string {
  if (format === 'json') return `${JSON.stringify({ ...facts, results }, null, 2)}\n`;
  return format === 'csv' ? csvText([names, ...rowsOf(results)]) : pageOf(facts, rowsOf(results));
}

function rowsOf(results: readonly ImageResult[]): readonly (readonly string[])[] {
  return results.map((result) => columns.map(([, value]) => terminalText(value(result))));
}

function pageOf({ images, bytes, seconds, job }: ReportFacts, rows: readonly (readonly string[])[]): string {
  const counts = `${images.copied} copied, ${images.unchanged} unchanged, ${images.skipped} skipped, ${images.failed} failed, ${images.cancelled} cancelled`;
  const moved = `${formatBytes(bytes.received)} received, ${formatBytes(bytes.sent)} sent, ${formatBytes(bytes.reused)} saved`;
  const lines = [`${job}, ${formatSeconds(seconds)}`, `${images.total} images: ${counts}`, moved];
  return htmlPage({ title: 'Image Ferry', lines, names, rows });
}
