import { z } from 'zod';
import {
  count,
  digest,
  host,
  id,
  instant,
  line,
  list,
  platform,
  repositoryPath,
  shownReference,
  tag,
  text,
  whole,
} from './bounded.ts';
import { failureShape } from './envelope.ts';
import { findingShape } from './files.ts';
import type { ImageDescription } from './models.ts';
import { type Data, operation } from './operation.ts';

/** Where images live. */
const placeShape = z.union([
  z.strictObject({ kind: z.literal('registry'), id }),
  z.strictObject({ kind: z.literal('library') }),
  z.strictObject({ kind: z.literal('bundle'), id }),
]);

/** An image by its place; with neither tag nor digest it is `latest`, with both the digest decides. */
export const imageNameShape = z.strictObject({
  place: placeShape,
  repository: repositoryPath,
  tag: tag.exactOptional(),
  digest: digest.exactOptional(),
});

/** Many tags of one repository, named in a tenth of the room. */
export const imageGroupShape = z.strictObject({
  place: placeShape,
  repository: repositoryPath,
  tags: list(tag, 20_000).min(1),
});

/** What is known of a tag; what is missing was not asked or not told. */
const imageRowShape = z.strictObject({
  repository: repositoryPath,
  tag,
  digest: digest.exactOptional(),
  sizeBytes: count.exactOptional(),
  platforms: list(platform, 100).exactOptional(),
  pushedAt: instant.exactOptional(),
});

/** A template such as `{path}:{tag}`, put behind the host of a registry. */
export const templateShape = line(500);

const repositoryRow = z.strictObject({
  path: repositoryPath,
  tags: count.exactOptional(),
  pulls: count.exactOptional(),
  updatedAt: instant.exactOptional(),
});

const shownDigest = line(200);
const mediaType = line(255);

const descriptionShape = z.strictObject({
  reference: shownReference,
  digest: shownDigest,
  mediaType,
  size: count,
  artifactType: mediaType.exactOptional(),
  manifests: list(
    z.strictObject({
      digest: shownDigest,
      mediaType,
      platform: platform.exactOptional(),
      isAttestation: z.boolean(),
      layers: list(z.strictObject({ digest: shownDigest, mediaType, size: count }), 1000).readonly(),
      totalBytes: count,
    }),
    500,
  ).readonly(),
  referrers: list(z.strictObject({ digest: shownDigest, artifactType: mediaType, size: count }), 1000).readonly(),
  cosignTags: list(line(200), 1000).readonly(),
}) satisfies z.ZodType<ImageDescription>;

/** How an image at a destination is to the one that would be copied there. */
const comparison = z.enum(['new', 'same', 'differs', 'unknown']);

/** Commands about what places hold. */
export const imageCommands = {
  'images.repositories': operation(
    z.strictObject({
      place: placeShape,
      search: line(255).exactOptional(),
      after: line(600).exactOptional(),
      most: whole(1, 500),
    }),
    z.strictObject({
      repositories: list(repositoryRow, 500),
      /** To be given as `after`; missing at the end. */
      next: line(600).exactOptional(),
      listing: z.enum(['catalog', 'vendor', 'typed', 'closed']),
      /** Why there is no better listing. */
      why: failureShape.exactOptional(),
    }),
  ),
  'images.tags': operation(
    z.strictObject({
      place: placeShape,
      repository: repositoryPath,
      after: line(600).exactOptional(),
      most: whole(1, 1000),
    }),
    z.strictObject({ rows: list(imageRowShape, 1000), next: line(600).exactOptional() }),
  ),
  /** Sizes and platforms, in the order asked. */
  'images.details': operation(
    z.strictObject({ images: list(imageNameShape, 50) }),
    z.strictObject({ rows: list(z.union([imageRowShape, z.strictObject({ failure: failureShape })]), 50) }),
  ),
  'images.compare': operation(
    z.strictObject({
      images: list(imageNameShape, 100),
      destination: z.strictObject({ registry: id, template: templateShape }),
    }),
    /** In the order asked; a reference is empty where the template gives none. */
    z.strictObject({ states: list(comparison, 100), references: list(shownReference, 100) }),
  ),
  'images.describe': operation(z.strictObject({ image: imageNameShape }), descriptionShape),
  'images.preview': operation(
    z.strictObject({ images: list(imageNameShape, 200), template: templateShape, registry: id }),
    z.strictObject({
      rows: list(
        z.strictObject({
          source: shownReference,
          destination: shownReference.exactOptional(),
          failure: failureShape.exactOptional(),
        }),
        200,
      ),
      /** Destinations that two sources want. */
      conflicts: list(shownReference, 200),
    }),
  ),
  /** The images that a pasted text names: lines, compose, Kubernetes or Helm values. */
  'images.pasted': operation(
    z.strictObject({ text: text(900_000), place: placeShape.exactOptional() }),
    z.strictObject({
      images: list(
        z.strictObject({
          reference: shownReference,
          repository: repositoryPath,
          host,
          tag: tag.exactOptional(),
          digest: digest.exactOptional(),
        }),
        20_000,
      ),
      findings: list(findingShape, 1002),
    }),
  ),
} as const;

/** Where images live. */
export type Place = Data<typeof placeShape>;

/** An image by its place. */
export type ImageName = Data<typeof imageNameShape>;

/** Many tags of one repository. */
export type ImageGroup = Data<typeof imageGroupShape>;

/** What is known of a tag. */
export type ImageRow = Data<typeof imageRowShape>;

/** How an image at a destination is to the one that would be copied there. */
export type Comparison = Data<typeof comparison>;
