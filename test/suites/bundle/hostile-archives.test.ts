import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dockerSaveFiles, ociLayoutFiles, temporaryFolder, writeFiles } from '../../fakes/bundle-files.ts';
import { image } from '../../fakes/images.ts';
import { longNameEntry, paxEntry, tarFile, type TarFileEntry } from '../../fakes/tar-files.ts';
import { listed, opened, signal } from '../../unit/engine/bundle/exported.ts';

const content = image({ layers: [2000], seed: 'hostile' });
const good: readonly TarFileEntry[] = ociLayoutFiles([{ content }]);
const withoutIndex = good.filter(({ name }) => name !== 'index.json');
const index = good.find(({ name }) => name === 'index.json') ?? { name: '' };
const evil = 'evil bytes';

async function archive(entries: readonly TarFileEntry[]): Promise<{ path: string; folder: string }> {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.tar');
  await writeFile(path, tarFile(entries));
  return { path, folder };
}

const ignored: Readonly<Record<string, readonly TarFileEntry[]>> = {
  'a name that climbs out': [{ name: '../../etc/passwd', content: evil }],
  'a name that climbs out in the middle': [{ name: 'blobs/../../x', content: evil }],
  'an absolute name': [{ name: '/etc/passwd', content: evil }],
  'a drive letter': [{ name: 'C:/Windows/x', content: evil }],
  'a drive letter without a slash': [{ name: 'c:x', content: evil }],
  'a UNC name': [{ name: '\\\\server\\share\\x', content: evil }],
  'a UNC name with slashes': [{ name: '//server/share/x', content: evil }],
  'a backslash': [{ name: 'blobs\\sha256\\x', content: evil }],
  'a line feed': [{ name: 'a\nb', content: evil }],
  'an escape': [{ name: 'a\u001b[2Jb', content: evil }],
  'an empty name': [{ name: '', content: evil }],
  'a dot': [{ name: '.', content: evil }],
  'two slashes': [{ name: 'blobs//x', content: evil }],
  'a file that ends with a slash': [{ name: 'blobs/', content: evil }],
  'a hard link': [{ name: 'hard', type: '1', linkName: '/etc/passwd' }],
  'a character device': [{ name: 'device', type: '3' }],
  'a block device': [{ name: 'device', type: '4' }],
  'a pipe': [{ name: 'pipe', type: '6' }],
  'an unknown type with content': [{ name: 'odd', type: 'Z', content: evil }],
  'a pax name that climbs out': [paxEntry({ path: '../../x' }), { name: 'innocent', content: evil }],
  'a GNU long name that climbs out': [longNameEntry('../'.repeat(60)), { name: 'innocent', content: evil }],
  'a link to somewhere': [{ name: 'link', type: '2', linkName: '/etc/passwd' }],
  'a folder': [{ name: 'blobs/', type: '5' }],
  'a folder twice': [
    { name: 'x/', type: '5' },
    { name: 'x/', type: '5' },
  ],
  'a global pax header with a comment': [paxEntry({ comment: 'made by git' }, 'g')],
};

test.each(Object.entries(ignored))('%s in an archive does no harm and is never looked up', async (_what, entries) => {
  const { path, folder } = await archive([...entries, ...good, ...entries.filter(({ type }) => type === '3')]);
  const file = await opened(path, folder);
  expect(listed(file)).toEqual([` ${content.digest}`]);
  expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  expect(await readdir(folder)).toEqual(['a.tar']);
});

const negative = Buffer.from('fffffffffffffffffffffe00', 'hex');
const huge = Buffer.from('80000000ffffffffffffffff', 'hex');
const aboveHuge = Buffer.from('800000010000000000000200', 'hex');
const refused: Readonly<Record<string, readonly TarFileEntry[]>> = {
  'an index given twice': [...good, index],
  'an index given twice, once with a dot before it': [...good, { ...index, name: './index.json' }],
  'a link in place of an index, beside the index': [...good, { name: 'index.json', type: '2', linkName: 'oci-layout' }],
  'an index that is a link': [
    ...withoutIndex,
    { ...index, name: 'other' },
    { name: 'index.json', type: '2', linkName: 'other' },
  ],
  'an index that is a hard link': [
    ...withoutIndex,
    { ...index, name: 'other' },
    { name: 'index.json', type: '1', linkName: 'other' },
  ],
  'a pax header that makes a second index': [...good, paxEntry({ path: 'index.json' }), { name: 'x', content: evil }],
  'a pax record given twice': [{ name: 'pax', type: 'x', content: '11 path=ab\n11 path=cd\n' }, ...good],
  'a pax record longer than its header': [{ name: 'pax', type: 'x', content: '99 path=ab\n' }, ...good],
  'a pax record without a length': [{ name: 'pax', type: 'x', content: 'path=ab\n' }, ...good],
  'a pax header of a megabyte': [paxEntry({ comment: 'x'.repeat(1_000_000) }), ...good],
  'a pax size that is no number': [paxEntry({ size: '-1' }), ...good],
  'a pax size that is absurd': [paxEntry({ size: '999999999999999999' }), ...good],
  'a pax size that reaches behind the end': [paxEntry({ size: '99999999' }), ...good],
  'a global pax header that renames everything': [paxEntry({ path: 'index.json' }, 'g'), ...good],
  'a sparse file of GNU': [{ name: 'sparse', type: 'S' }, ...good],
  'a sparse file of pax': [paxEntry({ 'GNU.sparse.major': '1' }), { name: 'sparse', content: evil }, ...good],
  'a GNU long name of a gigabyte': [{ name: 'long', type: 'L', size: 2 ** 30 }, ...good],
  'a GNU long link of a gigabyte': [{ name: 'long', type: 'K', size: 2 ** 30 }, ...good],
  'a negative size': [{ name: 'x', sizeField: negative }, ...good],
  'a size beyond all numbers': [{ name: 'x', sizeField: huge }, ...good],
  'a size with bits above 64': [{ name: 'x', sizeField: aboveHuge }, ...good],
  'a size of letters': [{ name: 'x', sizeField: Buffer.from('abcdefghijk\0') }, ...good],
  'a size with eights': [{ name: 'x', sizeField: Buffer.from('00000000008\0') }, ...good],
  'an entry that reaches behind the end': [...good, { name: 'x', size: 10_000_000 }],
  'a wrong checksum': [...good, { name: 'x', content: evil, wrongSum: true }],
};

test.each(Object.entries(refused))('%s is refused', async (_what, entries) => {
  const { path, folder } = await archive(entries);
  await expect(opened(path, folder)).rejects.toMatchObject({
    kind: expect.stringMatching(/^(?:invalid|integrity|unsupported)$/),
    side: 'source',
  });
});

test('more entries than anybody needs are refused', async () => {
  const { path, folder } = await archive(Array.from({ length: 200 }, (_, at) => ({ name: `x${at}` })));
  await expect(opened(path, folder, { tarLimits: { entries: 100 } })).rejects.toMatchObject({ kind: 'invalid' });
});

const documents: Readonly<Record<string, string>> = {
  'given twice in itself': '{"schemaVersion":2,"manifests":[],"manifests":[]}',
  'with a key in other letters': '{"schemaVersion":2,"Manifests":[]}',
  'nested deeply': `{"manifests":${'['.repeat(100)}${']'.repeat(100)}}`,
  'that is no JSON': '{',
  'with a digest that is a path': '{"manifests":[{"mediaType":"a/b","digest":"sha256:../../../etc/passwd","size":1}]}',
  'with a negative size': `{"manifests":[{"mediaType":"a/b","digest":"${content.digest}","size":-1}]}`,
  'with a poisoned annotation': `{"manifests":[{"mediaType":"a/b","digest":"${content.digest}","size":"1","__proto__":{"polluted":1}}]}`,
};

test.each(Object.entries(documents))('an index %s is refused', async (_what, text) => {
  const { path, folder } = await archive([...withoutIndex, { name: 'index.json', content: text }]);
  await expect(opened(path, folder)).rejects.toMatchObject({ kind: 'invalid' });
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test.each([
  ['a layer outside of the archive', '../../../../etc/passwd'],
  ['an absolute layer', '/etc/passwd'],
  ['a layer that is not there', 'nothing/layer.tar'],
])('a docker-archive that names %s is refused', async (_what, layer) => {
  const files = dockerSaveFiles([{ content, tags: ['a.test/a:1'] }]);
  const manifest = JSON.parse(String(files.find(({ name }) => name === 'manifest.json')?.content));
  manifest[0].Layers = [layer];
  const rest = files.filter(({ name }) => name !== 'manifest.json');
  const { path, folder } = await archive([...rest, { name: 'manifest.json', content: JSON.stringify(manifest) }]);
  await expect(opened(path, folder)).rejects.toMatchObject({ kind: 'missing-content' });
});

test('a link in a docker-archive that leads outside is refused', async () => {
  const files = dockerSaveFiles([{ content, tags: ['a.test/a:1'] }]);
  const layer = files.find(({ name }) => name.endsWith('layer.tar'))?.name ?? '';
  const rest = files.filter(({ name }) => name !== layer);
  for (const linkName of ['/etc/passwd', '../../../etc/passwd']) {
    const { path, folder } = await archive([...rest, { name: layer, type: '2', linkName }]);
    await expect(opened(path, folder)).rejects.toMatchObject({ kind: 'missing-content' });
  }
});

test('an archive that unpacks to far more than it is, is given up early and leaves nothing', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'bomb.tar.gz');
  await writeFile(path, gzipSync(Buffer.alloc(120_000_000), { level: 9 }));
  const scratch = join(folder, 'scratch');
  await expect(opened(path, scratch)).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('unpacks to more'),
  });
  expect(await readdir(scratch)).toEqual([]);
  const limits = { unpackLimits: { maxBytes: 1_000_000, maxRatio: 1e9 } };
  await expect(opened(path, scratch, limits)).rejects.toMatchObject({ kind: 'invalid' });
});

test('an archive whose packing is cut off is told so', async () => {
  const folder = await temporaryFolder();
  const packed = gzipSync(tarFile(good));
  await writeFile(join(folder, 'a.tgz'), packed.subarray(0, packed.length - 20));
  await expect(opened(join(folder, 'a.tgz'), folder)).rejects.toMatchObject({ kind: 'integrity' });
  expect(await readdir(folder)).toEqual(['a.tgz']);
});

test.skipIf(process.platform === 'win32').each([
  ['index.json', 'index.json'],
  ['oci-layout', 'oci-layout'],
  ['the blobs', 'blobs'],
  ['the folder of an algorithm', 'blobs/sha256'],
])('a link that stands for %s of a layout is not followed, and told of', async (_what, name) => {
  const folder = await temporaryFolder();
  await writeFiles(join(folder, 'layout'), ociLayoutFiles([{ content }]));
  await rename(join(folder, 'layout', name), join(folder, 'moved'));
  await symlink(join(folder, 'moved'), join(folder, 'layout', name));
  const told = await opened(join(folder, 'layout'), folder)
    .then((file) => file.verify(() => {}, signal))
    .then(({ problems }) => problems[0]?.message, String);
  expect(told).toMatch(/is a link/);
});

test.skipIf(process.platform === 'win32').each(['link', 'pipe', 'folder'])(
  'a layout in which a blob is a %s is found damaged, and nothing hangs',
  async (what) => {
    const folder = await temporaryFolder();
    await writeFiles(join(folder, 'layout'), ociLayoutFiles([{ content }]));
    const blob = join(folder, 'layout', 'blobs', 'sha256', content.blobs[1]?.digest.slice(7) ?? '');
    await rename(blob, join(folder, 'moved'));
    if (what === 'link') await symlink(join(folder, 'moved'), blob);
    else if (what === 'folder') await mkdir(blob);
    else execFileSync('mkfifo', [blob]);
    const file = await opened(join(folder, 'layout'), folder);
    expect((await file.verify(() => {}, signal)).problems).toHaveLength(1);
  },
);

test.skipIf(process.platform === 'win32')(
  'a blob that becomes a link between the look and the reading is not followed',
  async () => {
    const folder = await temporaryFolder();
    await writeFiles(join(folder, 'layout'), ociLayoutFiles([{ content }]));
    const file = await opened(join(folder, 'layout'), folder);
    const source = file.source({ host: undefined, path: undefined });
    const { document } = await source.manifest({ digest: file.images[0]?.descriptor.digest ?? never() }, signal);
    const layer = document.kind === 'manifest' ? document.layers[0] : undefined;
    const blob = join(folder, 'layout', 'blobs', 'sha256', layer?.digest.slice(7) ?? '');
    await rename(blob, join(folder, 'moved'));
    await symlink(join(folder, 'moved'), blob);
    await expect(source.read(layer ?? never(), 0, { write: () => true }, signal)).rejects.toMatchObject({
      kind: 'invalid',
    });
  },
);

test('what is no file of images is told so', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.tar'), tarFile([{ name: 'readme', content: 'x' }]));
  await expect(opened(join(folder, 'a.tar'), folder)).rejects.toMatchObject({
    message: expect.stringContaining('no images'),
  });
  await writeFile(join(folder, 'text'), 'hello '.repeat(1000));
  await expect(opened(join(folder, 'text'), folder)).rejects.toMatchObject({ kind: 'invalid' });
  await expect(opened(join(folder, 'absent'), folder)).rejects.toMatchObject({ kind: 'not-found' });
});

function never(): never {
  throw new Error('it is there');
}
