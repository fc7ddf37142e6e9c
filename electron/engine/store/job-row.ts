import type { HistoryJob, JobState } from '../../contract/history.ts';
import { isAlive, type ProcessIdentity, readProcessIdentity } from '../kernel/process-identity.ts';
import { keptValue } from './clean.ts';

/** The columns every reader of jobs asks for. */
export const jobColumns =
  'number, command, title, account, host, state, attempts, process, started_ms, ended_ms, seconds, ' +
  'received, sent, reused, source_requests, destination_requests, token_requests, totals';

/** A row of `jobs`. */
export interface JobRow {
  readonly number: number;
  readonly command: string;
  readonly title: string;
  readonly account: string;
  readonly host: string | null;
  readonly state: JobState;
  readonly attempts: number;
  readonly process: string;
  readonly started_ms: number;
  readonly ended_ms: number | null;
  readonly seconds: number;
  readonly received: number;
  readonly sent: number;
  readonly reused: number;
  readonly source_requests: number;
  readonly destination_requests: number;
  readonly token_requests: number;
  readonly totals: string | null;
}

/** How the images of a job stand, and what was done for their blobs. */
export type JobTotals = Pick<HistoryJob, 'images' | 'blobs'>;

/** The totals of a job without images. */
export const noTotals: JobTotals = {
  images: { total: 0, copied: 0, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 },
  blobs: { sent: 0, mounted: 0, present: 0 },
};

/** The job in a row; one whose process ended without a word is interrupted. */
export function jobOf(row: JobRow, totals: JobTotals | undefined): HistoryJob {
  const { images, blobs } = totals ?? noTotals;
  return {
    number: row.number,
    command: row.command,
    title: row.title,
    account: row.account,
    ...(row.host === null ? {} : { host: row.host }),
    state: shownState(row),
    attempts: row.attempts,
    startedMs: row.started_ms,
    ...(row.ended_ms === null ? {} : { endedMs: row.ended_ms }),
    images,
    blobs,
    bytes: { received: row.received, sent: row.sent, reused: row.reused },
    requests: { source: row.source_requests, destination: row.destination_requests, token: row.token_requests },
    seconds: row.seconds,
  };
}

/** The process that does a job; undefined when it was not kept. */
export function processIn(json: string): ProcessIdentity | undefined {
  return readProcessIdentity(keptValue(json));
}

function shownState({ state, process }: JobRow): JobState {
  if (state !== 'running') return state;
  const identity = processIn(process);
  return identity !== undefined && isAlive(identity) ? 'running' : 'interrupted';
}
