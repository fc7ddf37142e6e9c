import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type EngineOptions, Workspace } from '../../../electron/engine/engine.ts';
import { formatReference, libraryHost } from '../../../electron/oci/reference.ts';
import { blobsOf, image } from '../../fakes/images.ts';
import {
  afterwards,
  blobReads,
  copy,
  destination,
  engine,
  hastyClock,
  outcomes,
  registerEnds,
  registry,
  request,
  well,
} from '../harness.ts';
import { dataFolder, unending, wholeBlobs, wholeFile } from './shelf.ts';

registerEnds();

const content = image({ seed: 'kept', layers: [3_000_000, 1_400_000, 5000] });
const blobs = blobsOf(content);
const inLibrary = (path: string, tag: string) => ({ host: libraryHost, path, tag });

async function workspaceIn(folder: string): Promise<Workspace> {
  const workspace = await Workspace.open({ folder, clock: hastyClock });
  afterwards(() => workspace.close());
  return workspace;
}

async function optionsOf(workspace: Workspace): Promise<Partial<EngineOptions>> {
  const cache = await workspace.ownCache(unending);
  return { cache, library: (await workspace.library(unending)).place };
}

test('an image copied into the library is read once, written once, and stays when the cache is emptied', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const folder = await dataFolder();
  const workspace = await workspaceIn(folder);
  const using = engine(await optionsOf(workspace));
  const to = { source: { host: source.host, path: 'a', tag: '1' }, targets: [inLibrary('x', '1')] };
  const summary = await well(copy([to], {}, using));
  for (const { digest } of blobs) expect(blobReads(source, digest)).toBe(1);
  expect(await wholeBlobs(folder)).toEqual(blobs.map(({ digest }) => digest).sort());
  expect(summary.bytes.sent).toBe(0);
  await (await workspace.ownCache(unending)).trim(0, unending);
  expect(await wholeBlobs(folder)).toHaveLength(blobs.length);
  expect(outcomes(await copy([to], {}, using))).toEqual(['unchanged']);
});

test('what is in the library is copied to a registry, and to another name in the library, without any source', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const target = await destination();
  const using = engine(await optionsOf(await workspaceIn(await dataFolder())));
  const from = { host: source.host, path: 'a', tag: '1' };
  await well(copy([{ source: from, targets: [inLibrary('x', '1')] }], {}, using));
  await source.close();
  const there = { host: target.host, path: 'y', tag: '1' };
  const summary = await well(copy([{ source: inLibrary('x', '1'), targets: [there, inLibrary('z', '2')] }], {}, using));
  expect(summary.bytes.received).toBe(0);
  expect(summary.blobs).toMatchObject({ sent: blobs.length, mounted: blobs.length });
});

test('one source feeds a registry and the library at once', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const target = await destination();
  const using = engine(await optionsOf(await workspaceIn(await dataFolder())));
  const targets = [{ host: target.host, path: 'y', tag: '1' }, inLibrary('x', '1')];
  await well(copy([{ source: { host: source.host, path: 'a', tag: '1' }, targets }], {}, using));
  for (const { digest } of blobs) expect(blobReads(source, digest)).toBe(1);
});

test('a blob that the disk lost is brought again', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const folder = await dataFolder();
  const using = engine(await optionsOf(await workspaceIn(folder)));
  const to = { source: { host: source.host, path: 'a', tag: '1' }, targets: [inLibrary('x', '1')] };
  await well(copy([to], {}, using));
  await rm(wholeFile(folder, blobs[0]?.digest ?? ''));
  await well(copy([to], { isForced: true }, using));
  expect(await wholeBlobs(folder)).toHaveLength(blobs.length);
});

test('the library of a folder that is in use is read, and not written', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const target = await destination();
  const folder = await dataFolder();
  const ours = engine(await optionsOf(await workspaceIn(folder)));
  const from = { host: source.host, path: 'a', tag: '1' };
  await well(copy([{ source: from, targets: [inLibrary('x', '1')] }], {}, ours));
  const second = await workspaceIn(folder);
  expect(second.owner).toBeDefined();
  const theirs = engine({ library: (await second.library(unending)).place });
  await well(
    copy([{ source: inLibrary('x', '1'), targets: [{ host: target.host, path: 'y', tag: '1' }] }], {}, theirs),
  );
  const writing = Promise.resolve().then(() => copy([{ source: from, targets: [inLibrary('z', '1')] }], {}, theirs));
  await expect(writing).rejects.toMatchObject({ kind: 'conflict', hint: 'folder-owned' });
});

test('what is deleted from the library leaves room once it was collected', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const folder = await dataFolder();
  const first = await Workspace.open({ folder, clock: hastyClock });
  const to = { source: { host: source.host, path: 'a', tag: '1' }, targets: [inLibrary('x', '1')] };
  await well(copy([to], {}, engine(await optionsOf(first))));
  const { library } = await first.library(unending);
  const manifest = await library.manifest('x', '1', unending);
  if (manifest !== undefined) await library.deleteManifest('x', manifest.digest, unending);
  await first.close();
  const again = await workspaceIn(folder);
  expect(await (await again.library(unending)).collect(unending)).toBe(blobs.length);
  await (await again.ownCache(unending)).trim(0, unending);
  expect(await wholeBlobs(folder)).toEqual([]);
});

test('an engine without a library says so', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const asked = request(`${source.host}/a:1`);
  const copying = Promise.resolve().then(() => copy([{ ...asked, targets: [inLibrary('x', '1')] }]));
  await expect(copying).rejects.toThrow('library:x is not at hand');
  expect(formatReference(inLibrary('team/x', '1'))).toBe('library:team/x:1');
});
