import { chmod, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BlobReader } from '../../../../electron/engine/ports/places.ts';
import { generator } from '../../../fakes/fault-rules.ts';
import { errorOf } from '../../error-of.ts';
import {
  cacheInFolder,
  describeBytes,
  fileOf,
  filesBelow,
  readBlob,
  sample,
  seed,
  takeIn,
  unending,
  writeIn,
} from './caches.ts';

/** Turns one bit of a file the other way round. */
async function flip(file: string, bit: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  await chmod(file, 0o600);
  await writeFile(file, bytes);
}

/** How many bytes a reader gives before it throws, and what. */
async function readUntilError(reader: BlobReader): Promise<{ bytes: number; error: unknown }> {
  let bytes = 0;
  try {
    for await (const piece of reader) bytes += piece.byteLength;
  } catch (error) {
    return { bytes, error };
  }
  return expect.fail('the reader ended as if all were well');
}

test(`finds one flipped bit in each of 200 files before the last byte is given (SEED=${seed})`, async () => {
  const random = generator(seed);
  const { root, cache } = await cacheInFolder();
  for (let number = 0; number < 200; number++) {
    const bytes = sample(1 + Math.floor(random() * 6000), number);
    const blob = await takeIn(cache, bytes);
    await flip(fileOf(root, blob), Math.floor(random() * bytes.length * 8));
    const found = await cache.find(blob, unending);
    const read = await readUntilError(found?.open() ?? expect.fail('not found'));
    found?.close();
    expect(read.error).toMatchObject({ kind: 'integrity', side: 'cache', advice: { do: 'again' } });
    expect(read.bytes).toBeLessThan(bytes.length);
    expect(await cache.find(blob, unending)).toBeUndefined();
    await takeIn(cache, bytes);
    expect((await readBlob(cache, blob))?.equals(bytes)).toBe(true);
  }
  expect(await filesBelow(join(root, 'cache/quarantine'))).toHaveLength(200);
});

const bytes = sample(20_000, 3);
const blob = describeBytes(bytes);

test('leaves the new file in place when a reader of the old one finds it rotten', async () => {
  const { root, cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  await flip(fileOf(root, blob), 9);
  const found = await cache.find(blob, unending);
  const slow = found?.open() ?? expect.fail('not found');
  const pieces = slow[Symbol.asyncIterator]();
  await pieces.next();
  await readUntilError(found?.open() ?? expect.fail('not found'));
  await takeIn(cache, bytes);
  await errorOf(
    (async (): Promise<void> => {
      while ((await pieces.next()).done !== true);
    })(),
  );
  found?.close();
  expect((await readBlob(cache, blob))?.equals(bytes)).toBe(true);
});

test('does not find what another program removed', async () => {
  const { root, cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  await rm(fileOf(root, blob));
  expect(await cache.find(blob, unending)).toBeUndefined();
  expect(await cache.heldBytes(blob)).toBe(0);
});

test('tells a reader whose file another program removed to come again', async () => {
  const { root, cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  const found = await cache.find(blob, unending);
  await rm(fileOf(root, blob));
  const { error } = await readUntilError(found?.open() ?? expect.fail('not found'));
  expect(error).toMatchObject({ kind: 'integrity', side: 'cache', advice: { do: 'again' } });
});

test('drops a file that became shorter', async () => {
  const { root, cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  await chmod(fileOf(root, blob), 0o600);
  await truncate(fileOf(root, blob), 19_999);
  expect(await cache.find(blob, unending)).toBeUndefined();
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
  await takeIn(cache, bytes);
});

test('notices a file that becomes shorter while it is read', async () => {
  const { root, cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  const found = await cache.find(blob, unending);
  const pieces = (found?.open() ?? expect.fail('not found'))[Symbol.asyncIterator]();
  await pieces.next();
  await chmod(fileOf(root, blob), 0o600);
  await truncate(fileOf(root, blob), 5000);
  const reading = (async (): Promise<void> => {
    while ((await pieces.next()).done !== true);
  })();
  expect(await errorOf(reading)).toMatchObject({ kind: 'integrity', side: 'cache' });
  expect(await cache.find(blob, unending)).toBeUndefined();
});

test('keeps a good blob that somebody describes with another size', async () => {
  const { cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  expect(await cache.find({ ...blob, size: 5 }, unending)).toBeUndefined();
  expect(await cache.find({ ...blob, size: 0 }, unending)).toBeUndefined();
  expect((await readBlob(cache, blob))?.equals(bytes)).toBe(true);
});

test('moves a folder in the place of a blob aside', async () => {
  const { root, cache } = await cacheInFolder();
  await mkdir(fileOf(root, blob), { recursive: true });
  expect(await cache.find(blob, unending)).toBeUndefined();
  await takeIn(cache, bytes);
  expect((await readBlob(cache, blob))?.equals(bytes)).toBe(true);
});

test('does not commit what a lagging reader finds wrong in the file', async () => {
  const { root, cache } = await cacheInFolder();
  const ingest = await cache.ingest(blob, unending);
  await writeIn(ingest, bytes.subarray(0, -1));
  const [name = ''] = await filesBelow(join(root, 'cache/ingest'));
  await flip(join(root, 'cache/ingest', name), 77);
  const told = readUntilError(ingest.open());
  await writeIn(ingest, bytes.subarray(-1));
  expect((await told).error).toMatchObject({ kind: 'integrity', side: 'cache' });
  expect(await errorOf(ingest.commit(unending))).toMatchObject({ kind: 'integrity', side: 'cache' });
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
});
