import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileNameOf } from '../../../../electron/engine/cache/layout.ts';
import { errnoOf } from '../../../../electron/engine/kernel/disk.ts';
import { errorOf } from '../../error-of.ts';
import {
  cacheInFolder,
  describeBytes,
  filesBelow,
  inTime,
  liars,
  readAll,
  readBlob,
  sample,
  takeIn,
  tiny,
  unending,
  writeIn,
} from './caches.ts';

const bytes = sample(20_000);
const blob = describeBytes(bytes);

/** Puts bytes where an earlier process would have left them. */
async function leave(root: string, left: Uint8Array): Promise<void> {
  await mkdir(join(root, 'cache/ingest'), { recursive: true });
  await writeFile(join(root, 'cache/ingest', fileNameOf(blob.digest)), left);
}

test('asks to pause while the disk is slow, and for more once it has caught up', async () => {
  const { cache, disk } = await cacheInFolder();
  const ingest = await cache.ingest(blob, unending);
  const slow = Promise.withResolvers<undefined>();
  const write = disk.open.bind(disk);
  disk.open = async (...asked) => {
    const file = await write(...asked);
    return { ...file, write: async (...more) => (await slow.promise, file.write(...more)) };
  };
  await ingest.restart();
  const asked = Promise.withResolvers<void>();
  ingest.onRoom?.(asked.resolve);
  let takenBytes = 0;
  while (ingest.write(bytes.subarray(takenBytes, takenBytes + 500))) takenBytes += 500;
  expect(takenBytes).toBeLessThan(tiny.windowBytes);
  slow.resolve(undefined);
  await asked.promise;
  await ingest.suspend(new Error('stopped'));
});

test('opens no second file for readers, however many keep up or lag', async () => {
  const { cache, disk } = await cacheInFolder();
  const ingest = await cache.ingest(blob, unending);
  const early = Array.from({ length: 20 }, () => readAll(ingest.open()));
  await writeIn(ingest, bytes.subarray(0, 15_000));
  const late = Array.from({ length: 20 }, () => readAll(ingest.open()));
  await writeIn(ingest, bytes.subarray(15_000));
  for (const got of await Promise.all([...early, ...late])) expect(got.equals(bytes)).toBe(true);
  expect(disk.calls.filter(({ name }) => name === 'open')).toHaveLength(1);
  await ingest.commit(unending);
});

test('refuses a second writer of the same blob until the first is done', async () => {
  const { cache } = await cacheInFolder();
  const first = await cache.ingest(blob, unending);
  expect((await errorOf(cache.ingest(blob, unending))).kind).toBe('conflict');
  await first.suspend(new Error('stopped'));
  await takeIn(cache, bytes);
});

test('syncs, closes, renames and syncs the folder, in that order', async () => {
  const { cache, disk } = await cacheInFolder();
  disk.calls.length = 0;
  await takeIn(cache, bytes);
  const names = disk.calls.map(({ name }) => name);
  const from = names.lastIndexOf('file.write');
  const order = names.slice(from).filter((name) => name !== 'stat' && name !== 'makeFolder');
  expect(order).toEqual([
    'file.write',
    'file.sync',
    'file.close',
    // the new shard, which its parent must know
    'syncFolder',
    'rename',
    'syncFolder',
    'touch',
    'setReadOnly',
  ]);
});

test('asks the disk in steps to make a large blob durable', async () => {
  const { cache, disk } = await cacheInFolder();
  disk.calls.length = 0;
  await takeIn(cache, sample(100_000, 5));
  const names = disk.calls.map(({ name }) => name);
  expect(names.indexOf('file.sync')).toBeLessThan(names.lastIndexOf('file.write'));
});

test('drops what an earlier process left beyond the size of the blob', async () => {
  const { root, cache } = await cacheInFolder();
  await leave(root, Buffer.concat([bytes, Buffer.from('more')]));
  expect(await cache.heldBytes(blob)).toBe(0);
  const ingest = await cache.ingest(blob, unending);
  expect(ingest.receivedBytes).toBe(0);
  await ingest.suspend(new Error('stopped'));
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
});

test('fetches a tail of zeros again, which is what a loss of power leaves', async () => {
  const { root, cache } = await cacheInFolder();
  await leave(root, Buffer.concat([bytes.subarray(0, 9000), Buffer.alloc(6000)]));
  const ingest = await cache.ingest(blob, unending);
  expect(ingest.receivedBytes).toBeLessThanOrEqual(9000);
  expect(ingest.receivedBytes).toBeGreaterThan(8900);
  await writeIn(ingest, bytes.subarray(ingest.receivedBytes));
  await ingest.commit(unending);
  expect(await readBlob(cache, blob)).toEqual(bytes);
});

test('fetches a blob once more from the beginning when what was left proves wrong', async () => {
  const { root, cache } = await cacheInFolder();
  const torn = Buffer.from(bytes.subarray(0, 10_000));
  torn[4000] = (torn[4000] ?? 0) ^ 8;
  await leave(root, torn);
  const ingest = await cache.ingest(blob, unending);
  expect(ingest.receivedBytes).toBe(10_000);
  const error = await errorOf(writeIn(ingest, bytes.subarray(10_000)));
  expect(error).toMatchObject({ kind: 'integrity', side: 'source' });
  await ingest.restart();
  expect(ingest.receivedBytes).toBe(0);
  await writeIn(ingest, bytes);
  await ingest.commit(unending);
  expect(await readBlob(cache, blob)).toEqual(bytes);
});

test('begins from nothing when all that was left is wrong', async () => {
  const { root, cache } = await cacheInFolder();
  await leave(root, sample(bytes.length, 9));
  const ingest = await cache.ingest(blob, unending);
  expect(ingest.receivedBytes).toBe(0);
  await writeIn(ingest, bytes);
  await ingest.commit(unending);
  expect(await readBlob(cache, blob)).toEqual(bytes);
});

test('stops hashing what was left when called off', async () => {
  const { root, cache } = await cacheInFolder();
  await leave(root, bytes.subarray(0, 10_000));
  const controller = new AbortController();
  const told = errorOf(cache.ingest(blob, controller.signal));
  controller.abort();
  expect((await told).kind).toBe('cancelled');
  await takeIn(cache, bytes);
});

test('leaves no file of a blob of which nothing came', async () => {
  const { root, cache } = await cacheInFolder();
  const ingest = await cache.ingest(blob, unending);
  await ingest.suspend(new Error('stopped'));
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
});

test('tells writer and readers of a full disk once nothing more can go, and deletes its own file', async () => {
  const { root, cache, disk } = await cacheInFolder();
  const kept = await takeIn(cache, sample(5000, 2));
  const ingest = await cache.ingest(blob, unending);
  const told = errorOf(readAll(ingest.open()));
  disk.strike = ({ name }) => (name === 'file.write' ? 'ENOSPC' : undefined);
  const error = await errorOf(writeIn(ingest, bytes).then(() => ingest.commit(unending)));
  expect(error).toMatchObject({ kind: 'disk', side: 'local', advice: { do: 'ask' } });
  expect(errnoOf(error)).toBe('ENOSPC');
  expect(await told).toBe(error);
  await ingest.suspend(error);
  // the other blob had to go in the attempt to make room
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
  expect(await cache.find(kept, unending)).toBeUndefined();
  disk.strike = () => undefined;
  await takeIn(cache, bytes);
});

test('goes on after a full disk when something can go', async () => {
  const { cache, disk } = await cacheInFolder();
  const idle = await takeIn(cache, sample(5000, 2));
  let left = 1;
  disk.strike = ({ name }) => (name === 'file.write' && left-- > 0 ? 'ENOSPC' : undefined);
  await takeIn(cache, bytes);
  expect(await readBlob(cache, blob)).toEqual(bytes);
  expect(await cache.find(idle, unending)).toBeUndefined();
});

test('takes nothing more when it cannot begin again', async () => {
  const { cache, disk } = await cacheInFolder();
  const ingest = await cache.ingest(blob, unending);
  await writeIn(ingest, bytes.subarray(0, 5000));
  disk.strike = ({ name }) => (name === 'open' ? 'EIO' : undefined);
  const error = await errorOf(ingest.restart());
  expect(error.kind).toBe('disk');
  expect(() => ingest.write(bytes)).toThrow(error);
  await ingest.suspend(error);
  disk.strike = () => undefined;
  await takeIn(cache, bytes);
});

test('keeps nothing of a blob that could not be synced', async () => {
  const { root, cache, disk } = await cacheInFolder();
  disk.strike = ({ name }) => (name === 'file.sync' ? 'EIO' : undefined);
  expect((await errorOf(takeIn(cache, bytes))).kind).toBe('disk');
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
});

test('keeps the verified file when it cannot get its name (F-50)', async () => {
  const { root, cache, disk, clock } = await cacheInFolder();
  disk.strike = ({ name }) => (name === 'rename' ? 'EPERM' : undefined);
  expect((await inTime(clock, errorOf(takeIn(cache, bytes)))).kind).toBe('disk');
  expect(await readFile(join(root, 'cache/ingest', fileNameOf(blob.digest)))).toEqual(bytes);
  disk.strike = () => undefined;
  const ingest = await cache.ingest(blob, unending);
  expect(ingest.receivedBytes).toBe(bytes.length);
  await ingest.commit(unending);
  expect(await liars(root)).toEqual([]);
});

test('takes the same blob that is there already for its own when it cannot be replaced (F-50)', async () => {
  const { root, cache, disk } = await cacheInFolder();
  await takeIn(cache, bytes);
  disk.strike = ({ name }) => (name === 'rename' ? 'EPERM' : undefined);
  await takeIn(cache, bytes);
  expect(await filesBelow(join(root, 'cache/ingest'))).toEqual([]);
  expect(await readBlob(cache, blob)).toEqual(bytes);
});

test('waits for a file to be closed when too many are open (F-55)', async () => {
  const { cache, disk, clock } = await cacheInFolder();
  let left = 5;
  disk.strike = ({ name }) => (name === 'open' && left-- > 0 ? 'EMFILE' : undefined);
  await inTime(clock, takeIn(cache, bytes));
  expect(clock.sleptMs).toEqual([10, 20, 30, 40, 50]);
});
