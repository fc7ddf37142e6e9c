import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openBlobCache } from '../../../../electron/engine/cache/blob-cache.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { errnoOf } from '../../../../electron/engine/kernel/disk.ts';
import { FolderDisk } from '../../../../electron/engine/kernel/durable-disk.ts';
import { errorOf } from '../../error-of.ts';
import {
  describeBytes,
  filesBelow,
  liars,
  readAll,
  readBlob,
  sample,
  takeIn,
  temporaryFolder,
  unending,
  writeIn,
} from './caches.ts';

const mebibyte = 2 ** 20;

/** A file system of 16 MiB; undefined where none can be mounted. */
function mountSmall(folder: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return undefined;
  }
}

/** A cache on a disk that is smaller than its budget and says that it has plenty of room. */
async function cacheOnSmallDisk(skip: () => never) {
  const root = mountSmall(await temporaryFolder()) ?? skip();
  onTestFinished(() => {
    execFileSync('umount', ['-l', root]);
  });
  const disk = new FolderDisk(root);
  const toldRoom = disk.room.bind(disk);
  disk.room = async () => ({ freeBytes: 2 ** 40, totalBytes: 2 ** 40 });
  const options = { disk, clock: systemClock, folder: 'cache', budgetBytes: 2 ** 40 };
  return { root, disk, toldRoom, cache: await openBlobCache(options, unending) };
}

test('a disk that is really full costs only the blob it was full for', async ({ skip }) => {
  const { root, cache } = await cacheOnSmallDisk(skip);
  const kept = sample(4 * mebibyte, 1);
  const held = await cache.find(await takeIn(cache, kept), unending);
  const large = sample(14 * mebibyte, 2);
  const ingest = await cache.ingest(describeBytes(large), unending);
  const told = errorOf(readAll(ingest.open()));
  const error = await errorOf(writeIn(ingest, large, 65_536).then(() => ingest.commit(unending)));
  expect(errnoOf(error)).toBe('ENOSPC');
  expect(await told).toBe(error);
  await ingest.suspend(error);
  expect(await filesBelow(join(root, 'cache'))).toHaveLength(1);
  expect((await readAll(held?.open() ?? expect.fail('evicted'))).equals(kept)).toBe(true);
  held?.close();
});

test('a disk that is really full makes room when something can go', async ({ skip }) => {
  const { root, cache } = await cacheOnSmallDisk(skip);
  await takeIn(cache, sample(4 * mebibyte, 1));
  const large = sample(14 * mebibyte, 2);
  const blob = await takeIn(cache, large);
  expect((await readBlob(cache, blob))?.equals(large)).toBe(true);
  expect(await liars(root)).toEqual([]);
});

test('a blob that does not fit on the disk is refused before its first byte', async ({ skip }) => {
  const { cache, disk, toldRoom } = await cacheOnSmallDisk(skip);
  disk.room = toldRoom;
  expect(await cache.roomBytes()).toBeLessThanOrEqual(14 * mebibyte);
  expect(await cache.roomBytes()).toBeGreaterThan(12 * mebibyte);
  const blob = { ...describeBytes(sample(10)), size: 15 * mebibyte };
  expect((await errorOf(cache.ingest(blob, unending))).kind).toBe('disk');
});
