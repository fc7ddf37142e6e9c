import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseReceipt, readBase, writeReceipt } from '../../../../electron/engine/bundle/bundle.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { temporaryFolder } from '../../../fakes/bundle-files.ts';
import { image } from '../../../fakes/images.ts';
import { exported, signal } from './exported.ts';

const digest = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`);
const receipt = {
  host: 'registry.test',
  prefix: 'team',
  date: '2026-01-02',
  digests: new Set([digest('b'), digest('a')]),
};
const read = (text: string) => parseReceipt(Buffer.from(text));

test('a receipt is read as it was written, its digests sorted', () => {
  const bytes = writeReceipt(receipt);
  expect(parseReceipt(bytes)).toEqual(receipt);
  expect(Buffer.from(bytes).toString()).toMatch(/a",\s+"sha256:b+"\s+\]\s\}\n$/);
});

test.each([
  ['another format', '{"format":"image-ferry-receipt/2"}'],
  ['a digest that is a path', '{"format":"image-ferry-receipt/1","digests":["sha256:../x"]}'],
  ['a key given twice', '{"format":"image-ferry-receipt/1","host":"a","host":"b"}'],
  ['a key in other letters', '{"format":"image-ferry-receipt/1","Host":"a"}'],
  ['a number for a host', '{"format":"image-ferry-receipt/1","host":1}'],
  ['an endless host', `{"format":"image-ferry-receipt/1","host":"${'x'.repeat(300)}"}`],
])('a receipt with %s is refused', (_what, text) => {
  expect(() => read(text)).toThrow();
});

test('a base is a receipt or an earlier bundle, told by its content', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'site.tar'), writeReceipt(receipt));
  expect(await readBase(join(folder, 'site.tar'), { scratch: folder }, signal)).toEqual(receipt.digests);
  const content = image({ layers: [100, 200], seed: 'base' });
  const { paths } = await exported(folder, { 'a.test/a:1': content });
  const held = await readBase(paths[0] ?? '', { scratch: folder }, signal);
  expect([...held].sort()).toEqual([content.digest, ...content.blobs.map((blob) => blob.digest)].sort());
  const next = await exported(folder, { 'a.test/a:1': content }, { base: held, file: 'next.tar' });
  expect(next.plan.blobs).toEqual([]);
  expect(await readBase(next.paths[0] ?? '', { scratch: folder }, signal)).toEqual(held);
});

test('a base that is broken is refused', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'site.json'), '{"format":');
  await expect(readBase(join(folder, 'site.json'), { scratch: folder }, signal)).rejects.toMatchObject({
    kind: 'invalid',
  });
  await expect(readBase(join(folder, 'absent'), { scratch: folder }, signal)).rejects.toMatchObject({
    kind: 'not-found',
  });
});
