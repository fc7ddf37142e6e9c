import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { VerifyProgress } from '../../../../electron/engine/cache/blob-cache.ts';
import { fileNameOf } from '../../../../electron/engine/cache/layout.ts';
import { errorOf } from '../../error-of.ts';
import {
  cacheInFolder,
  describeBytes,
  fileOf,
  filesBelow,
  readBlob,
  sample,
  takeIn,
  unending,
  writeIn,
} from './caches.ts';

const bytes = sample(9000, 4);
const blob = describeBytes(bytes);

/** Puts a file below the cache's folder. */
async function put(root: string, path: string, content: Uint8Array = Buffer.from('x')): Promise<void> {
  const full = join(root, 'cache', path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, content);
}

test('deletes what was about to be deleted, what is empty and what is whole already', async () => {
  const { root, cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  await put(root, 'trash/1-1-old');
  await put(root, `ingest/${fileNameOf(blob.digest)}`);
  await put(root, `ingest/${fileNameOf(describeBytes(sample(7)).digest)}`, Buffer.alloc(0));
  expect(await cache.sweep(unending)).toEqual({ deleted: 3, setAside: 0 });
  expect(await filesBelow(join(root, 'cache'))).toHaveLength(1);
  expect((await readBlob(cache, blob))?.equals(bytes)).toBe(true);
});

test('leaves what can be gone on with, and what is being written', async () => {
  const { cache, reopen } = await cacheInFolder();
  const first = await cache.ingest(blob, unending);
  await writeIn(first, bytes.subarray(0, 5000));
  await first.suspend(new Error('stopped'));
  const next = await reopen();
  await next.sweep(unending);
  const second = await next.ingest(blob, unending);
  expect(second.receivedBytes).toBe(5000);
  await second.restart();
  await next.sweep(unending);
  await writeIn(second, bytes);
  await second.commit(unending);
  expect((await readBlob(next, blob))?.equals(bytes)).toBe(true);
});

test('moves what does not belong into quarantine, under names every system takes', async () => {
  const { root, cache } = await cacheInFolder();
  const hex = 'ab'.repeat(32);
  const oddities = [
    'blobs/sha256/zz/file',
    `blobs/sha256/cd/${hex}`,
    `blobs/sha256/ab/${hex.toUpperCase()}`,
    'blobs/sha256/CON: aux .txt',
    'blobs/md5/ab/abab',
    'ingest/something.part',
    `ingest/${fileNameOf(blob.digest)}/folder`,
  ];
  for (const oddity of oddities) await put(root, oddity);
  expect((await cache.sweep(unending)).setAside).toBe(oddities.length);
  const left = await filesBelow(join(root, 'cache'));
  expect(left.filter((path) => !path.startsWith('quarantine/'))).toEqual([]);
  const names = left.map((path) => path.split('/')[1] ?? '');
  expect(names.filter((name) => !/^[a-z0-9_-]+$/.test(name))).toEqual([]);
  expect(await cache.sweep(unending)).toEqual({ deleted: 0, setAside: 0 });
});

test('keeps to the budget that it was opened with', async () => {
  const { cache, reopen } = await cacheInFolder();
  for (const number of [1, 2, 3]) await takeIn(cache, sample(5000, number));
  const smaller = await reopen({ budgetBytes: 11_000 });
  await smaller.sweep(unending);
  expect((await smaller.status(unending)).blobBytes).toBe(10_000);
});

test('says what it holds', async () => {
  const { root, cache } = await cacheInFolder({ budgetBytes: 1_000_000 });
  await takeIn(cache, bytes);
  await takeIn(cache, sample(100));
  const ingest = await cache.ingest(describeBytes(sample(5000, 8)), unending);
  await writeIn(ingest, sample(5000, 8).subarray(0, 3000));
  await ingest.suspend(new Error('stopped'));
  await put(root, 'quarantine/1-1-odd', Buffer.alloc(50));
  const { freeBytes, ...held } = await cache.status(unending);
  expect(held).toEqual({
    blobs: 2,
    blobBytes: 9100,
    unfinished: 1,
    unfinishedBytes: 3000,
    quarantined: 1,
    quarantinedBytes: 50,
    budgetBytes: 1_000_000,
  });
  expect(freeBytes).toBeGreaterThan(0);
});

test('reads everything on request, names what has rotted and puts it aside', async () => {
  const { root, cache } = await cacheInFolder();
  const good = await takeIn(cache, sample(3000, 1));
  await takeIn(cache, bytes);
  const wrong = await readFile(fileOf(root, blob));
  wrong[0] = (wrong[0] ?? 0) ^ 1;
  await chmod(fileOf(root, blob), 0o600);
  await writeFile(fileOf(root, blob), wrong);
  const told: VerifyProgress[] = [];
  const verified = await cache.verify((done) => told.push(done), unending);
  expect(verified).toEqual({ blobs: 2, bytes: 12_000, rotten: [blob.digest] });
  expect(told.at(-1)).toEqual({ blobs: 2, bytes: 12_000, totalBlobs: 2, totalBytes: 12_000 });
  expect(await cache.find(blob, unending)).toBeUndefined();
  expect(await cache.heldBytes(good)).toBe(3000);
});

test('stops reading everything when called off', async () => {
  const { cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  expect((await errorOf(cache.verify(() => {}, AbortSignal.abort()))).kind).toBe('cancelled');
});

test('needs no path longer than 200 characters below its folder (F-71)', async () => {
  const { root, cache } = await cacheInFolder();
  const long = describeBytes(bytes, 'sha512');
  const ingest = await cache.ingest(long, unending);
  await writeIn(ingest, bytes.subarray(0, 5000));
  const names = [...(await filesBelow(join(root, 'cache')))];
  await writeIn(ingest, bytes.subarray(5000));
  await ingest.commit(unending);
  names.push(...(await filesBelow(join(root, 'cache'))));
  await put(root, `blobs/sha256/ab/${'n'.repeat(250)}`);
  await cache.sweep(unending);
  names.push(...(await filesBelow(join(root, 'cache'))));
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(200);
});

test.skipIf(process.platform === 'win32')(
  'keeps folders to their owner and whole blobs from being changed',
  async () => {
    const { root, cache } = await cacheInFolder();
    await takeIn(cache, bytes);
    const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    expect(await modeOf(fileOf(root, blob))).toBe(0o400);
    for (const folder of ['', 'blobs', 'blobs/sha256', 'ingest', 'quarantine', 'trash']) {
      expect(await modeOf(join(root, 'cache', folder))).toBe(0o700);
    }
    expect(await modeOf(join(fileOf(root, blob), '..'))).toBe(0o700);
  },
);
