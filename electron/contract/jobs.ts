import { z } from 'zod';
import { amount, count, id, instant, job, line, list, whole } from './bounded.ts';
import { type Data, operation } from './operation.ts';
import { copyOrderShape } from './plans.ts';

/** Where a job stands. */
const jobStateShape = z.enum([
  'planning',
  'running',
  'waiting',
  'held',
  'finished',
  'finished-with-failures',
  'cancelled',
  'interrupted',
]);

/** A job in one row. */
export const jobHeadShape = z.strictObject({
  job,
  title: line(500),
  /** What was asked: `copy`, `sync`. */
  command: line(100),
  state: jobStateShape,
  startedAt: instant,
  endedAt: instant.exactOptional(),
  /** The account of this machine that started it. */
  account: line(255),
  attempts: count,
  images: z.strictObject({
    total: count,
    copied: count,
    unchanged: count,
    skipped: count,
    failed: count,
    cancelled: count,
  }),
  bytes: z.strictObject({ received: count, sent: count, reused: count }),
  seconds: amount,
});

/** Commands about jobs that run or could; the feeds `jobs`, `job` and `image` tell how they go. */
export const jobCommands = {
  'jobs.start': operation(
    z.union([z.strictObject({ order: copyOrderShape }), z.strictObject({ plan: id })]),
    z.strictObject({ job }),
  ),
  'jobs.control': operation(
    z.strictObject({
      job,
      action: z.enum(['hold', 'resume', 'cancel', 'retry']),
      /** Of these images only, by their index; all when missing. */
      images: list(whole(0, 1_000_000), 20_000).exactOptional(),
      /** With `retry`: of those that failed only. */
      failedOnly: z.boolean().exactOptional(),
    }),
    z.strictObject({}),
  ),
  /** Jobs that an earlier run of the program left. */
  'jobs.unfinished': operation(z.strictObject({}), list(jobHeadShape, 200)),
  'jobs.adopt': operation(z.strictObject({ job }), z.strictObject({})),
  'jobs.discard': operation(z.strictObject({ job }), z.strictObject({})),
} as const;

/** Where a job stands. */
export type JobState = Data<typeof jobStateShape>;

/** A job in one row. */
export type JobHead = Data<typeof jobHeadShape>;
