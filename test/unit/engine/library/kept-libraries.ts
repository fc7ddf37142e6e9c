import { onTestFinished } from 'vitest';
import type { BlobCacheOptions, DiskBlobCache } from '../../../../electron/engine/cache/blob-cache.ts';
import { KeptLibrary } from '../../../../electron/engine/library/kept-library.ts';
import { Pins } from '../../../../electron/engine/library/pins.ts';
import type { References } from '../../../../electron/engine/ports/references.ts';
import type { FakeClock } from '../../../fakes/clock.ts';
import { cacheInFolder } from '../cache/caches.ts';
import { Stores } from '../store/stores.ts';

/** A library on disk and what it is made of. */
export interface KeptInFolder {
  readonly library: KeptLibrary;
  readonly cache: DiskBlobCache;
  readonly references: References;
  readonly pins: Pins;
  readonly clock: FakeClock;
  /** The folder that has the cache below `cache`. */
  readonly root: string;
  /** Opens the same folders as another process would after this one. */
  readonly reopen: () => Promise<Pick<KeptInFolder, 'library' | 'cache' | 'pins'>>;
}

/** An empty library over folders that are gone after the test. */
export async function keptInFolder(options: Partial<BlobCacheOptions> = {}): Promise<KeptInFolder> {
  const stores = new Stores();
  onTestFinished(() => stores.clean());
  const { references } = await stores.open();
  const { root, clock, reopen: reopenCache } = await cacheInFolder();
  const reopen = async (): Promise<Pick<KeptInFolder, 'library' | 'cache' | 'pins'>> => {
    const pins = await Pins.load(references);
    const cache = await reopenCache({ ...options, isPinned: (digest) => pins.has(digest) });
    const library = new KeptLibrary({ references, blobs: cache, pins, now: () => clock.monotonicMs() });
    return { library, cache, pins };
  };
  return { ...(await reopen()), references, clock, root, reopen };
}
