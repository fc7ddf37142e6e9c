import { expect, test } from 'vitest';
import type { JobTotals } from '../../../../../electron/contract/feeds.ts';
import {
  chosenJob,
  endedImages,
  isMoving,
  isOpen,
  jobShare,
  sortJobs,
} from '../../../../../renderer/features/transfers/jobs.ts';

const job = (number: number, state: JobTotals['state'], bytesTotal?: number): JobTotals => ({
  job: number,
  title: '',
  command: 'copy',
  state,
  startedAt: '2026-01-01T00:00:00Z',
  account: 'ops',
  attempts: 1,
  images: { total: 10, copied: 3, unchanged: 1, skipped: 0, failed: 1, cancelled: 0 },
  bytes: { received: 0, sent: 0, reused: 0 },
  seconds: 1,
  progress: { bytesDone: 25, layersDone: 0, layersTotal: 0, ...(bytesTotal === undefined ? {} : { bytesTotal }) },
  rate: { receivedPerSecond: 0, sentPerSecond: 0 },
});

test('the queue shows running first, then waiting, done last, the newest of each first', () => {
  const jobs = [
    job(1, 'finished'),
    job(2, 'waiting'),
    job(3, 'running'),
    job(4, 'held'),
    job(5, 'running'),
    job(6, 'cancelled'),
  ];
  expect(sortJobs(jobs).map((one) => one.job)).toEqual([5, 3, 2, 4, 6, 1]);
});

test('the job that was looked at stays chosen as long as it is there', () => {
  const jobs = [job(1, 'running'), job(2, 'held')];
  expect(chosenJob(jobs, 2)?.job).toBe(2);
  expect(chosenJob(jobs, 9)?.job).toBe(1);
  expect(chosenJob([], 9)).toBeUndefined();
});

test('a share counts bytes once they are known, images before, and is whole at the end', () => {
  expect(jobShare(job(1, 'running', 100))).toBe(0.25);
  expect(jobShare(job(1, 'planning'))).toBe(0.5);
  expect(jobShare(job(1, 'finished-with-failures', 100))).toBe(1);
});

test('a job on hold is open but does not move', () => {
  expect([isOpen('held'), isMoving('held'), isOpen('finished'), isMoving('waiting')]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect(endedImages(job(1, 'running'))).toBe(5);
});
