import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openByteFile } from '../../../electron/engine/bundle/byte-file.ts';
import { parsePax, parseTarBlock } from '../../../electron/engine/bundle/tar-block.ts';
import { openTar } from '../../../electron/engine/bundle/tar-entries.ts';
import { CopyError } from '../../../electron/engine/kernel/errors.ts';
import { OciError } from '../../../electron/oci/oci-error.ts';
import { dockerSaveFiles, ociLayoutFiles, temporaryFolder } from '../../fakes/bundle-files.ts';
import { image } from '../../fakes/images.ts';
import { paxEntry, tarFile } from '../../fakes/tar-files.ts';
import { opened, signal } from '../../unit/engine/bundle/exported.ts';
import { fuzzRuns, randomOf, seed } from '../../unit/engine/bundle/random.ts';

const content = image({ layers: [600], seed: 'fuzz' });

/** Changes a few bytes, and mends the checksum of the header they lie in so that the change is looked at. */
function mutate(bytes: Buffer, random: (end: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  const header = random(bytes.length / 512) * 512;
  for (let count = 1 + random(4); count > 0; count--) changed[header + random(512)] = random(256);
  if (random(4) > 0) {
    const sum = changed
      .subarray(header, header + 512)
      .reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148);
  }
  return changed;
}

test(`${fuzzRuns} broken headers are read or refused, never anything else (SEED=${seed})`, () => {
  const random = randomOf(seed);
  const block = tarFile([{ name: 'blobs/sha256/x', content: 'x' }]).subarray(0, 512);
  let refused = 0;
  for (let run = 0; run < fuzzRuns; run++) {
    try {
      const { sizeBytes } = parseTarBlock(mutate(block, random));
      expect(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0).toBe(true);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(OciError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(fuzzRuns);
});

test(`${fuzzRuns} broken pax headers are read or refused, never anything else (SEED=${seed})`, () => {
  const random = randomOf(seed + 1);
  const body = Buffer.from(String(paxEntry({ path: 'a/b', size: '12', comment: 'hello' }).content));
  for (let run = 0; run < fuzzRuns; run++) {
    const changed = Buffer.from(body);
    for (let count = 1 + random(4); count > 0; count--) changed[random(changed.length)] = random(256);
    try {
      const { sizeBytes = 0 } = parsePax(changed.subarray(0, 1 + random(changed.length)));
      expect(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0).toBe(true);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(OciError);
    }
  }
});

const kinds = {
  'OCI layout': tarFile([paxEntry({ comment: 'x' }), ...ociLayoutFiles([{ content }])]),
  'docker-archive': tarFile(dockerSaveFiles([{ content, tags: ['a.test/a:1'] }])),
};
test.each(Object.entries(kinds))(
  `broken archives with an %s are read whole or refused (SEED=${seed})`,
  async (_kind, bytes) => {
    const folder = await temporaryFolder();
    const random = randomOf(seed + 2);
    const path = join(folder, 'a.tar');
    await writeFile(path, bytes);
    const handle = await open(path, 'r+');
    let whole = 0;
    try {
      for (let run = 0; run < fuzzRuns / 10; run++) {
        await handle.write(mutate(bytes, random), 0, bytes.length, 0);
        try {
          const file = await opened(path, join(folder, 'scratch'));
          await file.verify(() => {}, signal);
          await file.close();
          whole++;
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(CopyError);
          if (thrown instanceof CopyError) expect(thrown.kind).not.toBe('internal');
        }
      }
    } finally {
      await handle.close();
    }
    expect(whole).toBeGreaterThan(0);
  },
);

test('every entry that a walk finds lies inside its file', async () => {
  const folder = await temporaryFolder();
  const random = randomOf(seed + 3);
  const bytes = tarFile(ociLayoutFiles([{ content }]));
  for (let run = 0; run < 100; run++) {
    const path = join(folder, `${run}.tar`);
    await writeFile(path, mutate(bytes, random));
    const file = await openByteFile(path);
    try {
      const entries = await openTar(file, { acceptIncomplete: true }, signal);
      for (const name of await entries.list('')) {
        const size = (await entries.find(name))?.sizeBytes ?? 0;
        expect(size).toBeLessThanOrEqual(bytes.length);
      }
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(CopyError);
    } finally {
      await file.close();
    }
  }
});
