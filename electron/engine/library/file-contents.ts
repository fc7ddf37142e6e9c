import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { childrenOf } from '../../oci/manifest.ts';
import { isIndexType, isManifestType } from '../../oci/media-types.ts';
import { isRepositoryPath } from '../../oci/reference.ts';
import { referrerOf } from '../content/referrer-of.ts';
import { CopyError } from '../kernel/errors.ts';
import type { ResolvedManifest, Source } from '../ports/places.ts';

/** An image in a file, as far as serving it needs. */
export interface ServedImage {
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly tag: string | undefined;
  readonly descriptor: Descriptor;
}

/** A file of images that can be served. */
export interface ServedFile {
  readonly images: readonly ServedImage[];
  /** What the images need and the file leaves out. */
  readonly expected: readonly { readonly digest: Digest }[];
  /** The repository that an image lies in; reading what is not in the file must reject `not-found` or `missing-content`. */
  source(image: Pick<ServedImage, 'host' | 'path'>): Source;
}

/** A manifest of a repository; its bytes stay in the file. */
export interface ListedManifest {
  readonly descriptor: Descriptor;
  readonly referrer: { readonly subject: Digest; readonly listed: Descriptor } | undefined;
}

/** What can be read through one repository. */
export interface RepositoryContents {
  readonly source: Source;
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, ListedManifest>;
  readonly blobs: Map<Digest, Descriptor>;
}

/** For images whose repository the file does not tell. */
const nameless = 'image';

/** Reads the manifests of all images and gives what each repository holds. */
export async function contentsOf(
  file: ServedFile,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RepositoryContents>> {
  const repositories = new Map<string, RepositoryContents>();
  const absent = new Set(file.expected.map(({ digest }) => digest));
  for (const image of file.images) {
    const name = nameOf(image, file.images);
    const held = repositories.get(name) ?? {
      source: file.source(image),
      tags: new Map(),
      manifests: new Map(),
      blobs: new Map(),
    };
    repositories.set(name, held);
    await list(image.descriptor, held, absent, signal);
    if (image.tag !== undefined && held.manifests.has(image.descriptor.digest))
      held.tags.set(image.tag, image.descriptor.digest);
  }
  return repositories;
}

/** The path alone, as docker and containerd ask a mirror; with the host before it where two hosts have the same path. */
function nameOf({ host, path }: ServedImage, images: readonly ServedImage[]): string {
  const isShared = images.some((other) => other.path === path && other.host !== host);
  const full = isShared && host !== undefined ? `${host.replaceAll(/[^a-z0-9.]+/g, '-')}/${path ?? nameless}` : path;
  return full !== undefined && isRepositoryPath(full) ? full : nameless;
}

async function list(
  descriptor: Descriptor,
  held: RepositoryContents,
  absent: ReadonlySet<Digest>,
  signal: AbortSignal,
): Promise<void> {
  const { digest } = descriptor;
  if (held.manifests.has(digest) || absent.has(digest)) return;
  const found = await held.source.manifest(descriptor, signal).catch(unlessAbsent);
  if (found === undefined) return;
  const { document } = found;
  const subject = document.subject?.digest;
  const referrer = subject === undefined ? undefined : { subject, listed: referrerOf(document, digest) };
  held.manifests.set(digest, { descriptor: found.descriptor, referrer });
  for (const child of childrenOf(document)) {
    const isManifest = document.kind === 'index' && (isIndexType(child.mediaType) || isManifestType(child.mediaType));
    if (isManifest) await list(child, held, absent, signal);
    else if (!absent.has(child.digest)) held.blobs.set(child.digest, child);
  }
}

/** An index may name platforms that were left behind. */
function unlessAbsent(thrown: unknown): ResolvedManifest | undefined {
  if (thrown instanceof CopyError && (thrown.kind === 'not-found' || thrown.kind === 'missing-content'))
    return undefined;
  throw thrown;
}
