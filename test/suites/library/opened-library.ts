import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DiskBlobCache, openBlobCache } from '../../../electron/engine/cache/blob-cache.ts';
import { systemClock } from '../../../electron/engine/kernel/clock.ts';
import { realDisk } from '../../../electron/engine/kernel/durable-disk.ts';
import { KeptLibrary } from '../../../electron/engine/library/kept-library.ts';
import { Pins } from '../../../electron/engine/library/pins.ts';
import { openStore } from '../../../electron/engine/store/store.ts';

/** A library on the disk, as large and as fast as in use. */
export interface OpenedLibrary {
  readonly library: KeptLibrary;
  readonly cache: DiskBlobCache;
  readonly folder: string;
  /** Closes it; the folder goes too if it was made here. */
  close(): Promise<void>;
}

/** Opens the library in `folder`, or an empty one in a folder of its own. */
export async function openKeptLibrary(folder?: string): Promise<OpenedLibrary> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'ferry-library-')));
  const store = await openStore({ folder: root, isOwner: true });
  const pins = await Pins.load(store.references);
  const cache = await openBlobCache(
    {
      disk: realDisk(root, systemClock),
      clock: systemClock,
      folder: 'cache',
      budgetBytes: 10 * 2 ** 30,
      isPinned: (digest) => pins.has(digest),
    },
    new AbortController().signal,
  );
  const library = new KeptLibrary({
    references: store.references,
    blobs: cache,
    pins,
    now: () => systemClock.monotonicMs(),
  });
  const close = async (): Promise<void> => {
    await store.close();
    if (folder === undefined) await rm(root, { recursive: true, force: true });
  };
  return { library, cache, folder: root, close };
}
