import { type Descriptor, sameContent } from '../../oci/descriptor.ts';
import { isIndexType, isManifestType, isSchema1Type } from '../../oci/media-types.ts';
import { childrenOf } from '../../oci/manifest.ts';
import { copyError, CopyError } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { ResolvedManifest, Source } from '../ports/places.ts';

/** Everything below one manifest, each piece once. */
export interface Graph {
  readonly root: ResolvedManifest;
  /** Children before those who name them; the root is last. */
  readonly manifests: readonly ResolvedManifest[];
  readonly blobs: readonly Descriptor[];
}

const deepest = 8;
const mostManifests = 5000;
const fetchedAtOnce = 6;

/** Reads every manifest below `root` from the source; refuses graphs that are absurd or contradict themselves. */
export async function walkGraph(source: Source, root: ResolvedManifest, signal: AbortSignal): Promise<Graph> {
  const seen = new Map<string, Descriptor>();
  const blobs: Descriptor[] = [];
  const subject = `${source.path}@${root.descriptor.digest}`;
  const refuse = (what: string): CopyError =>
    copyError('invalid', { side: 'source', op: 'graph', subject, message: `source ${subject}: ${what}` });

  /** True the first time a piece is met. */
  const isNew = (piece: Descriptor): boolean => {
    const before = seen.get(piece.digest);
    if (before === undefined) {
      seen.set(piece.digest, piece);
      return true;
    }
    if (!sameContent(before, piece)) throw refuse(`${piece.digest} is given two sizes`);
    return false;
  };

  const below = async (manifest: ResolvedManifest, depth: number): Promise<ResolvedManifest[]> => {
    if (depth > deepest) throw refuse(`indexes are nested deeper than ${deepest}`);
    const fresh = childrenOf(manifest.document).filter(isNew);
    if (seen.size > mostManifests * 4) throw refuse('it has too many parts');
    if (manifest.document.kind === 'manifest') {
      blobs.push(...fresh);
      return [manifest];
    }
    const nested = await mapLimited(fresh, fetchedAtOnce, async (child) => {
      const found = await childManifest(source, child, signal);
      if (found === undefined) blobs.push(child);
      return found === undefined ? [] : below(found, depth + 1);
    });
    return [...nested.flat(), manifest];
  };

  isNew(root.descriptor);
  const manifests = await below(root, 0);
  if (manifests.length > mostManifests) throw refuse(`it has more than ${mostManifests} manifests`);
  return { root, manifests, blobs };
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
    if (!isKnown && thrown instanceof CopyError && (thrown.kind === 'not-found' || thrown.kind === 'unsupported'))
      return undefined;
    if (thrown instanceof CopyError && thrown.kind === 'not-found') {
      const { http } = thrown;
      throw copyError('missing-content', {
        side: 'source',
        op: 'manifest.get',
        subject: child.digest,
        message: `source ${source.host} lists manifest ${child.digest} of ${source.path} and does not hold it`,
        cause: thrown,
        ...(http === undefined ? {} : { http }),
      });
    }
    throw thrown;
  }
}
