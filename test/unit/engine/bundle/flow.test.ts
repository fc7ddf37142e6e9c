import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planExport, writeExport } from '../../../../electron/engine/bundle/bundle.ts';
import { BlobTarget } from '../../../../electron/engine/bundle/blob-target.ts';
import { memoryEntry } from '../../../../electron/engine/bundle/entry.ts';
import { Tap } from '../../../../electron/engine/bundle/tap.ts';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import type { Descriptor } from '../../../../electron/oci/descriptor.ts';
import { temporaryFolder } from '../../../fakes/bundle-files.ts';
import { image } from '../../../fakes/images.ts';
import { exported, opened, reader, signal, written } from './exported.ts';

const content = image({ layers: [900_000], seed: 'flow' });

function described(bytes: Uint8Array): Descriptor {
  return { mediaType: 'a/b', digest: digestOf(bytes), size: bytes.byteLength };
}

test('a sink that asks for a pause gets nothing until it has room', async () => {
  const folder = await temporaryFolder();
  const file = await opened((await exported(folder, { 'a.test/a:1': content })).paths, folder);
  const [, layer] = content.blobs;
  const source = file.source({ host: 'a.test', path: 'a' });
  const { document } = await source.manifest({ tag: '1' }, signal);
  const blob = document.kind === 'manifest' ? document.layers[0] : undefined;
  if (blob === undefined) throw new Error('the image has a layer');
  const chunks: Uint8Array[] = [];
  let resume: () => void = () => {};
  let isPaused = false;
  const sink = {
    onRoom: (room: () => void) => (resume = room),
    write: (chunk: Uint8Array) => {
      expect(isPaused).toBe(false);
      chunks.push(chunk);
      isPaused = true;
      setImmediate(() => {
        isPaused = false;
        resume();
      });
      return false;
    },
  };
  await source.read(blob, 0, sink, signal);
  expect(chunks.length).toBeGreaterThan(2);
  expect(Buffer.concat(chunks)).toEqual(layer?.bytes());
});

test('a wait for room ends when it is called off', async () => {
  const stop = new AbortController();
  const tap = new Tap({ write: () => false }, 'x', stop.signal);
  const waiting = memoryEntry(Buffer.alloc(10), 'x').pour(0, 10, tap);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
});

test('a target asks for a pause when the disk is slow, and for more when it has caught up', async () => {
  const bytes = Buffer.alloc(9 * 1024 * 1024, 3);
  const gate = Promise.withResolvers<void>();
  const target = new BlobTarget(described(bytes), () => gate.promise);
  let resumed = 0;
  target.onRoom(() => resumed++);
  const answers: boolean[] = [];
  for (let at = 0; at < bytes.byteLength; at += 2 ** 20) answers.push(target.write(bytes.subarray(at, at + 2 ** 20)));
  expect(answers).toEqual([true, true, true, false, false, false, false, false, false]);
  gate.resolve();
  await target.finish();
  expect(resumed).toBe(1);
});

test('what a disk refuses ends the reading of the blob', async () => {
  const bytes = Buffer.alloc(10);
  const target = new BlobTarget(described(bytes), () => Promise.reject(new Error('refused')));
  target.write(bytes.subarray(0, 5));
  await target.settle();
  expect(() => target.write(bytes.subarray(5))).toThrow('refused');
  await expect(target.finish()).rejects.toThrow('refused');
});

test('more bytes than a blob has are refused at once', () => {
  const target = new BlobTarget(described(Buffer.alloc(10)), async () => {});
  expect(() => target.write(Buffer.alloc(11))).toThrow(/more bytes/);
});

test.each(['bundle', 'oci', 'registry-storage'] as const)(
  'a %s whose writing is called off does not look whole',
  async (format) => {
    const folder = await temporaryFolder();
    const stop = new AbortController();
    const plan = planExport([written('a.test/a:1', content)], { format });
    const read = reader(content);
    const writing = writeExport(
      plan,
      join(folder, 'out'),
      async (target) => {
        await read(target, signal);
        stop.abort();
      },
      {},
      stop.signal,
    );
    await expect(writing).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await readdir(folder)).filter((name) => !name.endsWith('.unfinished'))).toEqual([]);
  },
);

test('a deep look that is called off says so', async () => {
  const folder = await temporaryFolder();
  const file = await opened((await exported(folder, { 'a.test/a:1': content })).paths, folder);
  const stop = new AbortController();
  await expect(file.verify(() => stop.abort(), stop.signal)).rejects.toMatchObject({ kind: 'cancelled' });
});
