import { z } from 'zod';
import { count, id, line, list, platform, shownReference, text, whole } from './bounded.ts';
import { failureShape } from './envelope.ts';
import { givenFileShape } from './files.ts';
import { imageGroupShape, imageNameShape, templateShape } from './images.ts';
import type { PlannedImage } from './models.ts';
import { type Data, operation } from './operation.ts';

const copyOptions = z.strictObject({
  /** `os/arch[/variant]`; all when empty. */
  platforms: list(platform, 50),
  attestations: z.enum(['keep', 'drop']),
  onConflict: z.enum(['overwrite', 'skip', 'fail', 'backup']),
  force: z.boolean(),
  referrers: z.boolean(),
});

const destinations = list(z.strictObject({ registry: id, template: templateShape }), 20);

/** How many images one order may name. */
export const mostOrdered = 20_000;

/** What to copy, where to and how: images of places, or a file that says it. */
export const copyOrderShape = z.union([
  z.strictObject({
    /** At most 20,000 in all; tags of one repository are better named together, or a large order is longer than a body may be. */
    images: list(z.union([imageNameShape, imageGroupShape]), mostOrdered).min(1),
    destinations: destinations.min(1),
    options: copyOptions,
  }),
  z.strictObject({
    file: givenFileShape,
    kind: z.enum(['image-syncer', 'list']),
    /** image-syncer's auth file; it stays in memory and ends with the job. */
    auth: givenFileShape.exactOptional(),
    /** For a list; image-syncer's files say it themselves. */
    destinations: destinations.exactOptional(),
    options: copyOptions,
  }),
  z.strictObject({
    /** A file that is open, by its id. */
    bundle: id,
    /** Only these of its images, by index; all when missing. */
    only: list(whole(0, 1_000_000), mostOrdered).min(1).exactOptional(),
    /** A registry, or this machine's library when it is missing, and the prefix below which everything goes. */
    registry: id.exactOptional(),
    prefix: line(255),
    /** Where other than below the prefix: by host, repository or its beginning. */
    maps: list(z.strictObject({ from: line(500), to: line(500) }), 200),
    createsProjects: z.boolean(),
    /** Takes what is whole out of a file that is not. */
    isPartial: z.boolean(),
    /** Takes it although another one, or nobody, signed it than such images before. */
    acceptsSender: z.boolean(),
    options: copyOptions,
  }),
]);

/** Something an operator should know about an image. */
export const noticeShape = z.strictObject({
  kind: z.enum([
    'digest-changed',
    'source-moved',
    'changed-by-another',
    'backed-up',
    'referrers-unknown',
    'overwritten',
    'no-platform',
    'refusal-foreseen',
    'direct',
  ]),
  text: text(2000),
});

const tally = z.strictObject({ toSend: count, toMount: count, present: count });

/** What would be done for one image at one destination. */
export const plannedImageShape = z.strictObject({
  source: shownReference,
  destination: shownReference,
  action: z.enum(['copy', 'unchanged', 'skip', 'fail']),
  digest: line(200).exactOptional(),
  previousDigest: line(200).exactOptional(),
  manifests: count,
  blobs: tally,
  bytes: tally.extend({ toFetch: count.exactOptional(), direct: count.exactOptional(), cached: count.exactOptional() }),
  notices: list(noticeShape, 20).readonly(),
  failure: failureShape.exactOptional(),
}) satisfies z.ZodType<PlannedImage>;

/** Commands about plans; the feed `plan` tells how one goes. */
export const planCommands = {
  'plans.make': operation(z.strictObject({ order: copyOrderShape }), z.strictObject({ plan: id })),
  /** What is planned as a file that image-syncer and `sync` take: its rules as they were given, or image by image. */
  'plans.save': operation(
    z.strictObject({ plan: id, format: z.enum(['yaml', 'json']) }),
    z.strictObject({ name: line(255), text: text(64 * 1024 * 1024) }),
  ),
  'plans.discard': operation(z.strictObject({ plan: id }), z.strictObject({})),
} as const;

/** What to copy, where to and how. */
export type CopyOrder = Data<typeof copyOrderShape>;

/** How it is to be copied. */
export type CopyOrderOptions = Data<typeof copyOptions>;
