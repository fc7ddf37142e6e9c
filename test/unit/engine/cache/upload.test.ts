import { chmod, readdir, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DiskBlobCache } from '../../../../electron/engine/cache/blob-cache.ts';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import type { Digest } from '../../../../electron/oci/digest.ts';
import {
  cacheInFolder,
  describeBytes,
  fileOf,
  filesBelow,
  liars,
  readBlob,
  sample,
  takeIn,
  unending,
} from './caches.ts';

const bytes = sample(10_000);
const blob = describeBytes(bytes);

async function upload(cache: DiskBlobCache, content: Buffer, digest: Digest, pieceBytes = 700): Promise<void> {
  const coming = await cache.begin('sha256', unending);
  for (let at = 0; at < content.length; at += pieceBytes) {
    await coming.append(content.subarray(at, at + pieceBytes), unending);
  }
  await coming.commit(digest, unending);
}

async function piecesOf(cache: DiskBlobCache, digest: Digest, range?: { start: number; end: number }): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of cache.pieces(digest, range, unending)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test.each([0, 1, 1023, 1024, 1025, 10_000])('keeps an upload of %i bytes under its digest', async (sizeBytes) => {
  const { cache, root } = await cacheInFolder();
  const content = sample(sizeBytes);
  await upload(cache, content, digestOf(content));
  expect(await readBlob(cache, describeBytes(content))).toEqual(content);
  expect(await readdir(join(root, 'cache/ingest'))).toEqual([]);
});

test('keeps nothing of an upload whose digest is another one', async () => {
  const { cache, root } = await cacheInFolder();
  await expect(upload(cache, sample(10_000, 2), blob.digest)).rejects.toMatchObject({ kind: 'integrity' });
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
});

test('hashes again from the disk when the digest is of another algorithm', async () => {
  const { cache } = await cacheInFolder();
  await upload(cache, bytes, digestOf(bytes, 'sha512'));
  expect(await readBlob(cache, describeBytes(bytes, 'sha512'))).toEqual(bytes);
});

test('an upload that is given up leaves nothing, and takes no more', async () => {
  const { cache, root } = await cacheInFolder();
  const coming = await cache.begin('sha256', unending);
  await coming.append(bytes, unending);
  await coming.abort();
  await coming.abort();
  expect(await filesBelow(join(root, 'cache'))).toEqual([]);
  await expect(coming.append(bytes, unending)).rejects.toMatchObject({ kind: 'not-found' });
});

test('replaces a blob that rotted, and readers of the old one do not put the new one aside', async () => {
  const { cache, root } = await cacheInFolder();
  await takeIn(cache, bytes);
  const old = await cache.find(blob, unending);
  await unlink(fileOf(root, blob));
  await writeFile(fileOf(root, blob), sample(10_000, 2));
  const reader = old?.open();
  const first = await reader?.[Symbol.asyncIterator]().next();
  expect(first?.done).toBe(false);
  await upload(cache, bytes, blob.digest);
  await expect(async () => {
    for await (const piece of reader ?? []) expect(piece.byteLength).toBeGreaterThan(0);
  }).rejects.toMatchObject({ kind: 'integrity' });
  expect(await readBlob(cache, blob)).toEqual(bytes);
  expect(await liars(root)).toEqual([]);
});

test('takes no more than the budget, and gives the room back', async () => {
  const { cache } = await cacheInFolder({ budgetBytes: 3 * 2 ** 20 });
  const before = await cache.roomBytes();
  const coming = await cache.begin('sha256', unending);
  const large = Buffer.alloc(2 ** 20);
  await expect(
    (async () => {
      for (let count = 0; count < 5; count++) await coming.append(large, unending);
    })(),
  ).rejects.toMatchObject({ kind: 'disk' });
  expect(await cache.roomBytes()).toBeLessThan(before);
  await coming.abort();
  expect(await cache.roomBytes()).toBe(before);
});

test('lets go of what nobody needs for an upload, and never of what is pinned', async () => {
  const pinned = await cacheInFolder({ budgetBytes: 3 * 2 ** 20, isPinned: (digest) => digest === blob.digest });
  const other = sample(5000, 3);
  await takeIn(pinned.cache, bytes);
  await takeIn(pinned.cache, other);
  const coming = await pinned.cache.begin('sha256', unending);
  for (let count = 0; count < 2; count++) await coming.append(Buffer.alloc(2 ** 20), unending);
  await coming.append(Buffer.alloc(2 ** 20 - 12_000), unending);
  expect(await readBlob(pinned.cache, blob)).toEqual(bytes);
  expect(await readBlob(pinned.cache, describeBytes(other))).toBeUndefined();
  await coming.abort();
});

test('a sweep deletes what an earlier process was uploading, and leaves alone what this one is', async () => {
  const { cache, reopen, root } = await cacheInFolder();
  const coming = await cache.begin('sha256', unending);
  await coming.append(bytes, unending);
  await cache.sweep(unending);
  await coming.commit(blob.digest, unending);
  expect(await readBlob(cache, blob)).toEqual(bytes);
  await (await cache.begin('sha256', unending)).append(bytes, unending);
  expect(await (await reopen()).sweep(unending)).toEqual({ deleted: 1, setAside: 0 });
  expect(await readdir(join(root, 'cache/quarantine'))).toEqual([]);
});

test('gives any part of a blob as it is on the disk', async () => {
  const { cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  for (const [start, end] of [
    [0, 1],
    [0, 10_000],
    [1499, 1501],
    [9999, 10_000],
  ] as const) {
    expect(await piecesOf(cache, blob.digest, { start, end })).toEqual(bytes.subarray(start, end));
  }
  expect(await piecesOf(cache, blob.digest)).toEqual(bytes);
});

test('ends early for a file that became shorter, and says when it is gone', async () => {
  const { cache, root } = await cacheInFolder();
  await takeIn(cache, bytes);
  await chmod(fileOf(root, blob), 0o600);
  await truncate(fileOf(root, blob), 4000);
  expect(await piecesOf(cache, blob.digest)).toEqual(bytes.subarray(0, 4000));
  await unlink(fileOf(root, blob));
  await expect(piecesOf(cache, blob.digest)).rejects.toMatchObject({ kind: 'integrity', side: 'cache' });
});

test('leaving early closes the file', async () => {
  const { cache, disk } = await cacheInFolder();
  await takeIn(cache, bytes);
  for await (const piece of cache.pieces(blob.digest, undefined, unending)) {
    expect(piece.byteLength).toBeGreaterThan(0);
    break;
  }
  const count = (name: string): number => disk.calls.filter((call) => call.name === name).length;
  expect(count('file.close')).toBe(count('open'));
});

test('memory that is given back is used again, and what is kept stays as it was', async () => {
  const { cache } = await cacheInFolder();
  await takeIn(cache, bytes);
  const pieces = cache.pieces(blob.digest, undefined, unending);
  const [kept, seen] = [new Set<ArrayBufferLike>(), new Set<ArrayBufferLike>()];
  const whole: Uint8Array[] = [];
  const first: Uint8Array[] = [];
  for await (const piece of pieces) {
    whole.push(Buffer.from(piece));
    seen.add(piece.buffer);
    if (first.length < 2) {
      first.push(piece);
      kept.add(piece.buffer);
    } else pieces.giveBack?.(piece);
  }
  expect(Buffer.concat(whole)).toEqual(bytes);
  expect(whole.length).toBeGreaterThan(6);
  expect(seen.size).toBeLessThan(whole.length);
  expect(kept.size).toBe(2);
  expect(Buffer.concat(first)).toEqual(Buffer.concat(whole.slice(0, 2)));
});

test('tells when nobody writes a blob any more', async () => {
  const { cache } = await cacheInFolder();
  await cache.unwritten(blob.digest, unending);
  const ingest = await cache.ingest(blob, unending);
  const told = cache.unwritten(blob.digest, unending).then(() => 'unwritten');
  expect(await Promise.race([told, Promise.resolve('written')])).toBe('written');
  ingest.write(bytes);
  await ingest.commit(unending);
  expect(await told).toBe('unwritten');
});

test('an upload that the disk refuses fails and leaves nothing', async () => {
  const { cache, disk, root } = await cacheInFolder();
  disk.strike = ({ name }) => (name === 'file.write' ? 'EIO' : undefined);
  await expect(upload(cache, bytes, blob.digest)).rejects.toMatchObject({ kind: 'disk' });
  expect(await readBlob(cache, blob)).toBeUndefined();
  expect(await liars(root)).toEqual([]);
});
