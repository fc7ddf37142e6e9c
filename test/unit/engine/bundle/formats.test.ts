import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import {
  dockerSaveFiles,
  ociLayoutFiles,
  registryFiles,
  temporaryFolder,
  writeFiles,
} from '../../../fakes/bundle-files.ts';
import { arm64, blob, image, index } from '../../../fakes/images.ts';
import { tarFile } from '../../../fakes/tar-files.ts';
import { exported, listed, opened, signal } from './exported.ts';

const single = image({ layers: [30_000, 5], seed: 'single' });
const other = image({ layers: [3000], seed: 'other', flavour: 'docker' });
const both = index([image({ seed: 'amd' }), image({ seed: 'arm', platform: arm64 })]);
const refName = 'org.opencontainers.image.ref.name';
const fullName = 'io.containerd.image.name';

async function problemsOf(path: string, scratch: string) {
  const file = await opened(path, scratch);
  return (await file.verify(() => {}, signal)).problems;
}

test('names are taken from where each tool writes them', async () => {
  const folder = await temporaryFolder();
  await writeFiles(
    join(folder, 'layout'),
    ociLayoutFiles([
      { content: single, annotations: { [refName]: 'v1', [fullName]: 'registry.test/a/b:v1' } },
      { content: other, annotations: { [refName]: 'only-a-tag' } },
      { content: both, annotations: { [refName]: 'library/alpine:3.19' } },
      { content: image({ seed: 'nameless' }) },
    ]),
  );
  const file = await opened(join(folder, 'layout'), folder);
  expect(file.kind).toBe('oci-layout');
  expect(file.images.map(({ host, path, tag, name }) => ({ host, path, tag, name }))).toEqual([
    { host: 'registry.test', path: 'a/b', tag: 'v1', name: 'v1' },
    { host: undefined, path: undefined, tag: 'only-a-tag', name: 'only-a-tag' },
    { host: 'docker.io', path: 'library/alpine', tag: '3.19', name: 'library/alpine:3.19' },
    { host: undefined, path: undefined, tag: undefined, name: undefined },
  ]);
});

test('a layout is told by its content, packed or not, whatever the file is called', async () => {
  const folder = await temporaryFolder();
  const tar = tarFile(ociLayoutFiles([{ content: both, annotations: { [refName]: 'b' } }]));
  for (const [name, bytes] of [
    ['plain.zip', tar],
    ['packed', gzipSync(tar)],
    ['image.tar.gz', zstdCompressSync(tar)],
  ] as const) {
    await writeFile(join(folder, name), bytes);
    const file = await opened(join(folder, name), join(folder, 'scratch'));
    expect([file.kind, file.name, ...listed(file)]).toEqual(['oci-archive', name, `:b ${both.digest}`]);
    expect((await file.verify(() => {}, signal)).problems).toEqual([]);
    await file.close();
  }
  expect(await readdir(join(folder, 'scratch'))).toEqual([]);
});

test('packings that are not read are named', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.tar.xz'), Buffer.from('fd377a585a0000', 'hex'));
  await expect(opened(join(folder, 'a.tar.xz'), folder)).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('xz'),
  });
});

test('signatures in an archive of hauler get the tag that belongs to their image', async () => {
  const folder = await temporaryFolder();
  const named = { [fullName]: 'index.docker.io/rancher/cowsay:latest', [refName]: 'rancher/cowsay:latest' };
  const files = ociLayoutFiles([
    { content: both, annotations: { ...named, kind: 'dev.cosignproject.cosign/imageIndex' } },
    { content: single, annotations: { ...named, kind: 'dev.hauler/sigs' } },
  ]);
  await writeFile(join(folder, 'haul.tar.zst'), zstdCompressSync(tarFile(files)));
  const file = await opened(join(folder, 'haul.tar.zst'), folder);
  expect(listed(file)).toEqual([
    `docker.io/rancher/cowsay:latest ${both.digest}`,
    `docker.io/rancher/cowsay:${both.digest.replace(':', '-')}.sig ${single.digest}`,
  ]);
});

test('what docker save wrote becomes an image with the config unchanged and layers compressed once', async () => {
  const folder = await temporaryFolder();
  const tar = tarFile(
    dockerSaveFiles([
      { content: single, tags: ['alpine:3', 'a.test/x:1'] },
      { content: other, tags: [] },
    ]),
  );
  await writeFile(join(folder, 'saved.tar'), tar);
  const scratch = join(folder, 'scratch');
  const file = await opened(join(folder, 'saved.tar'), scratch);
  expect(file.kind).toBe('docker-archive');
  expect(file.images.map(({ name }) => name)).toEqual(['alpine:3', 'a.test/x:1', undefined]);
  expect(file.notices).toEqual([expect.stringMatching(/digests differ/)]);
  expect(await problemsOf(join(folder, 'saved.tar'), scratch)).toEqual([]);
  const [first] = file.images;
  const { document } = await file.source(first ?? { host: '', path: '' }).manifest({ tag: '3' }, signal);
  expect(document).toMatchObject({ config: { digest: single.blobs[0]?.digest }, layers: [{}, {}] });
  const kept = await readdir(scratch);
  expect(kept).toHaveLength(3);
  for (const name of kept) expect((await readFile(join(scratch, name)))[9]).toBe(255);
  expect(listed(await opened(join(folder, 'saved.tar'), scratch))).toEqual(listed(file));
  expect(listed(await opened(join(folder, 'saved.tar'), join(folder, 'fresh')))).toEqual(listed(file));
});

test('a layer that is a link to another one is followed once and not twice', async () => {
  const folder = await temporaryFolder();
  const files = dockerSaveFiles([{ content: other, tags: ['a.test/a:1'] }]);
  const layer = files.find(({ name }) => name.endsWith('layer.tar'))?.name ?? '';
  const real = { name: 'real/layer.tar', content: files.find(({ name }) => name === layer)?.content ?? '' };
  const rest = files.filter(({ name }) => name !== layer);
  const link = { name: layer, type: '2', linkName: '../real/layer.tar' };
  await writeFile(join(folder, 'once.tar'), tarFile([...rest, real, link]));
  expect(await problemsOf(join(folder, 'once.tar'), folder)).toEqual([]);
  const hop = { name: 'hop/layer.tar', type: '2', linkName: '../real/layer.tar' };
  await writeFile(join(folder, 'twice.tar'), tarFile([...rest, real, hop, { ...link, linkName: '../hop/layer.tar' }]));
  await expect(opened(join(folder, 'twice.tar'), folder)).rejects.toMatchObject({ kind: 'missing-content' });
});

test('a layer that is not the one the config names is refused', async () => {
  const folder = await temporaryFolder();
  const files = dockerSaveFiles([{ content: other, tags: ['a.test/a:1'] }]);
  const swapped = files.map((file) => (file.name.endsWith('layer.tar') ? { ...file, content: 'other bytes' } : file));
  await writeFile(join(folder, 'a.tar'), tarFile(swapped));
  await expect(opened(join(folder, 'a.tar'), folder)).rejects.toMatchObject({ kind: 'integrity' });
});

test.each(['', 'image_data/', 'var/lib/registry/'])(
  'the folder of a registry is found below %j, as a folder and as a tar',
  async (above) => {
    const folder = await temporaryFolder();
    const files = registryFiles({ 'team/app': { 1: single, 2: other }, team: { both } }).map((file) => ({
      ...file,
      name: `${above}${file.name}`,
    }));
    await writeFiles(join(folder, 'data'), files);
    await writeFile(join(folder, 'data.tar.gz'), gzipSync(tarFile(files)));
    for (const name of ['data', 'data.tar.gz']) {
      const file = await opened(join(folder, name), join(folder, 'scratch'));
      expect(file.kind).toBe('registry-storage');
      expect(listed(file)).toEqual([
        `team:both ${both.digest}`,
        `team/app:1 ${single.digest}`,
        `team/app:2 ${other.digest}`,
      ]);
      expect(await file.source({ host: undefined, path: 'team/app' }).tags(signal)).toEqual(['1', '2']);
      expect((await file.verify(() => {}, signal)).problems).toEqual([]);
    }
  },
);

test.each(['oci', 'oci-archive', 'docker-archive', 'registry-storage', 'bundle'] as const)(
  '%s is written and read again',
  async (format) => {
    const folder = await temporaryFolder();
    const { paths } = await exported(folder, { 'a.test/a:1': single, 'a.test/b:2': other }, { format, file: 'made' });
    const file = await opened(paths, join(folder, 'scratch'));
    expect(file.images.map(({ path, tag }) => `${path}:${tag}`)).toEqual(['a:1', 'b:2']);
    expect((await file.verify(() => {}, signal)).problems).toEqual([]);
    const source = file.source(file.images[0] ?? { host: undefined, path: undefined });
    const layers = (digest: string) => source.manifest({ digest: parseDigest(digest) }, signal);
    if (format !== 'docker-archive') expect((await layers(single.digest)).document.raw).toEqual(single.raw);
  },
);

test('a folder that was begun is gone on with, and what is in it is hashed before it is believed', async () => {
  const folder = await temporaryFolder();
  const layer = single.blobs[1];
  const building = join(folder, 'out.unfinished', 'blobs', 'sha256');
  await mkdir(building, { recursive: true });
  await writeFile(join(building, layer?.digest.slice(7) ?? ''), layer?.bytes() ?? '');
  await writeFile(join(building, single.blobs[2]?.digest.slice(7) ?? ''), 'wrong');
  const { paths } = await exported(folder, { 'a.test/a:1': single }, { format: 'oci', file: 'out' });
  expect(await problemsOf(paths[0] ?? '', folder)).toEqual([]);
  expect(await readdir(folder)).toEqual(['out']);
});

test('a folder in the way is not touched, an empty one is used', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'empty'));
  await writeFiles(join(folder, 'full'), [{ name: 'a', content: 'precious' }]);
  await exported(folder, { 'a.test/a:1': single }, { format: 'oci', file: 'empty' });
  const refused = exported(folder, { 'a.test/a:1': single }, { format: 'oci', file: 'full' });
  await expect(refused).rejects.toMatchObject({ kind: 'conflict' });
  expect(await readdir(join(folder, 'full'))).toEqual(['a']);
});

test('paths that would be too long are told in advance, with the repository in them', async () => {
  const folder = await temporaryFolder();
  const name = `a.test/${'deep/'.repeat(20)}app:1`;
  const options = { format: 'registry-storage', file: 'x'.repeat(120 - folder.length), longestPath: 259 } as const;
  await expect(exported(folder, { [name]: single }, options)).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('deep/deep'),
  });
  await exported(folder, { 'a.test/app:1': single }, options);
  expect(await readdir(folder)).toHaveLength(1);
});

test.each([
  ['two tags that differ only in case', { 'a.test/a:V1': single, 'a.test/a:v1': other }, 'conflict'],
  ['one name from two hosts', { 'a.test/a:1': single, 'b.test/a:1': other }, 'conflict'],
  ['a repository that Windows reserves', { 'a.test/con/app:1': single }, 'unsupported'],
  ['a tag that Windows would cut', { 'a.test/a:v1.': single }, 'unsupported'],
])('a registry folder refuses %s', async (_what, images, kind) => {
  const folder = await temporaryFolder();
  const refused = exported(folder, images, { format: 'registry-storage', file: 'x' });
  await expect(refused).rejects.toMatchObject({ kind, side: 'local' });
  expect(await readdir(folder)).toEqual([]);
});

test('a docker-archive refuses an image of several platforms', async () => {
  const folder = await temporaryFolder();
  const refused = exported(folder, { 'a.test/a:1': both }, { format: 'docker-archive' });
  await expect(refused).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('several platforms'),
  });
});

test('what newer versions of docker save is read as the layout it is, and told of', async () => {
  const folder = await temporaryFolder();
  const layer = blob(2000, 'raw', 'application/vnd.oci.image.layer.v1.tar');
  const saved = image({ layers: [layer], seed: 'saved' });
  const files = ociLayoutFiles([
    { content: saved, annotations: { [fullName]: 'docker.io/library/alpine:3', [refName]: '3' } },
  ]);
  await writeFile(join(folder, 'saved.tar'), tarFile([...files, { name: 'manifest.json', content: '[]' }]));
  const file = await opened(join(folder, 'saved.tar'), folder);
  expect(file.kind).toBe('oci-archive');
  expect(listed(file)).toEqual([`docker.io/library/alpine:3 ${saved.digest}`]);
  expect(file.notices).toEqual([expect.stringContaining('digests differ')]);
});

test('a file that the operator names may be a link', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, { 'a.test/a:1': single });
  await symlink(paths[0] ?? '', join(folder, 'link'));
  expect((await opened(join(folder, 'link'), folder)).kind).toBe('bundle');
});
