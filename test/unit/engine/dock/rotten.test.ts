import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import type { Library, StoredBlob } from '../../../../electron/engine/ports/library.ts';
import { blob, image, index } from '../../../fakes/images.ts';
import { call, open } from '../../../fakes/plain-http.ts';
import { startTestDock } from './started-docks.ts';

const large = blob(300_000, 'rotten');

/** A library whose blobs come out changed by `spoil`, as from a disk that forgets. */
async function rotten(spoil: (bytes: Buffer) => Buffer): Promise<Library> {
  const library = memoryLibrary();
  await putBlob(library, 'a', large.bytes());
  const sound = library.blob.bind(library);
  library.blob = async (...given): Promise<StoredBlob | undefined> => {
    const stored = await sound(...given);
    return stored && { ...stored, open: (range, signal) => spoilt(stored.open(range, signal), spoil) };
  };
  return library;
}

async function* spoilt(
  source: AsyncIterable<Uint8Array>,
  spoil: (bytes: Buffer) => Buffer,
): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  const bytes = spoil(Buffer.concat(pieces));
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['changed in a bit', (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1) === 0 ? 1 : 0)])],
  ['too short', (bytes) => bytes.subarray(0, -1)],
  ['too long', (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
])('a blob that is %s never arrives whole, and is served no more', async (_how, spoil) => {
  const dock = await startTestDock({ library: await rotten(spoil) });
  const url = `${dock.url}/v2/a/blobs/${large.digest}`;
  const response = await open('GET', url);
  let arrivedBytes = 0;
  await expect(async () => {
    for await (const chunk of response) arrivedBytes += Buffer.from(chunk).length;
  }).rejects.toThrow(/aborted|ECONNRESET/);
  expect(arrivedBytes).toBeLessThan(large.sizeBytes);
  expect((await call('GET', url)).status).toBe(404);
});

test('a manifest that is rotten is not served either', async () => {
  const library = memoryLibrary();
  const { raw, digest } = index([image()]);
  await putManifest(library, 'a', raw, 'one');
  const sound = library.manifest.bind(library);
  library.manifest = async (...given) => {
    const stored = await sound(...given);
    return stored && { ...stored, bytes: Buffer.concat([stored.bytes, Buffer.from(' ')]) };
  };
  const dock = await startTestDock({ library });
  await expect(call('GET', `${dock.url}/v2/a/manifests/one`)).rejects.toThrow(/hang up|ECONNRESET/);
  expect((await call('GET', `${dock.url}/v2/a/manifests/${digest}`)).status).toBe(404);
});
