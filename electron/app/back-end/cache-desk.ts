import type { CacheStatus } from '../../contract/cache-state.ts';
import type { Workspace } from '../../engine/engine.ts';
import type { CacheDesk } from '../window/parts.ts';

/** The blob cache of the data folder, as the window sees it. */
export function cacheDesk(workspace: Workspace): CacheDesk {
  return {
    status: async (signal): Promise<CacheStatus> => {
      const status = await workspace.cacheStatus(signal);
      return {
        bytes: status.blobBytes + status.unfinishedBytes,
        blobs: status.blobs,
        unfinishedBytes: status.unfinishedBytes,
        quarantined: status.quarantined,
        budgetBytes: status.budgetBytes,
        freeBytes: status.freeBytes,
        folder: workspace.folder.path,
      };
    },
    keepTo: (budgetBytes, signal) => workspace.setCacheBudget(budgetBytes, signal),
    trim: async (toBytes, signal) => {
      await (await workspace.ownCache(signal)).trim(toBytes, signal);
    },
    verify: async (progress, signal) => {
      const cache = await workspace.ownCache(signal);
      const { rotten } = await cache.verify(({ bytes, totalBytes }) => progress(bytes, totalBytes), signal);
      return rotten.length;
    },
  };
}
