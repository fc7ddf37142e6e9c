import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openByteFile } from '../../../../electron/engine/bundle/byte-file.ts';
import { readEntry } from '../../../../electron/engine/bundle/entry.ts';
import { entryName, linkTarget } from '../../../../electron/engine/bundle/entry-name.ts';
import { parsePax, parseTarBlock } from '../../../../electron/engine/bundle/tar-block.ts';
import { openTar } from '../../../../electron/engine/bundle/tar-entries.ts';
import { tarHeader } from '../../../../electron/engine/bundle/tar-header.ts';
import { temporaryFolder } from '../../../fakes/bundle-files.ts';
import { exported, signal } from './exported.ts';
import { image } from '../../../fakes/images.ts';

test('a header says what it was made of', () => {
  expect(parseTarBlock(tarHeader('index.json', 1234))).toMatchObject({
    name: 'index.json',
    sizeBytes: 1234,
    type: 'file',
  });
});

test('long names and sizes of 8 GiB and more stand in a pax header', () => {
  const name = `blobs/sha512/${'ab'.repeat(64)}`;
  const header = tarHeader(name, 2 ** 40);
  const head = parseTarBlock(header.subarray(0, 512));
  expect(head.type).toBe('pax');
  expect(parsePax(header.subarray(512, 512 + head.sizeBytes))).toEqual({ path: name, sizeBytes: 2 ** 40 });
  expect(tarHeader('x', 8 * 2 ** 30 - 1)).toHaveLength(512);
  expect(tarHeader('x', 8 * 2 ** 30)).toHaveLength(1536);
});

test('base-256 sizes of GNU are read', () => {
  const block = tarHeader('x', 0);
  block.fill(0, 124, 136);
  block[124] = 0x80;
  block.writeBigUInt64BE(BigInt(9 * 2 ** 30), 128);
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  expect(parseTarBlock(block).sizeBytes).toBe(9 * 2 ** 30);
});

test('GNU tar lists a bundle of ours without complaint', async () => {
  const folder = await temporaryFolder();
  const { paths } = await exported(folder, { 'a.test/a:1': image({ layers: [5000] }) }, { volumeBytes: 16_384 });
  for (const path of paths)
    expect(execFileSync('tar', ['-tf', path], { encoding: 'utf8' })).toMatch(/image-ferry\/volume/);
});

test.each(['gnu', 'pax', 'ustar', 'v7'])('an archive that GNU tar made in its format %s is read', async (format) => {
  const folder = await temporaryFolder();
  const deep = format === 'v7' ? 'deep' : 'deep/'.repeat(15) + 'x'.repeat(60);
  await mkdir(join(folder, 'in', deep), { recursive: true });
  await writeFile(join(folder, 'in', deep, 'file'), 'hello');
  execFileSync('tar', ['-cf', join(folder, 'a.tar'), `--format=${format}`, '-C', join(folder, 'in'), '.']);
  const file = await openByteFile(join(folder, 'a.tar'));
  const entries = await openTar(file, {}, signal);
  const entry = await entries.find(`${deep}/file`);
  expect(entry && (await readEntry(entry, 'file', 100, signal)).toString()).toBe('hello');
  await file.close();
});

test.each([
  ['./a/b', 'a/b'],
  ['a/b', 'a/b'],
  ['././a', 'a'],
  ['../a', undefined],
  ['a/../b', undefined],
  ['/a', undefined],
  ['a//b', undefined],
  ['a/', undefined],
  ['C:\\a', undefined],
  ['', undefined],
  ['.', undefined],
  ['sha256:abc', 'sha256:abc'],
])('the name %j is looked up as %j', (name, expected) => {
  expect(entryName(name)).toBe(expected);
});

test.each([
  ['a/layer.tar', '../b/layer.tar', 'b/layer.tar'],
  ['a/layer.tar', 'other', 'a/other'],
  ['layer.tar', '../x', undefined],
  ['a/layer.tar', '/x', undefined],
  ['a/layer.tar', '../../x', undefined],
])('from %j a link to %j leads to %j', (name, target, expected) => {
  expect(linkTarget(name, target)).toBe(expected);
});
