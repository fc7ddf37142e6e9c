import { win32 } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planExport } from '../../../../electron/engine/bundle/bundle.ts';
import { endBytes, tarBytesOf } from '../../../../electron/engine/bundle/tar-header.ts';
import { blobName, framesOf, type Item, layoutVolumes } from '../../../../electron/engine/bundle/volume-layout.ts';
import { windowsRefusal } from '../../../../electron/engine/bundle/windows-names.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { image } from '../../../fakes/images.ts';
import { written } from './exported.ts';
import { seed } from './random.ts';

const digest = (at: number) => parseDigest(`sha256:${at.toString(16).padStart(64, '0')}`);
const blobItem = (size: number, at: number): Item => ({ name: blobName(digest(at)), size, blob: digest(at) });

test(`every byte of every item lies in a volume once, in order, and nothing overlaps (SEED=${seed})`, () => {
  const sizes = fc.array(fc.nat({ max: 60_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 8192, max: 50_000 }), fc.boolean(), (all, volumeBytes, hasHeader) => {
      const items = all.map(blobItem);
      const volumes = layoutVolumes(items, volumeBytes, hasHeader);
      const covered = new Map<Item, number>();
      for (const volume of volumes) {
        expect(volume.sizeBytes).toBeLessThanOrEqual(volumeBytes);
        let at = hasHeader ? 1024 : 0;
        for (const { item, from, size, name, headerAt } of volume.pieces) {
          expect(headerAt).toBe(at);
          at += tarBytesOf(name, size);
          expect(from).toBe(covered.get(item) ?? 0);
          covered.set(item, from + size);
        }
        expect(volume.sizeBytes).toBe(at + (volume.number === volume.of ? endBytes : 0));
      }
      for (const item of items) expect(covered.get(item)).toBe(item.size);
    }),
    { seed },
  );
});

test('the frames and the contents of a volume are all of it', () => {
  const set = digest(1);
  for (const volume of layoutVolumes([0, 1, 511, 512, 30_000].map(blobItem), 10_000, true)) {
    const contents = volume.pieces.reduce((sum, { size }) => sum + size, 0);
    const frames = [...framesOf(volume, set)].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    expect(frames + contents).toBe(volume.sizeBytes);
  }
});

test('a layer of any size has its place: 100 GiB over volumes of 4 GiB', () => {
  const volumes = layoutVolumes([blobItem(100 * 2 ** 30, 1)], 4 * 2 ** 30 - 2 ** 25, true);
  expect(volumes.length).toBe(26);
});

const reserved = [
  'CON',
  'nul',
  'aux.txt',
  'COM1',
  'com¹',
  'LPT9.x',
  'conin$',
  'a.',
  'a ',
  'a:b',
  'a?',
  'a\\b',
  'sha256:x',
  'a\u0001',
];
test.each(reserved)('%j is no name for a folder that may be carried on a Windows disk', (name) => {
  expect(windowsRefusal(name)).toBeTypeOf('string');
});

test.each(['com', 'com10', 'console', 'nul1', 'latest', 'v1.2', '-x', '_manifests'])(
  '%j is a name everywhere',
  (name) => {
    expect(windowsRefusal(name)).toBeUndefined();
  },
);

test(`names inside every format stay apart and stay themselves on Windows (SEED=${seed})`, () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,12}$/).filter((text) => windowsRefusal(text) === undefined);
  const tag = fc
    .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,12}$/)
    .filter((text) => windowsRefusal(text) === undefined);
  const names = fc.uniqueArray(fc.tuple(component, tag), {
    minLength: 1,
    maxLength: 20,
    selector: ([path, text]) => `${path}:${text}`.toLowerCase(),
  });
  const content = image({ layers: [1], seed: 'names' });
  fc.assert(
    fc.property(names, fc.constantFrom('bundle', 'oci', 'docker-archive', 'registry-storage'), (all, format) => {
      const images = all.map(([path, text]) => written(`a.test/${path}:${text}`, content));
      const { items } = planExport(images, { format });
      const folded = items.map(({ name }) => name.toLowerCase());
      expect(new Set(folded).size).toBe(items.length);
      for (const { name } of items) {
        for (const part of name.split('/')) expect(windowsRefusal(part)).toBeUndefined();
        expect(win32.normalize(name).replaceAll('\\', '/')).toBe(name);
        expect(name.length).toBeLessThanOrEqual(200);
      }
    }),
    { seed },
  );
});
