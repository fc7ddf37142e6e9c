import type { JobTotals } from '../../contract/feeds.ts';
import type { JobState } from '../../contract/jobs.ts';

/** How everything that is copied stands, in what a taskbar can show. */
export interface Motion {
  /** Jobs that move or wait for a host. */
  readonly running: number;
  /** Jobs that a person holds. */
  readonly held: number;
  /** 0 to 1; undefined as long as the whole is not known. */
  readonly fraction: number | undefined;
}

const moving: ReadonlySet<JobState> = new Set(['planning', 'running', 'waiting']);

/** All jobs together. */
export function motionOf(jobs: readonly JobTotals[]): Motion {
  const running = jobs.filter(({ state }) => moving.has(state));
  const held = jobs.filter(({ state }) => state === 'held');
  const all = [...running, ...held];
  const total = all.reduce((sum, { progress }) => sum + (progress.bytesTotal ?? Number.NaN), 0);
  const done = all.reduce((sum, { progress }) => sum + progress.bytesDone, 0);
  return {
    running: running.length,
    held: held.length,
    fraction: total > 0 ? Math.min(1, done / total) : undefined,
  };
}

/** Those of `jobs` that were in motion and have come to an end of their own. */
export function endedSince(before: ReadonlySet<number>, jobs: readonly JobTotals[]): readonly JobTotals[] {
  return jobs.filter(
    ({ job, state }) => before.has(job) && (state === 'finished' || state === 'finished-with-failures'),
  );
}

/** The numbers of jobs in motion. */
export function movingJobs(jobs: readonly JobTotals[]): ReadonlySet<number> {
  return new Set(jobs.filter(({ state }) => moving.has(state) || state === 'held').map(({ job }) => job));
}
