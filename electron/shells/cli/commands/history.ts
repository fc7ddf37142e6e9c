import type { HistoryImage, HistoryJob } from '../../../contract/history.ts';
import { formatBytes, formatSeconds } from '../../../contract/format.ts';
import type { LogRecord } from '../../../app/log-records.ts';
import { refuse } from '../../../app/places.ts';
import { jobRecords, recordText } from '../../../app/read-log.ts';
import type { Console } from '../console.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `history`. */
export interface HistoryFlags {
  readonly failed: boolean;
  readonly search?: string;
  readonly most: number;
  /** What was written down while the job ran, in the place of its images. */
  readonly log?: boolean;
}

const imagesAtOnce = 500;

/** `history` lists what ran, newest first; `history JOB` tells how each of its images ended, with `--log` what was logged of it. */
export async function history(
  job: string | undefined,
  flags: HistoryFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  if (job === undefined) await listJobs(flags, context);
  else await showJob(jobNumber(job), flags, context);
  return context.facts({ ok: true, failures: [] });
}

/** The number of a job as typed. */
export function jobNumber(text: string): number {
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number > 0) return number;
  throw refuse(`${text} is not the number of a job; image-ferry history lists them`);
}

async function listJobs({ failed, search, most }: HistoryFlags, context: CommandContext): Promise<void> {
  const { console, signal } = context;
  const { store } = await context.workspace();
  const query = { most, failedOnly: failed, ...(search === undefined ? {} : { search }) };
  const jobs = await store.history.list(query, signal);
  for (const job of jobs) tellJob(console, job);
  if (jobs.length === 0) console.say(console.words.noHistory);
}

async function showJob(number: number, { failed, log = false }: HistoryFlags, context: CommandContext): Promise<void> {
  const { console, signal } = context;
  const { store, logFolder } = await context.workspace();
  const job = await store.history.job(number, signal);
  if (job === undefined) throw refuse(`there is no job ${number} in the history`);
  const { wish: _, ...shown } = job;
  tellJob(console, shown);
  if (log) {
    for await (const record of jobRecords(logFolder, number, signal, job.startedMs)) tellRecord(console, record);
    return;
  }
  for (let after: number | undefined; ; ) {
    const query = { most: imagesAtOnce, failedOnly: failed, ...(after === undefined ? {} : { after }) };
    const images = await store.history.images(number, query, signal);
    for (const image of images) tellImage(console, image);
    after = images.at(-1)?.position;
    if (images.length < imagesAtOnce) break;
  }
}

function tellJob(console: Console, job: HistoryJob): void {
  const { words } = console;
  const { number, title, state, images, bytes, seconds, startedMs, account, attempts } = job;
  console.event('past-job', { job: String(number), ...job });
  const counts = (['copied', 'unchanged', 'skipped', 'failed', 'cancelled'] as const)
    .filter((outcome) => images[outcome] > 0)
    .map((outcome) => words.counted(images[outcome], outcome));
  const moved = words.moved(formatBytes(bytes.received), formatBytes(bytes.sent), formatBytes(bytes.reused));
  console.result(`${number}  ${localTime(startedMs)}  ${words.jobStates[state]}  ${title}`);
  const detail = [counts.join(words.comma), moved, formatSeconds(seconds), account].filter((each) => each !== '');
  if (attempts > 1) detail.push(words.attempt(attempts));
  console.result(`   ${detail.join(' · ')}`);
}

function tellImage(console: Console, image: HistoryImage): void {
  const { words } = console;
  const { source, destination, outcome, failure, notices } = image;
  console.event('past-image', image);
  const how = outcome === undefined ? words.jobStates.interrupted : words.outcomes[outcome];
  console.result(`${how} ${source} → ${destination}`);
  for (const notice of notices) console.result(`  ${words.note}${words.colon}${notice.text}`);
  if (failure !== undefined) console.failure(failure);
}

function tellRecord(console: Console, record: LogRecord): void {
  const { at, level, message, job, facts } = record;
  console.event('log', { at, job: String(job), level, message, facts });
  const moment = new Date(at);
  const seconds = String(moment.getSeconds()).padStart(2, '0');
  console.result(`${localTime(moment.valueOf())}:${seconds}  ${level}  ${recordText(record)}`);
}

/** A moment in local time that sorts: `2026-11-21 14:05`. */
function localTime(wallMs: number): string {
  const date = new Date(wallMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
