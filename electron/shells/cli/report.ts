import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { formatBytes, formatSeconds, terminalText } from '../../contract/format.ts';
import type { ImageResult } from '../../contract/models.ts';
import { copyError, type CopyError } from '../../app/errors.ts';
import { csvText } from './csv.ts';
import { htmlPage } from './html-page.ts';
import type { SummaryFacts } from './summary.ts';

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

type Writer = (facts: SummaryFacts, results: readonly ImageResult[]) => string;

const writers: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ['.json', (facts, results) => `${JSON.stringify({ ...facts, results }, null, 2)}\n`],
  ['.csv', (_, results) => csvText([names, ...rowsOf(results)])],
  ['.html', (facts, results) => pageOf(facts, rowsOf(results))],
]);

/** Refuses a report file that we could not write, before anything is tried. */
export async function checkReportFile(file: string): Promise<void> {
  writerFor(file);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw reportError('invalid', file, 'is a folder');
  try {
    await access(found === undefined ? dirname(file) : file, constants.W_OK);
  } catch (cause) {
    throw reportError('invalid', file, 'cannot be written', cause);
  }
}

/** Writes what happened to every image, in the form that the file's name asks for. */
export async function writeReport(file: string, facts: SummaryFacts, results: readonly ImageResult[]): Promise<void> {
  const text = writerFor(file)(facts, results);
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    throw reportError('disk', file, 'cannot be written', cause);
  }
}

function writerFor(file: string): Writer {
  const writer = writers.get(extname(file).toLowerCase());
  if (writer === undefined) throw reportError('invalid', file, 'ends in none of .json, .csv and .html');
  return writer;
}

function rowsOf(results: readonly ImageResult[]): readonly (readonly string[])[] {
  return results.map((result) => columns.map(([, value]) => terminalText(value(result))));
}

function pageOf({ images, bytes, seconds, job }: SummaryFacts, rows: readonly (readonly string[])[]): string {
  const counts = `${images.copied} copied, ${images.unchanged} unchanged, ${images.skipped} skipped, ${images.failed} failed, ${images.cancelled} cancelled`;
  const moved = `${formatBytes(bytes.received)} received, ${formatBytes(bytes.sent)} sent, ${formatBytes(bytes.reused)} saved`;
  const lines = [`${job}, ${formatSeconds(seconds)}`, `${images.total} images: ${counts}`, moved];
  return htmlPage({ title: 'Image Ferry', lines, names, rows });
}

function reportError(kind: 'invalid' | 'disk', file: string, what: string, cause?: unknown): CopyError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  const message = `the report ${file} ${what}${code}`;
  return copyError(kind, { side: 'local', op: 'report', subject: file, message, cause });
}
