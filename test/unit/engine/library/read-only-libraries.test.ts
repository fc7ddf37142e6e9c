import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { openImageFile } from '../../../../electron/engine/bundle/bundle.ts';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import { startDock } from '../../../../electron/engine/dock/server.ts';
import { FileLibrary } from '../../../../electron/engine/library/file-library.ts';
import { PublishedLibrary } from '../../../../electron/engine/library/published-library.ts';
import type { Library } from '../../../../electron/engine/ports/library.ts';
import { ociLayoutFiles, registryFiles, temporaryFolder, writeFiles } from '../../../fakes/bundle-files.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { arm64, image, index } from '../../../fakes/images.ts';
import { call } from '../../../fakes/plain-http.ts';
import { unending } from '../cache/caches.ts';

const one = image({ layers: [300_000, 0], seed: 'one' });
const both = index([one, image({ platform: arm64, seed: 'arm' })]);

async function open(folder: string): Promise<Library> {
  const file = await openImageFile(folder, { scratch: await temporaryFolder() }, unending);
  onTestFinished(() => file.close());
  return FileLibrary.open(file, unending);
}

async function registryFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFiles(folder, registryFiles({ 'team/app': { '1': both }, other: { a: image({ seed: 'other' }) } }));
  return folder;
}

test('a file of images is pulled from as from any registry, by digest only what belongs to the repository', async () => {
  const dock = await startDock({ library: await open(await registryFolder()), catalog: true });
  onTestFinished(() => dock.close());
  const get = (path: string, headers = {}) => call('GET', `${dock.url}/v2/${path}`, { headers });
  expect(JSON.parse((await get('_catalog')).body.toString())).toEqual({ repositories: ['other', 'team/app'] });
  expect((await get('team/app/manifests/1')).body).toEqual(both.raw);
  expect((await get(`team/app/manifests/${one.digest}`)).body).toEqual(one.raw);
  for (const blob of one.blobs) {
    expect((await get(`team/app/blobs/${blob.digest}`)).body).toEqual(blob.bytes());
    const part = await get(`team/app/blobs/${blob.digest}`, { range: 'bytes=10-19' });
    if (blob.sizeBytes > 20) expect(part.body).toEqual(blob.bytes().subarray(10, 20));
    expect((await get(`other/blobs/${blob.digest}`)).status).toBe(404);
  }
  expect((await get('none/tags/list')).status).toBe(404);
});

test('large blobs that several pull at once, some of them slowly, come right though memory is used again', async () => {
  const large = image({ layers: [5_000_000], seed: 'large' });
  const folder = await temporaryFolder();
  await writeFiles(folder, registryFiles({ a: { '1': large } }));
  const dock = await startDock({ library: await open(folder) });
  onTestFinished(() => dock.close());
  const layer = large.blobs.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0];
  const url = `${dock.url}/v2/a/blobs/${layer?.digest}`;
  const slowly = async (): Promise<Buffer> => {
    const got: Uint8Array[] = [];
    for await (const chunk of (await fetch(url)).body ?? []) {
      got.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return Buffer.concat(got);
  };
  const quickly = async (): Promise<Buffer> => (await call('GET', url)).body;
  for (const got of await Promise.all([slowly(), quickly(), slowly(), quickly()]))
    expect(got.equals(Buffer.from(layer?.bytes() ?? ''))).toBe(true);
});

test('images of two hosts with the same path are told apart by the host', async () => {
  const folder = await temporaryFolder();
  const named = (name: string) => ({
    content: image({ seed: name }),
    annotations: { 'io.containerd.image.name': name },
  });
  await writeFiles(folder, ociLayoutFiles([named('docker.io/a/x:1'), named('ghcr.io/a/x:1'), named('quay.io/b:2')]));
  const library = await open(folder);
  expect(await library.repositories({ most: 9 }, unending)).toEqual(['b', 'docker.io/a/x', 'ghcr.io/a/x']);
});

test('a file that became shorter breaks the connection and serves that blob no more', async () => {
  const folder = await registryFolder();
  const library = await open(folder);
  const dock = await startDock({ library });
  onTestFinished(() => dock.close());
  const layer = one.blobs.find(({ sizeBytes }) => sizeBytes > 100_000);
  const hex = layer?.digest.slice('sha256:'.length) ?? '';
  await truncate(join(folder, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data'), 200_000);
  const url = `${dock.url}/v2/team/app/blobs/${layer?.digest}`;
  await expect(call('GET', url)).rejects.toThrow(/aborted|ECONNRESET|hang up/);
});

test('a client that leaves early stops the reading of the file', async () => {
  const library = await open(await registryFolder());
  const blob = one.blobs.find(({ sizeBytes }) => sizeBytes > 100_000);
  const stored = blob && (await library.blob('team/app', parseDigest(blob.digest), unending));
  let first = 0;
  for await (const piece of stored?.open(undefined, unending) ?? []) {
    first = piece.byteLength;
    break;
  }
  expect(first).toBeGreaterThan(0);
});

test('images of a file cannot be changed', async () => {
  const library = await open(await registryFolder());
  const digest = parseDigest(one.digest);
  await expect(library.deleteManifest('team/app', digest, unending)).rejects.toMatchObject({ kind: 'unsupported' });
  await expect(library.beginUpload('team/app', 'sha256', unending)).rejects.toMatchObject({ kind: 'unsupported' });
});

test('only chosen repositories are there, in lists and by name', async () => {
  const library = memoryLibrary();
  const { digest } = await putBlob(library, 'secret', Buffer.from('x'));
  for (let at = 0; at < 1005; at++) await putManifest(library, `r${at}`, one.raw, '1');
  await putManifest(library, 'secret', one.raw, '1');
  const published = new PublishedLibrary(library, (name) => name === 'r999' || name === 'r5');
  expect(await published.repositories({ most: 9 }, unending)).toEqual(['r5', 'r999']);
  expect(await published.repositories({ after: 'r5', most: 9 }, unending)).toEqual(['r999']);
  expect((await published.manifest('r5', '1', unending))?.digest).toBe(one.digest);
  expect(await published.manifest('secret', '1', unending)).toBeUndefined();
  expect(await published.tags('secret', { most: 9 }, unending)).toBeUndefined();
  expect(await published.blob('secret', digest, unending)).toBeUndefined();
  expect(await published.referrers('secret', digest, undefined, { most: 9 }, unending)).toEqual([]);
});
