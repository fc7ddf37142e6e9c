import { z } from 'zod';
import { amount, count, instant, job, line, list, named, shownReference, text, whole } from './bounded.ts';
import { failureShape } from './envelope.ts';
import { jobHeadShape } from './jobs.ts';
import type { ImageResult } from './models.ts';
import { type Data, operation } from './operation.ts';
import { noticeShape } from './plans.ts';

const imageResult = z.strictObject({
  source: shownReference,
  destination: shownReference,
  outcome: z.enum(['copied', 'unchanged', 'skipped', 'failed', 'cancelled']),
  digest: line(200).exactOptional(),
  previousDigest: line(200).exactOptional(),
  blobs: z.strictObject({ sent: count, mounted: count, present: count }),
  referrers: count,
  seconds: amount,
  notices: list(noticeShape, 20).readonly(),
  failure: failureShape.exactOptional(),
}) satisfies z.ZodType<ImageResult>;

/** How one image of a past job ended, and its layers. */
const pastImageShape = imageResult.extend({
  index: count,
  layers: list(
    z.strictObject({ digest: line(200), size: count, how: z.enum(['sent', 'mounted', 'present', 'failed']) }),
    1000,
  ),
});

const logLine = z.strictObject({
  at: instant,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: text(4000),
});

/** Commands about what ran. Lists go from the newest to the oldest job, and from the first to the last image or line. */
export const pastJobCommands = {
  'history.list': operation(
    z.strictObject({
      search: line(255).exactOptional(),
      failedOnly: z.boolean().exactOptional(),
      before: job.exactOptional(),
      most: whole(1, 100),
    }),
    z.strictObject({ jobs: list(jobHeadShape, 100), more: z.boolean() }),
  ),
  'history.job': operation(
    z.strictObject({ job }),
    jobHeadShape.extend({
      /** How it was to be copied, as names and values for a person. */
      options: named(text(2000), 50),
    }),
  ),
  'history.images': operation(
    z.strictObject({
      job,
      failedOnly: z.boolean().exactOptional(),
      /** The index behind which to go on. */
      after: count.exactOptional(),
      most: whole(1, 200),
    }),
    z.strictObject({ images: list(pastImageShape, 200), more: z.boolean() }),
  ),
  'history.log': operation(
    z.strictObject({
      job,
      /** The number of lines to pass over. */
      after: count.exactOptional(),
      most: whole(1, 500),
    }),
    z.strictObject({ lines: list(logLine, 500), more: z.boolean() }),
  ),
  'history.export': operation(
    z.strictObject({ job, format: z.enum(['json', 'csv', 'html']) }),
    z.strictObject({ name: line(255), text: text(64 * 1024 * 1024) }),
  ),
  'history.again': operation(z.strictObject({ job, failedOnly: z.boolean() }), z.strictObject({ job })),
} as const;

/** How one image of a past job ended, and its layers. */
export type PastImage = Data<typeof pastImageShape>;

/** A line of the log of a job. */
export type LogLine = Data<typeof logLine>;
