import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { ImageResult } from '../../contract/models.ts';
import { copyError, type CopyError } from '../../app/errors.ts';
import { type ReportFormat, reportText } from '../../app/reports/report.ts';
import type { SummaryFacts } from './summary.ts';

const formats: ReadonlyMap<string, ReportFormat> = new Map([
  ['.json', 'json'],
  ['.csv', 'csv'],
  ['.html', 'html'],
]);

/** Refuses a report file that we could not write, before anything is tried. */
export async function checkReportFile(file: string): Promise<void> {
  formatOf(file);
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
  const text = reportText(facts, results, formatOf(file));
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    throw reportError('disk', file, 'cannot be written', cause);
  }
}

function formatOf(file: string): ReportFormat {
  const format = formats.get(extname(file).toLowerCase());
  if (format === undefined) throw reportError('invalid', file, 'ends in none of .json, .csv and .html');
  return format;
}

function reportError(kind: 'invalid' | 'disk', file: string, what: string, cause?: unknown): CopyError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  const message = `the report ${file} ${what}${code}`;
  return copyError(kind, { side: 'local', op: 'report', subject: file, message, cause });
}
