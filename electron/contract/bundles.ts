import { z } from 'zod';
import {
  count,
  digest,
  handle,
  id,
  instant,
  job,
  line,
  list,
  platform,
  shownReference,
  text,
  whole,
} from './bounded.ts';
import { failureShape } from './envelope.ts';
import { imageGroupShape, imageNameShape } from './images.ts';
import { type Data, operation } from './operation.ts';
import { mostOrdered } from './plans.ts';

/** The least bytes a volume may have. */
const leastVolumeBytes = 64 * 1024;

/** What a file or folder of images can be. */
const kindShape = z.enum(['bundle', 'oci-layout', 'oci-archive', 'docker-archive', 'registry-storage']);

/** A name of a file without any folder, as every system takes it. */
const fileName = line(200).refine(
  (name) => /^[^./\\:*?"<>|][^/\\:*?"<>|]*$/.test(name) && !/[. ]$/.test(name),
  'is not the name of a file',
);

/** Where a file is to be written: what a person named in a dialog, or a name in a folder that may be looked into. */
const targetShape = z.union([z.strictObject({ handle }), z.strictObject({ folder: handle, name: fileName })]);

/** What a site is known to hold: a receipt or a bundle. */
const baseShape = z.union([
  z.strictObject({ handle }),
  z.strictObject({ bundle: id }),
  z.strictObject({ receipt: id }),
]);

const exportOrderShape = z.strictObject({
  images: list(z.union([imageNameShape, imageGroupShape]), mostOrdered).min(1),
  format: z.enum(['bundle', 'oci', 'oci-archive', 'docker-archive', 'registry-storage']),
  /** Of a bundle only; just under 4 GiB when missing. */
  volumeBytes: whole(leastVolumeBytes, Number.MAX_SAFE_INTEGER).exactOptional(),
  zstd: z.boolean(),
  bases: list(baseShape, 20),
  platforms: list(platform, 50),
  attestations: z.enum(['keep', 'drop']),
  referrers: z.boolean(),
});

const sums = {
  volumes: count,
  /** Of all that is written, before any compression. */
  totalBytes: count,
  blobs: count,
  blobBytes: count,
  /** Not written, because the site holds it. */
  leftOut: count,
  leftOutBytes: count,
};

const checkShape = z.strictObject({
  state: z.enum(['running', 'finished', 'failed']),
  /** Bytes hashed so far. */
  done: count,
  /** Missing as long as it is not known. */
  total: count.exactOptional(),
  whole: count,
  damaged: count,
  problems: list(failureShape, 50),
  failure: failureShape.exactOptional(),
});

const openedShape = z.strictObject({
  bundle: id,
  name: line(255),
  state: z.enum(['opening', 'open', 'failed']),
  kind: kindShape.exactOptional(),
  images: count,
  /** Of blobs that its images need, each counted once; missing as long as they are looked at. */
  contentBytes: count.exactOptional(),
  /** What is left out because the site holds it. */
  leftOut: count,
  leftOutBytes: count,
  set: digest.exactOptional(),
  volumes: count.exactOptional(),
  created: line(200).exactOptional(),
  /** The key of the sender whose signature was found to be right; missing when it is unsigned. */
  signer: line(200).exactOptional(),
  /** Whether who signed it is who signed such images before; missing as long as it is not open. */
  sender: z.enum(['unsigned', 'first', 'known', 'other']).exactOptional(),
  /** What is wrong with its sender. */
  senderFailure: failureShape.exactOptional(),
  /** Registries that its images come from. */
  hosts: list(line(255), 50),
  notices: list(text(2000), 20),
  /** What is missing or damaged, found while opening. */
  problems: list(failureShape, 50),
  check: checkShape.exactOptional(),
  /** Jobs that read it now. */
  jobs: count,
  failure: failureShape.exactOptional(),
});

const exportedShape = z.strictObject({
  job,
  name: line(255),
  format: exportOrderShape.shape.format,
  state: z.enum(['writing', 'written', 'failed', 'cancelled']),
  at: instant,
  set: digest.exactOptional(),
  ...sums,
  /** What has to be carried, in its order; `sha256` is there once it was read again. */
  files: list(z.strictObject({ name: line(255), size: count, sha256: line(64).exactOptional() }), 1000),
  failure: failureShape.exactOptional(),
});

const receiptRowShape = z.strictObject({
  receipt: id,
  name: line(255),
  /** `HOST[/PREFIX]`. */
  place: line(600),
  state: z.enum(['walking', 'written', 'failed']),
  at: instant,
  tags: count,
  digests: count,
  repositories: count.exactOptional(),
  sizeBytes: count.exactOptional(),
  /** Tags and repositories that could not be read: what they hold is sent again. */
  unread: list(z.strictObject({ name: line(600), why: text(2000) }), 50),
  failure: failureShape.exactOptional(),
});

const rowShape = z.strictObject({
  index: count,
  name: shownReference,
  digest: line(200),
  /** Refers to another image, as signatures do. */
  isReferrer: z.boolean(),
  platforms: list(platform, 100).exactOptional(),
  sizeBytes: count.exactOptional(),
  state: z.enum(['unchecked', 'whole', 'damaged']),
  failure: failureShape.exactOptional(),
});

/** Commands about files that cross a gap; the feeds `bundles` and `bundle` tell how they stand. */
export const bundleCommands = {
  /** Opens a file or folder of images, volumes of a bundle, or what a job wrote; one volume is enough when the others lie beside it. */
  'bundles.open': operation(
    z.union([z.strictObject({ files: list(handle, 1000).min(1) }), z.strictObject({ job })]),
    z.strictObject({ bundle: id }),
  ),
  /** Looks again at what lies there, as when a missing volume came. */
  'bundles.reopen': operation(z.strictObject({ bundle: id }), z.strictObject({})),
  'bundles.close': operation(z.strictObject({ bundle: id }), z.strictObject({})),
  /** Reads and hashes everything, or stops doing so. */
  'bundles.check': operation(z.strictObject({ bundle: id, action: z.enum(['start', 'stop']) }), z.strictObject({})),
  /** What an export would come to; reads manifests and moves nothing. */
  'exports.estimate': operation(
    z.strictObject({ order: exportOrderShape }),
    z.strictObject({ images: count, ...sums }),
  ),
  'exports.start': operation(z.strictObject({ order: exportOrderShape, target: targetShape }), z.strictObject({ job })),
  /** Begins to list what a registry holds, below a prefix where one is given. */
  'receipts.make': operation(
    z.strictObject({ registry: id, prefix: line(255), target: targetShape }),
    z.strictObject({ receipt: id }),
  ),
  'receipts.stop': operation(z.strictObject({ receipt: id }), z.strictObject({})),
} as const;

/** How the feed `bundles` stands: what is open, and what was written not long ago, newest first. */
export const bundlesShape = z.strictObject({
  bundles: list(openedShape, 50),
  exports: list(exportedShape, 50),
  receipts: list(receiptRowShape, 50),
});

/** How the feed `bundle` stands: the images of one file. */
export const bundleShape = z.strictObject({ total: count, rows: list(rowShape, 100) });

/** A file of images that was opened. */
export type OpenedBundle = Data<typeof openedShape>;

/** What became of an export. */
export type ExportedBundle = Data<typeof exportedShape>;

/** What became of a receipt. */
export type ReceiptRow = Data<typeof receiptRowShape>;

/** One image in a file. */
export type BundleRow = Data<typeof rowShape>;

/** What to write into a file, and how. */
export type ExportOrder = Data<typeof exportOrderShape>;

/** Where a file is to be written. */
export type ExportTarget = Data<typeof targetShape>;

/** What a site is known to hold. */
export type ExportBase = Data<typeof baseShape>;
