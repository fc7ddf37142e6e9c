import type { Digest } from '../../oci/digest.ts';
import { asCopyError, type CopyError } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import { walkGraph } from '../plan/graph.ts';
import type { Source } from '../ports/places.ts';

/** How the walk over a site goes. */
export interface SiteWalk {
  /** Told after every tag. */
  readonly seen: (tags: number, digests: number) => void;
  /** A tag or repository that cannot be read is left out, and what it holds is sent again. */
  readonly leftOut: (name: string, error: CopyError) => void;
}

const repositoriesAtOnce = 4;
const tagsAtOnce = 4;

/** Every digest that the tags of repositories reach. */
export async function digestsAt(
  repositories: readonly Source[],
  walk: SiteWalk,
  signal: AbortSignal,
): Promise<ReadonlySet<Digest>> {
  const digests = new Set<Digest>();
  let tags = 0;
  const visit = async (source: Source, tag: string): Promise<void> => {
    const root = await source.manifest({ tag }, signal);
    if (!digests.has(root.descriptor.digest)) {
      const graph = await walkGraph(source, root, signal);
      for (const { descriptor } of graph.manifests) digests.add(descriptor.digest);
      // a layer that comes from elsewhere need not be there
      for (const blob of graph.blobs) if (blob.urls === undefined) digests.add(blob.digest);
    }
    walk.seen(++tags, digests.size);
  };
  const unlessUnreadable = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      walk.leftOut(name, asCopyError(thrown, { side: 'source', op: 'receipt', subject: name }));
    }
  };
  await mapLimited(repositories, repositoriesAtOnce, (source) =>
    unlessUnreadable(source.name, async () =>
      mapLimited(await source.tags(signal), tagsAtOnce, (tag) =>
        unlessUnreadable(`${source.name}:${tag}`, () => visit(source, tag)),
      ),
    ),
  );
  return digests;
}
