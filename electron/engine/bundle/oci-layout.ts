import { type Descriptor, readDescriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest, encodedOf } from '../../oci/digest.ts';
import { asObject, optionalObjects, optionalString, refuseLookalikes } from '../../oci/fields.ts';
import { maxManifestBytes, parseManifest } from '../../oci/manifest.ts';
import { isIndexType, isManifestType } from '../../oci/media-types.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { isRepositoryPath, isTag, parseReference } from '../../oci/reference.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { asCopyError, CopyError } from '../kernel/errors.ts';
import { listName, maxListBytes, parseContentList } from './content-list.ts';
import { type Entries, type Entry, readEntry } from './entry.ts';
import { fileError } from './file-errors.ts';
import type { FileContent, FileImage } from './image-file.ts';
import { blobName } from './volume-layout.ts';

const maxIndexBytes = 64 * 1024 * 1024;
const mostImages = 100_000;
const knownInIndex: ReadonlySet<string> = new Set(['schemaVersion', 'mediaType', 'manifests', 'annotations']);

/** Reads an OCI image layout (image-spec v1.1.1, "image-layout.md"); rejects `invalid` when it is none. */
export async function readOciLayout(entries: Entries, signal: AbortSignal): Promise<FileContent> {
  const find = async (digest: Digest): Promise<Entry | undefined> => entries.find(blobName(digest));
  try {
    await checkVersion(entries, signal);
    const descriptors = await readIndex(entries, signal);
    const named = descriptors.map((descriptor) => ({ descriptor, ...nameIn(descriptor) }));
    const images: FileImage[] = [];
    for (const one of withCosignTags(named)) {
      const { descriptor, name, host, path, tag } = one;
      const { mediaType, digest, size } = descriptor;
      const subject = await subjectOf(descriptor, find, signal);
      images.push({ host, path, tag, name, descriptor: { mediaType, digest, size }, subject });
    }
    return { images, notices: entries.notices, expected: await expectedIn(entries, signal), find };
  } catch (thrown) {
    throw asCopyError(thrown, { side: 'source', op: 'file.read', subject: entries.name });
  }
}

async function checkVersion(entries: Entries, signal: AbortSignal): Promise<void> {
  const entry = await entries.find('oci-layout');
  if (entry === undefined) throw fileError('invalid', entries.name, 'has no file oci-layout');
  const object = asObject(
    parseStrictJson(decodeUtf8(await readEntry(entry, 'oci-layout', 4096, signal))),
    'oci-layout',
  );
  const version = optionalString(object, 'imageLayoutVersion') ?? '';
  if (!version.startsWith('1.')) throw new OciError(`oci-layout has the version ${quoted(version)}`, 'unsupported');
}

async function readIndex(entries: Entries, signal: AbortSignal): Promise<readonly Descriptor[]> {
  const entry = await entries.find('index.json');
  if (entry === undefined) throw fileError('invalid', entries.name, 'has no file index.json');
  const bytes = await readEntry(entry, 'index.json', maxIndexBytes, signal);
  const object = asObject(parseStrictJson(decodeUtf8(bytes)), 'index.json');
  refuseLookalikes(object, knownInIndex, 'index.json');
  const list = optionalObjects(object, 'manifests') ?? [];
  if (list.length > mostImages) throw new OciError(`index.json has more than ${mostImages} entries`);
  return list.map((item, at) => readDescriptor(item, `entry ${at + 1} of index.json`));
}

interface Named {
  readonly descriptor: Descriptor;
  readonly name: string | undefined;
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly tag: string | undefined;
}

/** containerd writes the full name into an annotation of its own; the standard one may hold a tag, a path with a tag, or all. */
function nameIn({ annotations }: Descriptor): Omit<Named, 'descriptor'> {
  const full = annotations?.['io.containerd.image.name'];
  const short = annotations?.['org.opencontainers.image.ref.name'];
  const name = short ?? full;
  for (const text of [full, short]) {
    if (text === undefined || (text === short && isTag(text))) continue;
    const read = readName(text);
    if (read !== undefined) return { name, ...read };
  }
  const tag = short !== undefined && isTag(short) ? short : undefined;
  return { name, host: undefined, path: undefined, tag };
}

function readName(text: string): Omit<Named, 'descriptor' | 'name'> | undefined {
  try {
    const { host, path, tag } = parseReference(text);
    return { host, path, tag };
  } catch (thrown) {
    if (!(thrown instanceof OciError)) throw thrown;
    const path = text.replace(/[:@].*$/, '');
    return isRepositoryPath(path) ? { host: undefined, path, tag: undefined } : undefined;
  }
}

const cosignKinds: ReadonlyMap<string, string> = new Map([
  ['sigs', 'sig'],
  ['atts', 'att'],
  ['sboms', 'sbom'],
]);

/**
 * cosign and hauler keep signatures of an image under the image's own name and tell them apart by an annotation `kind`;
 * in a registry they have a tag made of the image's digest.
 */
function withCosignTags(named: readonly Named[]): readonly Named[] {
  const kindOf = ({ descriptor }: Named): string => descriptor.annotations?.['kind']?.split('/')[1] ?? '';
  const roots = new Map<string, Digest>();
  for (const one of named)
    if (!cosignKinds.has(kindOf(one)) && kindOf(one) !== 'referrers') roots.set(one.name ?? '', one.descriptor.digest);
  return named.map((one) => {
    const kind = kindOf(one);
    const suffix = cosignKinds.get(kind);
    if (kind === 'referrers') return { ...one, tag: undefined };
    if (suffix === undefined) return one;
    const root = roots.get(one.name ?? '');
    return { ...one, tag: root === undefined ? undefined : `${algorithmOf(root)}-${encodedOf(root)}.${suffix}` };
  });
}

/** What a manifest refers to; undefined also when it cannot be read, which the deep look will tell. */
async function subjectOf(
  { digest, mediaType }: Descriptor,
  find: FileContent['find'],
  signal: AbortSignal,
): Promise<Digest | undefined> {
  if (!isManifestType(mediaType) && !isIndexType(mediaType)) return undefined;
  try {
    const entry = await find(digest);
    if (entry === undefined) return undefined;
    return parseManifest(await readEntry(entry, digest, maxManifestBytes, signal), mediaType).subject?.digest;
  } catch (thrown) {
    if (thrown instanceof OciError || (thrown instanceof CopyError && thrown.kind !== 'cancelled')) return undefined;
    throw thrown;
  }
}

/** A layout that was taken out of a bundle may still have its list. */
async function expectedIn(entries: Entries, signal: AbortSignal): Promise<FileContent['expected']> {
  const entry = await entries.find(listName);
  if (entry === undefined) return [];
  return parseContentList(await readEntry(entry, listName, maxListBytes, signal)).expected;
}
