import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { ed25519Signer, planExport, writeExport } from '../../../../electron/engine/bundle/bundle.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { temporaryFolder } from '../../../fakes/bundle-files.ts';
import { arm64, blob, image, index, types } from '../../../fakes/images.ts';
import { exported, listed, opened, reader, readAll, signal, written } from './exported.ts';

const single = image({ layers: [20_000, 0, 3], seed: 'single' });
const both = index([image({ seed: 'amd' }), image({ seed: 'arm', platform: arm64 })]);
const names = { 'registry.test/team/app:1': single, 'docker.io/library/base:2': both };

test('what was written is read again: names, digests, bytes', async () => {
  const folder = await temporaryFolder();
  const { paths, plan } = await exported(folder, names);
  expect(paths).toEqual([join(folder, 'out.tar')]);
  const file = await opened(paths, folder);
  expect(file.kind).toBe('bundle');
  expect(file.bundle).toEqual({ set: plan.set, volumes: 1, created: undefined, signer: undefined });
  expect(listed(file)).toEqual([
    `docker.io/library/base:2 ${both.digest}`,
    `registry.test/team/app:1 ${single.digest}`,
  ]);
  const layer = single.blobs[1];
  expect(await readAll(file, 1, layer?.digest ?? '')).toEqual(layer?.bytes());
  expect(await readAll(file, 1, layer?.digest ?? '', 777)).toEqual(layer?.bytes().subarray(777));
  const seen = await file.verify(() => {}, signal);
  expect(seen).toMatchObject({ manifests: 4, blobs: 8, problems: [] });
  expect(seen.images.every(({ isComplete }) => isComplete)).toBe(true);
});

test('the same images give the same bytes, in whatever order they are named', async () => {
  const [one, other] = [await temporaryFolder(), await temporaryFolder()];
  await exported(one, names);
  await exported(other, Object.fromEntries(Object.entries(names).toReversed()));
  expect(await readFile(join(one, 'out.tar'))).toEqual(await readFile(join(other, 'out.tar')));
});

test('a bundle in volumes is read from any one of them', async () => {
  const folder = await temporaryFolder();
  const { paths, plan } = await exported(folder, names, { volumeBytes: 16_384 });
  expect(paths.length).toBeGreaterThan(2);
  expect(paths.map((path) => path.slice(folder.length + 1))).toEqual(
    plan.volumes.map(({ number }) => `out.00${number}-of-00${plan.volumes.length}.tar`),
  );
  for (const path of paths) expect((await readFile(path)).length).toBeLessThanOrEqual(16_384);
  for (const path of paths) {
    const file = await opened(path, folder);
    expect(file.name).toBe('out.tar');
    expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  }
});

test('volumes joined to one file are read as well', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, names, { volumeBytes: 16_384 });
  const joined = join(await temporaryFolder(), 'joined.tar');
  await writeFile(joined, Buffer.concat(await Promise.all(paths.map((path) => readFile(path)))));
  expect((await (await opened(joined, folder)).verify(() => {}, signal)).problems).toEqual([]);
});

test('volumes are told by what is in them, not by their names', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, names, { volumeBytes: 16_384 });
  const [first = '', second = ''] = paths;
  await rename(first, join(folder, 'zzz'));
  await rename(second, join(folder, 'aaa.bin'));
  await writeFile(join(folder, 'notes.txt'), 'nothing to do with it');
  expect((await (await opened(join(folder, 'zzz'), folder)).verify(() => {}, signal)).problems).toEqual([]);
});

// one name in two spellings of Unicode, and one that no code page of the West has
test.each(['M\u00fcller', 'Mu\u0308ller', '\u955c\u50cf \u6570\u636e', '\u202eright to left'])(
  'a folder may be called %j',
  async (name) => {
    const folder = join(await temporaryFolder(), name);
    await mkdir(folder);
    const content = image({ layers: [150_000], seed: 'large' });
    const { paths } = await exported(folder, { 'a.test/a:1': content }, { volumeBytes: 50_000, file: `${name}.tar` });
    expect(paths.length).toBeGreaterThan(1);
    const file = await opened(paths.at(-1) ?? '', folder);
    expect((await file.verify(() => {}, signal)).problems).toEqual([]);
    expect(file.name).toBe(`${name}.tar`);
  },
);

test('one volume is made again, byte for byte, and only what it holds is read', async () => {
  const folder = await temporaryFolder();
  const { paths, plan } = await exported(folder, names, { volumeBytes: 16_384 });
  for (const { number } of plan.volumes) {
    const again = await temporaryFolder();
    const read = reader(single, both);
    const [path = ''] = await writeExport(plan, join(again, 'out.tar'), read, { volumes: [number] }, signal);
    expect(await readFile(path)).toEqual(await readFile(paths[number - 1] ?? ''));
    expect(await readdir(again)).toHaveLength(1);
  }
  const beyond = writeExport(plan, join(folder, 'x.tar'), reader(), { volumes: [99] }, signal);
  await expect(beyond).rejects.toMatchObject({ kind: 'invalid' });
});

test('an export that broke off goes on with the volumes that are missing', async () => {
  const folder = await temporaryFolder();
  const images = Object.entries(names).map(([name, content]) => written(name, content));
  const plan = planExport(images, { format: 'bundle', volumeBytes: 16_384 });
  const path = join(folder, 'out.tar');
  const read = reader(single, both);
  let left = 3;
  const breaking: typeof read = Object.assign(
    async (...args: Parameters<typeof read>) => {
      if (left-- === 0) throw new Error('unplugged');
      await read(...args);
    },
    { asked: [] },
  );
  await expect(writeExport(plan, path, breaking, {}, signal)).rejects.toThrow('unplugged');
  const kept = await readdir(folder);
  expect(kept.every((name) => /^out\.00\d-of-00\d\.tar$/.test(name))).toBe(true);
  expect(kept.length).toBeLessThan(plan.volumes.length);
  const made = await writeExport(plan, path, read, {}, signal);
  expect(made.length).toBe(plan.volumes.length - kept.length);
  expect((await (await opened(made[0] ?? '', folder)).verify(() => {}, signal)).problems).toEqual([]);
});

test('nothing is written over a file that is something else', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'out.tar'), 'precious');
  await expect(exported(folder, names)).rejects.toMatchObject({ kind: 'conflict' });
  expect(await readFile(join(folder, 'out.tar'), 'utf8')).toBe('precious');
});

test('a blob that is not what its digest says leaves no file behind', async () => {
  const folder = await temporaryFolder();
  const plan = planExport([written('a.test/a:1', single)], { format: 'bundle', volumeBytes: 16_384 });
  const wrong = writeExport(
    plan,
    join(folder, 'out.tar'),
    async (target) => void target.write(Buffer.alloc(target.descriptor.size, 7)),
    {},
    signal,
  );
  await expect(wrong).rejects.toMatchObject({ kind: 'integrity', side: 'source' });
  const read = writeExport(plan, join(folder, 'out.tar'), async () => {}, {}, signal);
  await expect(read).rejects.toMatchObject({ kind: 'integrity' });
  expect((await readdir(folder)).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
});

test('what the site holds is left out, listed, and missed by name', async () => {
  const folder = await temporaryFolder();
  const [, layer] = single.blobs;
  const base = new Set([parseDigest(layer?.digest ?? '')]);
  const { paths, plan } = await exported(folder, { 'a.test/a:1': single }, { base });
  expect(plan.expected.map(({ digest }) => digest)).toEqual([layer?.digest]);
  const file = await opened(paths, folder);
  expect(file.expected).toEqual([{ digest: layer?.digest, size: layer?.sizeBytes }]);
  expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  await expect(readAll(file, 0, layer?.digest ?? '')).rejects.toMatchObject({
    kind: 'missing-content',
    message: expect.stringContaining('the site was known to hold it'),
  });
  expect(await file.digests(signal)).toContain(layer?.digest);
});

test('a signature is checked and its key handed on', async () => {
  const folder = await temporaryFolder();
  const signer = ed25519Signer(generateKeyPairSync('ed25519').privateKey);
  const { paths } = await exported(folder, names, { signer, created: '2026-01-02T03:04:05Z' });
  const file = await opened(paths, folder);
  expect(file.bundle).toMatchObject({ signer: signer.publicKey, created: '2026-01-02T03:04:05Z' });
  const [path = ''] = paths;
  const bytes = await readFile(path);
  const at = bytes.indexOf('image-ferry.sig') + 512;
  bytes.write(bytes.toString('latin1', at, at + 1) === 'A' ? 'B' : 'A', at, 'latin1');
  await writeFile(path, bytes);
  await expect(opened(path, folder)).rejects.toMatchObject({ kind: 'integrity' });
});

test('a bundle may be compressed as a whole, volume by volume', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, names, { volumeBytes: 16_384, compression: 'zstd' });
  expect(paths[0]).toMatch(/out\.001-of-00\d\.tar\.zst$/);
  const scratch = await temporaryFolder();
  const file = await opened(paths[1] ?? '', scratch);
  expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  await file.close();
  expect(await readdir(scratch)).toEqual([]);
});

test('a referrer is found by what it refers to', async () => {
  const folder = await temporaryFolder();
  const signature = image({
    seed: 'signature',
    extra: {
      subject: { mediaType: single.mediaType, digest: single.digest, size: single.sizeBytes },
      artifactType: 'a/b',
    },
  });
  const { paths } = await exported(folder, { 'a.test/a:1': single, 'a.test/a': signature });
  const file = await opened(paths, folder);
  const source = file.source({ host: 'a.test', path: 'a' });
  expect(await source.referrers(parseDigest(single.digest), signal)).toMatchObject([
    { digest: signature.digest, artifactType: 'a/b' },
  ]);
  expect(await source.tags(signal)).toEqual(['1']);
  await expect(source.resolve('2', signal)).rejects.toMatchObject({ kind: 'not-found', side: 'source' });
});

test('blobs named by sha512 have their place too', async () => {
  const folder = await temporaryFolder();
  const content = image({ layers: [blob(10, 'x', types.ociLayer)], seed: 'x' });
  const bytes = content.blobs[1]?.bytes() ?? Buffer.alloc(0);
  const { createHash } = await import('node:crypto');
  const digest = parseDigest(`sha512:${createHash('sha512').update(bytes).digest('hex')}`);
  const one = written('a.test/a:1', content);
  const blobs = one.graph.blobs.map((blob) => (blob.size === 10 ? { ...blob, digest } : blob));
  const plan = planExport([{ ...one, graph: { ...one.graph, blobs } }], { format: 'bundle' });
  const paths = await writeExport(
    plan,
    join(folder, 'out.tar'),
    async (target) => {
      if (target.descriptor.digest === digest) target.write(bytes);
      else target.write(content.blobs.find((blob) => blob.digest === target.descriptor.digest)?.bytes() ?? bytes);
    },
    {},
    signal,
  );
  expect((await opened(paths, folder)).kind).toBe('bundle');
  await rm(paths[0] ?? '');
});

test('volumes that are too small for anything are refused in advance', () => {
  const plan = (volumeBytes: number) => planExport([written('a.test/a:1', single)], { format: 'bundle', volumeBytes });
  expect(() => plan(2000)).toThrow(/too small/);
});

test('two images for one name are refused, one image for two names lies there once', async () => {
  const [one, other] = [written('a.test/a:1', single), written('a.test/a:1', image({ seed: 'other' }))];
  expect(() => planExport([one, other], { format: 'bundle' })).toThrow(/is to be both/);
  const plan = planExport([one, written('b.test/b:2', single)], { format: 'bundle' });
  expect(plan.blobs.map(({ digest }) => digest).sort()).toEqual(single.blobs.map(({ digest }) => digest).sort());
});

test('an image may have a name of the caller in the layout', async () => {
  const folder = await temporaryFolder();
  const plan = planExport([{ ...written('a.test/a:1', single), refName: 'mine' }], { format: 'oci' });
  const [path = ''] = await writeExport(plan, join(folder, 'layout'), reader(single), {}, signal);
  expect((await opened(path, folder)).images).toMatchObject([{ name: 'mine', host: 'a.test', path: 'a', tag: '1' }]);
});
