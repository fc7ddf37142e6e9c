import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, parseDigest } from '../../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../../oci/manifest.ts';
import { mediaTypes } from '../../oci/media-types.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { isRepositoryPath, isTag } from '../../oci/reference.ts';
import { asCopyError } from '../kernel/errors.ts';
import { type Entries, type Entry, readEntry } from './entry.ts';
import type { FileContent, FileImage } from './image-file.ts';
import { registryBlobName, registryRoot } from './registry-items.ts';

const longestLink = 256;
const mostImages = 200_000;

/**
 * Reads the data folder of a docker-registry. `entries` begin below `docker/registry/v2`.
 * Images are what has a tag, and what refers to something; manifests that nobody names any more are left alone.
 */
export async function readRegistryStorage(entries: Entries, signal: AbortSignal): Promise<FileContent> {
  const find = (digest: Digest): Promise<Entry | undefined> =>
    entries.find(registryBlobName(digest).slice(registryRoot.length + 1));
  const notices: string[] = [...entries.notices];
  const images: FileImage[] = [];
  try {
    for await (const path of repositoriesIn(entries, 'repositories', 0)) {
      const folder = `repositories/${path}/_manifests`;
      for (const tag of await entries.list(`${folder}/tags`)) {
        const digest = isTag(tag) ? await linkIn(entries, `${folder}/tags/${tag}/current/link`, signal) : undefined;
        const known = digest === undefined ? undefined : await described(digest, find, signal);
        if (known === undefined)
          notices.push(`${entries.name}: the tag ${quoted(tag)} of ${path} leads to nothing and is left out`);
        else images.push({ host: undefined, path, tag, name: `${path}:${tag}`, ...known });
      }
      for (const algorithm of ['sha256', 'sha512']) {
        for (const encoded of await entries.list(`${folder}/revisions/${algorithm}`)) {
          const digest = await linkIn(entries, `${folder}/revisions/${algorithm}/${encoded}/link`, signal);
          const known = digest === undefined ? undefined : await described(digest, find, signal);
          if (known?.subject === undefined) continue;
          images.push({ host: undefined, path, tag: undefined, name: `${path}@${digest}`, ...known });
        }
      }
      if (images.length > mostImages) throw new OciError(`registry folder has more than ${mostImages} images`);
    }
    return { images, notices, expected: [], find };
  } catch (thrown) {
    throw asCopyError(thrown, { side: 'source', op: 'file.read', subject: entries.name });
  }
}

/** Repositories lie inside one another: `a` and `a/b` are both folders and both may hold images. */
async function* repositoriesIn(entries: Entries, folder: string, depth: number): AsyncGenerator<string> {
  const path = folder.slice('repositories/'.length);
  const names = await entries.list(folder);
  if (names.includes('_manifests') && isRepositoryPath(path)) yield path;
  if (depth > 32) return;
  for (const name of names) if (!name.startsWith('_')) yield* repositoriesIn(entries, `${folder}/${name}`, depth + 1);
}

async function linkIn(entries: Entries, name: string, signal: AbortSignal): Promise<Digest | undefined> {
  const entry = await entries.find(name);
  return entry === undefined ? undefined : parseDigest(decodeText(await readEntry(entry, name, longestLink, signal)));
}

function decodeText(bytes: Buffer): string {
  return bytes.toString('latin1').trim();
}

/** A manifest by its digest; what cannot be read is still an image, which the deep look will find broken. */
async function described(
  digest: Digest,
  find: FileContent['find'],
  signal: AbortSignal,
): Promise<{ descriptor: Descriptor; subject: Digest | undefined } | undefined> {
  const entry = await find(digest);
  if (entry === undefined) return undefined;
  const raw = await readEntry(entry, `manifest ${digest}`, maxManifestBytes, signal);
  try {
    const { mediaType, subject } = parseManifest(raw);
    return { descriptor: { mediaType, digest, size: raw.byteLength }, subject: subject?.digest };
  } catch (thrown) {
    if (!(thrown instanceof OciError)) throw thrown;
    return { descriptor: { mediaType: mediaTypes.octetStream, digest, size: raw.byteLength }, subject: undefined };
  }
}
