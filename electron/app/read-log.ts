import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { terminalText } from '../contract/format.ts';
import type { LogLine } from '../contract/past-jobs.ts';
import { currentLog, olderLogs } from './log-files.ts';
import { longestLine, type LogRecord, readRecord } from './log-records.ts';

const longestText = 4000;

/** A page of what the log holds of a job, the oldest first; `more` when there are lines behind it. */
export async function readJobLog(
  folder: string,
  job: number,
  { after = 0, most, sinceMs }: { readonly after?: number; readonly most: number; readonly sinceMs?: number },
  signal: AbortSignal,
): Promise<{ readonly lines: readonly LogLine[]; readonly more: boolean }> {
  const lines: LogLine[] = [];
  let passed = 0;
  for await (const record of jobRecords(folder, job, signal, sinceMs)) {
    if (passed++ < after) continue;
    if (lines.length === most) return { lines, more: true };
    lines.push({ at: record.at, level: record.level, text: recordText(record) });
  }
  return { lines, more: false };
}

/**
 * Every record of a job that the log still holds, the oldest first; no more than one line of them is in memory. Those before
 * `sinceMs` are left out: they are of a job of the same number in a history that was lost.
 */
export async function* jobRecords(
  folder: string,
  job: number,
  signal: AbortSignal,
  sinceMs = 0,
): AsyncGenerator<LogRecord, void, undefined> {
  const handles = await openAll(folder);
  try {
    for (const handle of handles) {
      for await (const line of linesOf(handle, signal)) {
        if (!line.includes(`"job":${job}`)) continue;
        const record = readRecord(line);
        if (record?.job === job && Date.parse(record.at) >= sinceMs) yield record;
      }
    }
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** All files at once, the oldest first. The one being written is opened before the others are listed: it may become one of them then. */
async function openAll(folder: string): Promise<readonly FileHandle[]> {
  const current = await openThere(currentLog(folder));
  const names = await readdir(folder).catch(() => []);
  const older = await Promise.all(olderLogs(names).map(({ name }) => openThere(join(folder, name))));
  const found = new Map<bigint, FileHandle>();
  for (const handle of [...older, current]) {
    if (handle === undefined) continue;
    const { ino } = await handle.stat({ bigint: true });
    if (found.has(ino)) await handle.close();
    else found.set(ino, handle);
  }
  return [...found.values()];
}

function openThere(file: string): Promise<FileHandle | undefined> {
  return open(file, 'r').catch(() => undefined);
}

/** The lines of a file; those too long to be records of ours are passed over. */
async function* linesOf(handle: FileHandle, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  const stream = handle.createReadStream({ encoding: 'utf8', autoClose: false, start: 0 });
  let rest = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    signal.throwIfAborted();
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) rest = rest.slice(0, longestLine + 1);
    for (const line of lines) if (line.length <= longestLine + 1) yield line;
  }
  if (rest !== '') yield rest;
}

/** What a record says, in one safe line for people: the message, then each fact by its name. */
export function recordText({ message, facts }: LogRecord): string {
  const said = [message, ...Object.entries(facts).flatMap(([name, value]) => factTexts(name, value))].join(' · ');
  return terminalText(said).slice(0, longestText);
}

function factTexts(name: string, value: unknown): readonly string[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [`${name} ${value.map(plain).join(', ')}`];
  if (typeof value !== 'object') return [`${name} ${plain(value)}`];
  return Object.entries(value).flatMap(([part, each]) => factTexts(`${name} ${part}`, each));
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
