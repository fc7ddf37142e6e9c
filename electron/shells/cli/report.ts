import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { terminalText } from '../../contract/format.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';
import { copyError } from '../../app/errors.ts';
import { summaryFacts } from './summary.ts';

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

/** Refuses a report file of a kind we cannot write, before anything is tried. */
export function checkReportFile(file: string): void {
  if (['.json', '.csv', '.html'].includes(extname(file).toLowerCase())) return;
  throw copyError('invalid', {
    side: 'local',
    op: 'report',
    subject: file,
    message: `the report ${file} ends in none of .json, .csv and .html`,
  });
}

/** Writes what happened to every image, in the form that the file's name asks for. */
export async function writeReport(file: string, summary: JobSummary, job: string): Promise<void> {
  const text = textOf(extname(file).toLowerCase(), summary, job);
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    throw copyError('disk', {
      side: 'local',
      op: 'report',
      subject: file,
      message: `the report ${file} cannot be written`,
      cause,
    });
  }
}

function textOf(kind: string, summary: JobSummary, job: string): string {
  if (kind === '.json')
    return `${JSON.stringify({ ...summaryFacts(summary, job), results: summary.results }, null, 2)}\n`;
  const rows = summary.results.map((result) => columns.map(([, value]) => terminalText(value(result))));
  const names = columns.map(([name]) => name);
  return kind === '.csv' ? csv([names, ...rows]) : html(names, rows, job);
}

/** RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe (SECURITY S-PARSE-8). */
function csv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function html(names: readonly string[], rows: readonly (readonly string[])[], job: string): string {
  const head = names.map((name) => `<th>${escaped(name)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr class="${escaped(row[2] ?? '')}">${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Image Ferry ${escaped(job)}</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1b1b; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; word-break: break-all }
th { white-space: nowrap; background: #f5f5f5 }
.failed td:nth-child(3) { color: #b10e1c; font-weight: 600 }
.copied td:nth-child(3) { color: #0e700e }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1b1b1b } th { background: #2b2b2b } th, td { border-color: #444 } }
</style>
<h1>Image Ferry</h1>
<p>${escaped(job)}</p>
<table><thead><tr>${head}</tr></thead><tbody>
${body.join('\n')}
</tbody></table>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
