import type { JobTotals } from '../../../electron/contract/feeds.ts';
import type { JobState } from '../../../electron/contract/jobs.ts';
import { shareOf } from '../../format/numbers.ts';

const ranks: Readonly<Record<JobState, number>> = {
  running: 0,
  planning: 1,
  waiting: 2,
  held: 3,
  interrupted: 4,
  'finished-with-failures': 5,
  finished: 5,
  cancelled: 5,
};

/** Jobs as the queue shows them: running first, then waiting, done last, the newest of each first. */
export function sortJobs(jobs: readonly JobTotals[]): readonly JobTotals[] {
  return jobs.toSorted((a, b) => ranks[a.state] - ranks[b.state] || b.job - a.job);
}

/** The job looked at: the wanted one as long as it is there, else the first. */
export function chosenJob(jobs: readonly JobTotals[], wanted: number | undefined): JobTotals | undefined {
  return jobs.find(({ job }) => job === wanted) ?? jobs[0];
}

/** True as long as something may still happen to it. */
export function isOpen(state: JobState): boolean {
  return ranks[state] < 5;
}

/** True while it moves or would by itself. */
export function isMoving(state: JobState): boolean {
  return ranks[state] < 3;
}

/** How much of a job is done: by bytes as soon as they are known, else by images. */
export function jobShare(job: JobTotals): number | undefined {
  if (!isOpen(job.state)) return 1;
  const { total, copied, unchanged, skipped, failed, cancelled } = job.images;
  if (job.progress.bytesTotal !== undefined && job.progress.bytesTotal > 0) {
    return shareOf(job.progress.bytesDone, job.progress.bytesTotal);
  }
  return total === 0 ? undefined : shareOf(copied + unchanged + skipped + failed + cancelled, total);
}

/** Images of a job that ended, however they did. */
export function endedImages({ images }: JobTotals): number {
  return images.copied + images.unchanged + images.skipped + images.failed + images.cancelled;
}
