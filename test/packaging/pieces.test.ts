import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockFuses } from '../../build/package/fuses.ts';
import { icoFile } from '../../build/package/ico.ts';
import { drawIcon, iconSizes } from '../../build/package/icon.ts';
import { writeDeb, writeTarGz } from '../../build/package/linux.ts';
import pins from '../../build/package/node-pins.json' with { type: 'json' };
import { manifest } from '../../build/package/product.ts';
import { hasProgram, run } from '../../build/package/programs.ts';
import { readWish } from '../../build/package/wish.ts';
import { writeZip } from '../../build/package/zip.ts';
import { readZip } from './read-archives.ts';

test('the icon is a valid ico with every size from 16 to 256, each a PNG of that size that is not empty', async () => {
  const file = icoFile(await drawIcon());
  expect([file.readUInt16LE(0), file.readUInt16LE(2), file.readUInt16LE(4)]).toEqual([0, 1, iconSizes.length]);
  let end = 6 + 16 * iconSizes.length;
  for (const [index, size] of iconSizes.entries()) {
    const entry = file.subarray(6 + 16 * index);
    const [length, offset] = [entry.readUInt32LE(8), entry.readUInt32LE(12)];
    const png = file.subarray(offset, offset + length);
    expect([entry[0] || 256, entry[1] || 256, offset]).toEqual([size, size, end]);
    expect([png.toString('latin1', 0, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
      '\u0089PNG',
      size,
      size,
    ]);
    expect(length).toBeGreaterThan(300);
    end += length;
  }
  expect([iconSizes[0], iconSizes.at(-1), file.length]).toEqual([16, 256, end]);
});

test('a zip file gives back what went into it, under names in any script', async () => {
  const { folder } = await someFolder();
  const file = join(folder, '..', 'some.zip');
  await writeZip(file, [{ folder, under: 'top' }], 1_700_000_000);
  const files = [...(await readZip(file))].map(([name, content]) => [name, content.toString()]);
  expect(files).toEqual([
    ['top/empty', ''],
    ['top/文件/a b.txt', 'text'],
  ]);
  if (hasProgram('unzip')) expect(run('unzip', ['-tq', file])).toContain('No errors');
});

test('a program without fuses is refused', async () => {
  const { folder } = await someFolder();
  await expect(lockFuses(join(folder, '文件', 'a b.txt'))).rejects.toThrow('sentinel');
});

test.runIf(process.platform === 'linux')(
  'a tar.gz has one folder with the name of the version and belongs to nobody',
  async () => {
    const { folder } = await someFolder();
    const file = join(folder, '..', 'some.tar.gz');
    writeTarGz(folder, 'image-ferry-1', file);
    const lines = run('tar', ['-tvzf', file, '--numeric-owner', '--quoting-style=literal']).trim().split('\n');
    expect(lines.map((line) => [line.split(/\s+/)[1], line.replace(/^.*:\d\d /, '')])).toEqual(
      ['image-ferry-1/', 'image-ferry-1/empty', 'image-ferry-1/文件/', 'image-ferry-1/文件/a b.txt'].map((name) => [
        '0/0',
        name,
      ]),
    );
  },
);

test.runIf(hasProgram('dpkg-deb'))(
  'a Debian package has the program below /opt and the command line on the PATH',
  async () => {
    const { folder } = await someFolder();
    for (const name of ['LICENSE.txt', 'chrome-sandbox', 'image-ferry']) await writeFile(join(folder, name), '');
    const file = join(folder, '..', 'some.deb');
    await writeDeb(folder, join(folder, 'empty'), file);
    const listed = run('dpkg-deb', ['--contents', file]);
    expect(listed).toContain('./usr/bin/image-ferry -> /opt/image-ferry/image-ferry');
    expect(listed).toMatch(/^-rwsr-xr-x root\/root .*chrome-sandbox$/m);
    expect(listed).toContain('./usr/share/applications/image-ferry.desktop');
    expect(run('dpkg-deb', ['--field', file, 'Package', 'Version'])).toContain(`Version: ${manifest.version}`);
  },
);

test('the Node that is packed is the one the tests run on, pinned for every platform', () => {
  expect(pins.version).toBe(manifest.devDependencies.node);
  expect(Object.values(pins.integrity).every((sum) => /^sha512-[\w+/]{86}==$/.test(sum))).toBe(true);
});

test('kinds of packages are read in any order and number, and an unknown one is refused with what there is', () => {
  expect(readWish(['--win', 'portable,zip', '--win', 'zip', '--linux', 'dir']).kinds).toEqual({
    win: ['zip', 'portable'],
    linux: ['dir'],
  });
  expect(() => readWish(['--win', 'msi'])).toThrow('--win knows zip, nsis, nsis-all-users, portable, dir, and not msi');
});

async function someFolder(): Promise<{ folder: string }> {
  const work = await mkdtemp(join(tmpdir(), 'ferry-pieces-'));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  const folder = join(work, 'some');
  await mkdir(join(folder, '文件'), { recursive: true });
  await writeFile(join(folder, '文件', 'a b.txt'), 'text');
  await writeFile(join(folder, 'empty'), '');
  return { folder };
}
