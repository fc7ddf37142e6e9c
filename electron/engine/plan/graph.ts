import { type Descriptor, sameContent } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { isIndexType, isManifestType, isSchema1Type } from '../../oci/media-types.ts';
import { childrenOf } from '../../oci/manifest.ts';
import { copyError, CopyError } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { ResolvedManifest, Source } from '../ports/places.ts';

/** Everything below one manifest, each piece once. */
export interface Graph {
  readonly root: ResolvedManifest;
  /** In the order of publishing: whoever is named before those who name it, as a child or as a subject; the root is last. */
  readonly manifests: readonly ResolvedManifest[];
  readonly blobs: readonly Descriptor[];
}

const deepest = 8;
const mostManifests = 5000;
const mostBlobs = 20_000;
const fetchedAtOnce = 6;

/** Reads every manifest below `root` from the source; refuses graphs that are absurd or contradict themselves. */
export async function walkGraph(source: Source, root: ResolvedManifest, signal: AbortSignal): Promise<Graph> {
  const subject = `${source.path}@${root.descriptor.digest}`;
  const refuse = (what: string): CopyError =>
    copyError('invalid', { side: 'source', op: 'graph', subject, message: `source ${subject}: ${what}` });

  const manifests = new Map<Digest, ResolvedManifest>([[root.descriptor.digest, root]]);
  const blobs = new Map<Digest, Descriptor>();
  let level: readonly ResolvedManifest[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw refuse(`indexes are nested deeper than ${deepest}`);
    const entries = new Map<Digest, Descriptor>();
    for (const { document } of level) {
      for (const child of childrenOf(document)) {
        const before = entries.get(child.digest) ?? manifests.get(child.digest)?.descriptor ?? blobs.get(child.digest);
        if (before !== undefined && !sameContent(before, child)) throw refuse(`${child.digest} is given two sizes`);
        if (document.kind === 'manifest') blobs.set(child.digest, child);
        else if (!manifests.has(child.digest)) entries.set(child.digest, child);
      }
    }
    if (manifests.size + entries.size > mostManifests) throw refuse(`it has more than ${mostManifests} manifests`);
    if (blobs.size > mostBlobs) throw refuse(`it has more than ${mostBlobs} blobs`);
    const found = await mapLimited([...entries.values()], fetchedAtOnce, async (child) => {
      const manifest = await childManifest(source, child, signal);
      if (manifest === undefined) blobs.set(child.digest, child);
      return manifest ?? [];
    });
    level = found.flat();
    for (const manifest of level) manifests.set(manifest.descriptor.digest, manifest);
  }
  return { root, manifests: inPublishingOrder(root, manifests), blobs: [...blobs.values()] };
}

/** Whatever is named goes first. There are no cycles: no document can hold the digest of one that holds its own. */
function inPublishingOrder(
  root: ResolvedManifest,
  manifests: ReadonlyMap<Digest, ResolvedManifest>,
): readonly ResolvedManifest[] {
  const ordered = new Set<ResolvedManifest>();
  const visit = (manifest: ResolvedManifest): void => {
    if (ordered.has(manifest)) return;
    const { document } = manifest;
    const named = [
      ...(document.subject ? [document.subject] : []),
      ...(document.kind === 'index' ? document.manifests : []),
    ];
    for (const { digest } of named) {
      const other = manifests.get(digest);
      if (other !== undefined && other !== manifest) visit(other);
    }
    ordered.add(manifest);
  };
  visit(root);
  return [...ordered];
}

/** An entry of an index as a manifest; undefined when it turns out to be a blob, which an unknown media type may be. */
async function childManifest(
  source: Source,
  child: Descriptor,
  signal: AbortSignal,
): Promise<ResolvedManifest | undefined> {
  const isKnown = isIndexType(child.mediaType) || isManifestType(child.mediaType) || isSchema1Type(child.mediaType);
  try {
    return await source.manifest(child, signal);
  } catch (thrown) {
    if (!(thrown instanceof CopyError)) throw thrown;
    if (!isKnown && (thrown.kind === 'not-found' || thrown.kind === 'unsupported')) return undefined;
    if (thrown.kind !== 'not-found') throw thrown;
    throw copyError('missing-content', {
      side: 'source',
      op: 'manifest.get',
      subject: child.digest,
      message: `source ${source.host} lists manifest ${child.digest} of ${source.path} and does not hold it`,
      cause: thrown,
      ...(thrown.http === undefined ? {} : { http: thrown.http }),
    });
  }
}
