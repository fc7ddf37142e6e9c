import { chmod, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import type { Library } from '../../../../electron/engine/ports/library.ts';
import type { Descriptor } from '../../../../electron/oci/descriptor.ts';
import { image } from '../../../fakes/images.ts';
import { fileOf, sample, takeIn, unending } from '../cache/caches.ts';
import { keptInFolder } from './kept-libraries.ts';

const bytes = sample(20_000);

async function contentOf(library: Library, repository: string, { digest }: Descriptor): Promise<Buffer | undefined> {
  const blob = await library.blob(repository, digest, unending);
  if (blob === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of blob.open(undefined, unending)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('what was put is there after the next start', async () => {
  const { library, reopen } = await keptInFolder();
  const blob = await putBlob(library, 'a', bytes);
  await putManifest(library, 'a', image().raw, 'one');
  const again = (await reopen()).library;
  expect(await contentOf(again, 'a', blob)).toEqual(bytes);
  expect((await again.manifest('a', 'one', unending))?.digest).toBe(image().digest);
});

test('the cache never lets go of what the library holds, not even after the next start', async () => {
  const { library, cache, reopen } = await keptInFolder();
  const blob = await putBlob(library, 'a', bytes);
  await cache.trim(0, unending);
  expect(await contentOf(library, 'a', blob)).toEqual(bytes);
  const again = await reopen();
  await again.cache.trim(0, unending);
  expect(await contentOf(again.library, 'a', blob)).toEqual(bytes);
});

test('the cache may let go of what no repository holds any more', async () => {
  const { library, cache, pins } = await keptInFolder();
  const blob = await putBlob(library, 'a', bytes);
  await library.mountBlob('b', blob.digest, 'a', unending);
  await library.deleteBlob('a', blob.digest, unending);
  expect(pins.has(blob.digest)).toBe(true);
  await library.deleteBlob('b', blob.digest, unending);
  expect(pins.has(blob.digest)).toBe(false);
  expect(await cache.trim(0, unending)).toBe(20_000);
});

test('a blob that is deleted while it is linked again keeps its pin', async () => {
  const { library, cache } = await keptInFolder();
  const blob = await putBlob(library, 'a', bytes);
  for (let round = 0; round < 20; round++) {
    await Promise.all([
      library.deleteBlob('a', blob.digest, unending),
      putBlob(library, 'b', bytes),
      cache.trim(0, unending),
      putBlob(library, 'a', bytes),
      library.deleteBlob('b', blob.digest, unending),
    ]);
    await putBlob(library, 'a', bytes);
    await cache.trim(0, unending);
    expect(await contentOf(library, 'a', blob)).toEqual(bytes);
  }
});

test('bytes are kept once, however many repositories hold them', async () => {
  const { library, cache } = await keptInFolder();
  for (const repository of ['a', 'b', 'c']) await putBlob(library, repository, bytes);
  expect(await cache.status(unending)).toMatchObject({ blobs: 1, blobBytes: 20_000 });
});

test('a blob whose file is gone is not there, is mounted nowhere, and is there again once it was brought', async () => {
  const { library, root } = await keptInFolder();
  const blob = await putBlob(library, 'a', bytes);
  await unlink(fileOf(root, blob));
  expect(await library.blob('a', blob.digest, unending)).toBeUndefined();
  expect(await library.mountBlob('b', blob.digest, 'a', unending)).toBe(false);
  await putBlob(library, 'b', bytes);
  expect(await contentOf(library, 'a', blob)).toEqual(bytes);
});

test('quarantine takes the file away from its name', async () => {
  const { library, root, pins } = await keptInFolder();
  const blob = await putBlob(library, 'a', bytes);
  await chmod(fileOf(root, blob), 0o600);
  await writeFile(fileOf(root, blob), sample(20_000, 2));
  await library.quarantine(blob.digest);
  expect(await readdir(join(root, 'cache/quarantine'))).toHaveLength(1);
  expect(pins.has(blob.digest)).toBe(false);
  await putBlob(library, 'a', bytes);
  expect(await contentOf(library, 'a', blob)).toEqual(bytes);
});

test('an upload that fails leaves neither bytes nor a row', async () => {
  const { library, cache, pins } = await keptInFolder();
  const { digest } = await takeIn(cache, sample(10, 9));
  const upload = await library.beginUpload('a', 'sha256', unending);
  await upload.append(bytes, unending);
  await expect(upload.commit(digest, unending)).rejects.toMatchObject({ kind: 'integrity' });
  expect(await library.blob('a', digest, unending)).toBeUndefined();
  expect(pins.has(digest)).toBe(false);
  expect(await cache.status(unending)).toMatchObject({ blobs: 1, unfinished: 0 });
});
