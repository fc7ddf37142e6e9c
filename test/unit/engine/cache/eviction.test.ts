import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reserveBytes } from '../../../../electron/engine/cache/room.ts';
import { errorOf } from '../../error-of.ts';
import {
  cacheInFolder,
  describeBytes,
  filesBelow,
  readAll,
  readBlob,
  sample,
  takeIn,
  unending,
  writeIn,
} from './caches.ts';

const contents = Array.from({ length: 5 }, (_, number) => sample(10_000, number + 10));
const blobs = contents.map((content) => describeBytes(content));

/** A cache with all five blobs, the first taken in first, and room for `budgetBytes`. */
async function filled(budgetBytes: number) {
  const made = await cacheInFolder({ budgetBytes });
  for (const content of contents) {
    await made.clock.advance(1000);
    await takeIn(made.cache, content);
  }
  return made;
}

/** Which of the five are there. */
async function present(cache: {
  heldBytes(blob: (typeof blobs)[number]): Promise<number>;
}): Promise<readonly number[]> {
  const held = await Promise.all(blobs.map((blob) => cache.heldBytes(blob)));
  return held.flatMap((bytes, number) => (bytes > 0 ? [number] : []));
}

test('lets the least used blob go first', async () => {
  const { cache, clock } = await filled(50_000);
  await clock.advance(1000);
  await readBlob(cache, blobs[0] ?? expect.fail());
  await takeIn(cache, sample(8000, 99));
  expect(await present(cache)).toEqual([0, 2, 3, 4]);
});

test('a smaller budget lets go at once what is too much, and holds for what comes', async () => {
  const { cache } = await filled(50_000);
  await cache.setBudget(25_000, unending);
  expect(await present(cache)).toEqual([3, 4]);
  await takeIn(cache, sample(8000, 99));
  expect(await present(cache)).toEqual([4]);
  expect((await cache.status(unending)).budgetBytes).toBe(25_000);
});

test('remembers what was used across processes', async () => {
  const { cache, clock, reopen } = await filled(50_000);
  await clock.advance(1000);
  await readBlob(cache, blobs[0] ?? expect.fail());
  const next = await reopen();
  await takeIn(next, sample(8000, 99));
  expect(await present(next)).toEqual([0, 2, 3, 4]);
});

test('evicts nothing for a blob that could not fit anyway', async () => {
  const { cache } = await filled(50_000);
  const error = await errorOf(cache.ingest(describeBytes(sample(50_001)), unending));
  expect(error).toMatchObject({ kind: 'disk', side: 'cache' });
  expect(await present(cache)).toEqual([0, 1, 2, 3, 4]);
});

test('keeps what is pinned, being read, being written or held, and says that there is no room', async () => {
  const pinned = new Set([blobs[0]?.digest]);
  const { cache } = await cacheInFolder({ budgetBytes: 50_000, isPinned: (digest) => pinned.has(digest) });
  for (const content of contents.slice(0, 4)) await takeIn(cache, content);
  const held = await cache.find(blobs[1] ?? expect.fail(), unending);
  const read = await cache.find(blobs[2] ?? expect.fail(), unending);
  const reader = read?.open();
  read?.close();
  const ingest = await cache.ingest(blobs[4] ?? expect.fail(), unending);
  await writeIn(ingest, (contents[4] ?? expect.fail()).subarray(0, 5000));
  expect((await errorOf(cache.ingest(describeBytes(sample(12_000, 98)), unending))).kind).toBe('disk');
  await cache.trim(0, unending);
  expect(await present(cache)).toEqual([0, 1, 2, 4]);
  held?.close();
  reader?.close();
  await ingest.suspend(new Error('stopped'));
  pinned.clear();
  await cache.trim(0, unending);
  expect(await present(cache)).toEqual([]);
});

test('counts what is promised to blobs on their way in', async () => {
  const { cache } = await cacheInFolder({ budgetBytes: 15_000 });
  const first = await cache.ingest(blobs[0] ?? expect.fail(), unending);
  expect(await cache.roomBytes()).toBe(5000);
  expect((await errorOf(cache.ingest(blobs[1] ?? expect.fail(), unending))).kind).toBe('disk');
  await first.suspend(new Error('stopped'));
  const second = await cache.ingest(blobs[1] ?? expect.fail(), unending);
  await second.suspend(new Error('stopped'));
});

test('lets unfinished blobs go last', async () => {
  const { cache, root } = await cacheInFolder({ budgetBytes: 25_000 });
  const ingest = await cache.ingest(blobs[0] ?? expect.fail(), unending);
  await writeIn(ingest, (contents[0] ?? expect.fail()).subarray(0, 6000));
  await ingest.suspend(new Error('stopped'));
  await takeIn(cache, contents[1] ?? expect.fail());
  await takeIn(cache, contents[2] ?? expect.fail());
  expect(await present(cache)).toEqual([0, 2]);
  await takeIn(cache, sample(24_000, 97));
  expect(await present(cache)).toEqual([]);
  expect(await filesBelow(join(root, 'cache/ingest'))).toEqual([]);
});

test('counts room that eviction could make', async () => {
  const { cache } = await filled(60_000);
  expect(await cache.roomBytes()).toBe(60_000);
  const held = await cache.find(blobs[0] ?? expect.fail(), unending);
  expect(await cache.roomBytes()).toBe(50_000);
  held?.close();
});

test('lets another blob go when another program holds the first', async () => {
  const { cache, disk, clock } = await filled(50_000);
  const first = (blobs[0]?.digest ?? '').split(':')[1] ?? '';
  disk.strike = ({ name, path }) => (name === 'rename' && path.endsWith(first) ? 'EIO' : undefined);
  await clock.advance(1);
  await takeIn(cache, sample(8000, 99));
  expect(await present(cache)).toEqual([0, 2, 3, 4]);
});

test('keeps the free part of the file system that is not its own', async () => {
  const { cache, disk } = await cacheInFolder();
  const mebibyte = 2 ** 20;
  disk.room = async () => ({ freeBytes: 8 * mebibyte + 9999, totalBytes: 64 * mebibyte });
  expect(await cache.roomBytes()).toBe(9999);
  expect((await errorOf(cache.ingest(blobs[0] ?? expect.fail(), unending))).kind).toBe('disk');
  expect(reserveBytes(64 * mebibyte)).toBe(8 * mebibyte);
  expect(reserveBytes(2 ** 40)).toBe(2048 * mebibyte);
  expect(reserveBytes(2000 * mebibyte)).toBe(64 * mebibyte);
});

test('trims to a size, through the trash', async () => {
  const { cache, disk, root } = await filled(60_000);
  disk.calls.length = 0;
  expect(await cache.trim(25_000, unending)).toBe(30_000);
  expect(await present(cache)).toEqual([3, 4]);
  const changes = disk.calls.filter(({ name }) => name === 'rename' || name === 'unlink').map(({ name }) => name);
  expect(changes).toEqual(['rename', 'unlink', 'rename', 'unlink', 'rename', 'unlink']);
  expect(await filesBelow(join(root, 'cache/trash'))).toEqual([]);
});

test('does not evict what is being looked for', async () => {
  const { cache, disk } = await filled(60_000);
  const looked = Promise.withResolvers<undefined>();
  const stat = disk.stat.bind(disk);
  disk.stat = async (path) => {
    const entry = await stat(path);
    disk.stat = stat;
    await looked.promise;
    return entry;
  };
  const finding = cache.find(blobs[0] ?? expect.fail(), unending);
  await cache.trim(0, unending);
  looked.resolve(undefined);
  const found = await finding;
  expect((await readAll(found?.open() ?? expect.fail('not found'))).equals(contents[0] ?? expect.fail())).toBe(true);
  found?.close();
});

test('does not find what is on its way out', async () => {
  const { cache, disk } = await filled(60_000);
  const [going, gone] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const rename = disk.rename.bind(disk);
  disk.rename = async (from, to, signal) => {
    disk.rename = rename;
    going.resolve(undefined);
    await gone.promise;
    await rename(from, to, signal);
  };
  const trimming = cache.trim(40_000, unending);
  await going.promise;
  expect(await cache.find(blobs[0] ?? expect.fail(), unending)).toBeUndefined();
  gone.resolve(undefined);
  await trimming;
});

test('serves many readers while others take in more than there is room for', async () => {
  const { cache, root } = await filled(50_000);
  const work = Array.from({ length: 40 }, async (_, number) => {
    const content = contents[number % 5] ?? expect.fail();
    if (number % 2 === 0) return takeIn(cache, sample(9000, 200 + number)).catch(() => undefined);
    const found = await cache.find(describeBytes(content), unending);
    if (found === undefined) return undefined;
    expect((await readAll(found.open())).equals(content)).toBe(true);
    found.close();
    return undefined;
  });
  await Promise.all(work);
  const sizes = await Promise.all((await filesBelow(root)).map(async (name) => (await stat(join(root, name))).size));
  expect(sizes.reduce((all, size) => all + size, 0)).toBeLessThanOrEqual(50_000);
});
