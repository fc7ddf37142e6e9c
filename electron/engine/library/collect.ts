import { childrenOf, parseManifest } from '../../oci/manifest.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Page } from '../ports/library.ts';
import type { KeptLibrary } from './kept-library.ts';

/** Everything that a library holds, to be looked through; lists go by name and by digest. */
export interface Inventory {
  /** Repositories that hold a manifest or a blob. */
  holding(page: Page): Promise<readonly string[]>;
  manifestsOf(repository: string, page: Page): Promise<readonly Digest[]>;
  blobsOf(repository: string, page: Page): Promise<readonly Digest[]>;
}

const pageSize = 1000;

/**
 * Takes blobs out of repositories where no manifest names them: what deleted images leave, and pushes that were never ended.
 * Their bytes stay in the cache, as something that may be evicted. What somebody asked for within `graceMs` stays, so that
 * it can be done while serving. Gives how many links went.
 */
export async function collectUnnamed(
  library: KeptLibrary,
  inventory: Inventory,
  graceMs: number,
  signal: AbortSignal,
): Promise<number> {
  const sinceMs = library.recent.nowMs - graceMs;
  let gone = 0;
  for await (const repository of all((page) => inventory.holding(page))) {
    // blobs first: a manifest that is put meanwhile names what is listed already
    const unnamed = new Set<Digest>();
    for await (const digest of all((page) => inventory.blobsOf(repository, page))) unnamed.add(digest);
    for await (const digest of all((page) => inventory.manifestsOf(repository, page))) {
      const manifest = unnamed.size === 0 ? undefined : await library.manifest(repository, digest, signal);
      if (manifest === undefined) continue;
      for (const child of childrenOf(parseManifest(manifest.bytes, manifest.mediaType))) unnamed.delete(child.digest);
    }
    for (const digest of unnamed) if (await library.deleteUnlessRecent(repository, digest, sinceMs)) gone++;
  }
  return gone;
}

async function* all<Name extends string>(
  list: (page: Page) => Promise<readonly Name[]>,
): AsyncGenerator<Name, void, undefined> {
  for (let after: Name | undefined; ; ) {
    const page = await list(after === undefined ? { most: pageSize } : { after, most: pageSize });
    yield* page;
    after = page.at(-1);
    if (page.length < pageSize) return;
  }
}
