import type { HistoryJob } from '../../contract/history.ts';
import type { JobHead } from '../../contract/jobs.ts';
import { instantOf } from './shown.ts';

/** A job of the history in one row. */
export function jobHead(job: HistoryJob): JobHead {
  const { copied, unchanged, skipped, failed, cancelled, total } = job.images;
  return {
    job: job.number,
    title: job.title.slice(0, 500),
    command: job.command,
    state: job.state,
    startedAt: instantOf(job.startedMs),
    ...(job.endedMs === undefined ? {} : { endedAt: instantOf(job.endedMs) }),
    account: job.account,
    attempts: job.attempts,
    images: { total, copied, unchanged, skipped, failed, cancelled },
    bytes: job.bytes,
    seconds: job.seconds,
  };
}
