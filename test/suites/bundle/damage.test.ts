import { appendFile, copyFile, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { CopyError } from '../../../electron/engine/kernel/errors.ts';
import { ociLayoutFiles, temporaryFolder } from '../../fakes/bundle-files.ts';
import { arm64, blobsOf, closureOf, image, index } from '../../fakes/images.ts';
import { tarFile } from '../../fakes/tar-files.ts';
import { exported, opened, signal } from '../../unit/engine/bundle/exported.ts';
import { randomOf, seed } from '../../unit/engine/bundle/random.ts';

const small = image({ layers: [700], seed: 'small' });
const single = image({ layers: [150_000, 5000], seed: 'single' });
const both = index([
  image({ seed: 'amd', layers: [60_000] }),
  image({ seed: 'arm', platform: arm64, layers: [80_000] }),
]);

/** What is wrong with a file, found before anything would be pushed; empty when nothing is. */
async function complaints(paths: string | readonly string[], scratch: string): Promise<readonly string[]> {
  try {
    const file = await opened(paths, scratch);
    const { problems } = await file.verify(() => {}, signal);
    await file.close();
    return problems.map(({ message }) => message);
  } catch (thrown) {
    if (thrown instanceof CopyError && thrown.kind !== 'internal') return [thrown.message];
    throw thrown;
  }
}

test('a bundle cut off at any block is noticed while it is opened, and with its name', async () => {
  const folder = await temporaryFolder();
  const {
    paths: [path = ''],
  } = await exported(folder, { 'a.test/a:1': single, 'a.test/both:1': both });
  const whole = (await readFile(path)).length;
  expect(whole).toBeGreaterThan(300_000);
  for (let size = whole - 512; size >= 0; size -= 512) {
    await truncate(path, size);
    await expect(opened(path, folder), `${size} bytes`).rejects.toMatchObject({
      kind: expect.stringMatching(/^(?:integrity|invalid)$/),
      message: expect.stringContaining('out.tar'),
    });
  }
});

test('an archive of another tool cut off at any block is noticed, unless only its end is missing', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'made.tar');
  const bytes = tarFile(ociLayoutFiles([{ content: single }, { content: small }]));
  await writeFile(path, bytes);
  expect(await complaints(path, folder)).toEqual([]);
  for (let size = bytes.length - 1536; size >= 0; size -= 512) {
    await truncate(path, size);
    expect((await complaints(path, folder)).length, `${size} bytes`).toBeGreaterThan(0);
  }
});

test('of a bundle that is cut off, what is complete can be had on request', async () => {
  const folder = await temporaryFolder();
  const {
    paths: [path = ''],
  } = await exported(folder, { 'a.test/a:1': small, 'a.test/both:1': both });
  const whole = (await readFile(path)).length;
  await truncate(path, whole - 2048);
  const file = await opened(path, folder, { acceptIncomplete: true });
  expect(file.problems).toMatchObject([{ kind: 'integrity', message: expect.stringContaining('cut off') }]);
  const seen = await file.verify(() => {}, signal);
  expect(seen.images.filter(({ isComplete }) => isComplete)).toHaveLength(1);
  expect(seen.problems.length).toBeGreaterThan(1);
});

test('documents and list that were changed are refused even when what is there is accepted', async () => {
  const folder = await temporaryFolder();
  const {
    paths: [path = ''],
    plan,
  } = await exported(folder, { 'a.test/a:1': small });
  const bytes = await readFile(path);
  const pieces = (plan.volumes[0]?.pieces ?? []).filter(({ item }) => item.blob === undefined);
  expect(pieces.map(({ name }) => name)).toEqual(['image-ferry.json', 'oci-layout', 'index.json', 'manifest.json']);
  for (const { name, dataAt, size } of pieces) {
    const changed = Buffer.from(bytes);
    changed[dataAt + size - 2] = (changed[dataAt + size - 2] ?? 0) ^ 1;
    await writeFile(path, changed);
    await expect(opened(path, folder, { acceptIncomplete: true }), name).rejects.toMatchObject({ kind: 'integrity' });
  }
});

test('bytes behind the end of a bundle are noticed', async () => {
  const folder = await temporaryFolder();
  const {
    paths: [path = ''],
  } = await exported(folder, { 'a.test/a:1': small });
  await appendFile(path, Buffer.alloc(1));
  await expect(opened(path, folder)).rejects.toMatchObject({ message: expect.stringContaining('1 bytes too many') });
});

test('an empty file is no bundle', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'empty.tar'), '');
  await expect(opened(join(folder, 'empty.tar'), folder)).rejects.toMatchObject({ kind: 'invalid' });
});

test('every byte that is not the content of a layer is guarded: changed, it is noticed while the bundle is opened', async () => {
  const folder = await temporaryFolder();
  const {
    paths: [path = ''],
    plan,
  } = await exported(folder, { 'a.test/a:1': small });
  const layers = new Set(blobsOf(small).map(({ digest }) => digest));
  const manifests = new Set(closureOf(small).map(({ digest }) => digest));
  const handle = await open(path, 'r+');
  try {
    const bytes = await readFile(path);
    const isContent = new Uint8Array(bytes.length);
    for (const { item, dataAt, size } of plan.volumes[0]?.pieces ?? []) {
      const digest = item.blob ?? '';
      if (layers.has(digest) || manifests.has(digest)) isContent.fill(1, dataAt, dataAt + size);
    }
    let tried = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (isContent[at] === 1) continue;
      tried++;
      await handle.write(Buffer.of((bytes[at] ?? 0) ^ (1 << (at % 8))), 0, 1, at);
      await expect(opened(path, folder), `byte ${at}`).rejects.toBeInstanceOf(CopyError);
      await handle.write(bytes, at, 1, at);
    }
    expect(tried).toBeGreaterThan(7000);
    expect(await complaints(path, folder)).toEqual([]);
  } finally {
    await handle.close();
  }
});

test(`one flipped bit in a blob or a manifest is found and named, 500 times (SEED=${seed})`, async () => {
  const folder = await temporaryFolder();
  const {
    paths: [path = ''],
    plan,
  } = await exported(folder, { 'a.test/a:1': single });
  const pieces = (plan.volumes[0]?.pieces ?? []).filter(({ item }) => item.blob !== undefined);
  const bytes = await readFile(path);
  const handle = await open(path, 'r+');
  const random = randomOf(seed);
  try {
    for (let run = 0; run < 500; run++) {
      const piece = pieces[random(pieces.length)];
      if (piece === undefined) throw new Error('a bundle has blobs');
      const at = piece.dataAt + random(piece.size);
      await handle.write(Buffer.of((bytes[at] ?? 0) ^ (1 << random(8))), 0, 1, at);
      expect((await complaints(path, folder)).join(), `byte ${at}`).toContain(piece.item.blob);
      await handle.write(bytes, at, 1, at);
    }
  } finally {
    await handle.close();
  }
});

test('volumes that are missing are named, all at once, and the set is whole when they are back', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, { 'a.test/a:1': single, 'a.test/both:1': both }, { volumeBytes: 50_000 });
  expect(paths.length).toBeGreaterThan(4);
  const away = await temporaryFolder();
  for (const number of [2, 4]) {
    const path = paths[number - 1] ?? '';
    await copyFile(path, join(away, basename(path)));
    await rm(path);
  }
  for (const path of paths.filter((_, at) => at !== 1 && at !== 3)) {
    await expect(opened(path, folder)).rejects.toMatchObject({
      kind: 'missing-content',
      message: expect.stringMatching(/volumes 2, 4 of \d are missing/),
    });
  }
  for (const number of [4, 2]) {
    const path = paths[number - 1] ?? '';
    await copyFile(join(away, basename(path)), path);
  }
  expect(await complaints(paths[3] ?? '', folder)).toEqual([]);
});

test('volumes may be given in any order, from any folder', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, { 'a.test/a:1': single }, { volumeBytes: 50_000 });
  const random = randomOf(seed);
  for (let run = 0; run < 6; run++) {
    const shuffled = paths.map((path) => ({ path, order: random(1000) })).sort((a, b) => a.order - b.order);
    expect(
      await complaints(
        shuffled.map(({ path }) => path),
        folder,
      ),
    ).toEqual([]);
  }
});

test('a volume of another set, and a file that is no volume, are named', async () => {
  const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
  const { paths } = await exported(folder, { 'a.test/a:1': single }, { volumeBytes: 50_000 });
  const foreign = await exported(other, { 'a.test/both:1': both }, { volumeBytes: 50_000, file: 'foreign.tar' });
  const mixed = [...paths.slice(0, 1), ...foreign.paths.slice(1, 2)];
  expect(await complaints(mixed, folder)).toEqual([
    expect.stringMatching(/^foreign\.002-of-\d+\.tar belongs to the set/),
  ]);
  await writeFile(join(folder, 'notes.txt'), 'hello');
  expect((await complaints([paths[0] ?? '', join(folder, 'notes.txt')], folder)).join()).toMatch(
    /notes\.txt is not a volume/,
  );
  // lying beside the set it does no harm
  await copyFile(foreign.paths[0] ?? '', join(folder, 'foreign.tar'));
  expect(await complaints(paths[0] ?? '', folder)).toEqual([]);
});

test('a volume that is there twice is read once and told of', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, { 'a.test/a:1': single }, { volumeBytes: 50_000 });
  await copyFile(paths[1] ?? '', join(folder, 'zz-copy.tar'));
  const file = await opened(paths[0] ?? '', folder);
  expect(file.notices).toEqual([expect.stringContaining('zz-copy.tar is volume 2')]);
});

test('volumes whose contents were swapped under their names are still the same set', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, { 'a.test/a:1': single }, { volumeBytes: 50_000 });
  const [first = '', second = ''] = paths;
  const bytes = await readFile(first);
  await copyFile(second, first);
  await writeFile(second, bytes);
  expect(await complaints(second, folder)).toEqual([]);
});

test('a damaged volume is named among the good ones', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, { 'a.test/a:1': single }, { volumeBytes: 50_000 });
  await truncate(paths[2] ?? '', 2000);
  expect((await complaints(paths[0] ?? '', folder)).join()).toMatch(/out\.003-of-00\d\.tar is cut off/);
});
