import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { type Disk, diskError } from '../kernel/disk.ts';
import { realDisk } from '../kernel/durable-disk.ts';

/**
 * The folder `root` of this machine for files that are to be carried away: others may read them as far as the operator's umask
 * lets them, while a Disk otherwise keeps everything to its owner.
 */
export function sharedDisk(root: string, clock: Clock): Disk {
  const disk = realDisk(root, clock);
  const share = async (path: string, mode: number): Promise<void> => {
    try {
      await chmod(join(root, path), mode & ~process.umask());
    } catch (thrown) {
      throw diskError('file.share', path, thrown);
    }
  };
  return {
    ...disk,
    open: async (path, how, signal) => {
      const file = await disk.open(path, how, signal);
      if (how !== 'create') return file;
      try {
        await share(path, 0o666);
        return file;
      } catch (thrown) {
        await file.close();
        throw thrown;
      }
    },
    makeFolder: async (path) => {
      const parts = path.split('/');
      let isNew = false;
      for (let count = 1; count <= parts.length; count++) {
        const folder = parts.slice(0, count).join('/');
        isNew = await disk.makeFolder(folder);
        if (isNew) await share(folder, 0o777);
      }
      return isNew;
    },
  };
}
