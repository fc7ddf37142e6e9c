import { expect, test } from 'vitest';
import { copyError } from '../../../../electron/engine/kernel/errors.ts';
import { LibraryRepository } from '../../../../electron/engine/library/library-repository.ts';
import type { BlobContent, BlobReader } from '../../../../electron/engine/ports/places.ts';
import { parseManifest } from '../../../../electron/oci/manifest.ts';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import { image } from '../../../fakes/images.ts';
import { describeBytes, fileOf, sample, takeIn, unending, writeIn } from '../cache/caches.ts';
import { type KeptInFolder, keptInFolder } from './kept-libraries.ts';
import { unlink } from 'node:fs/promises';

const bytes = sample(20_000);
const blob = describeBytes(bytes);

function repository({ library, cache }: KeptInFolder, path = 'team/app'): LibraryRepository {
  return new LibraryRepository(path, 'destination', { library, blobs: cache, leases: { size: 6 } });
}

/** Content that counts how many bytes were taken from it. */
function contentOf(pieces: () => AsyncIterable<Uint8Array>): BlobContent & { takenBytes: number } {
  const content = {
    descriptor: blob,
    bytes: undefined,
    takenBytes: 0,
    open: (): BlobReader => ({
      close: () => undefined,
      async *[Symbol.asyncIterator]() {
        for await (const piece of pieces()) {
          content.takenBytes += piece.byteLength;
          yield piece;
        }
      },
    }),
  };
  return content;
}

async function* inPieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 3000) yield bytes.subarray(at, at + 3000);
}

test('links what the cache has already, and reads nothing of it', async () => {
  const kept = await keptInFolder();
  await takeIn(kept.cache, bytes);
  const content = contentOf(inPieces);
  await repository(kept).send(content, undefined, undefined, unending);
  expect(content.takenBytes).toBe(0);
  expect(await repository(kept).hasBlob(blob, unending)).toBe(true);
});

test('waits for whoever is writing the blob to the cache, and writes it not again', async () => {
  const kept = await keptInFolder();
  const ingest = await kept.cache.ingest(blob, unending);
  const content = contentOf(inPieces);
  const sending = repository(kept).send(content, undefined, undefined, unending);
  await writeIn(ingest, bytes);
  await ingest.commit(unending);
  await sending;
  expect(content.takenBytes).toBe(0);
  expect(await repository(kept).hasBlob(blob, unending)).toBe(true);
});

test('writes the blob to the cache when nobody else does', async () => {
  const kept = await keptInFolder();
  const content = contentOf(inPieces);
  await repository(kept).send(content, undefined, undefined, unending);
  expect(content.takenBytes).toBe(20_000);
  await kept.cache.trim(0, unending);
  expect(await repository(kept).hasBlob(blob, unending)).toBe(true);
});

test('two repositories that want a blob at once have it written once', async () => {
  const kept = await keptInFolder();
  const contents = [contentOf(inPieces), contentOf(inPieces)];
  await Promise.all(
    contents.map((content, at) => repository(kept, `r${at}`).send(content, undefined, undefined, unending)),
  );
  expect(contents.reduce((sum, { takenBytes }) => sum + takenBytes, 0)).toBe(20_000);
});

test('fails as its content does, and links nothing', async () => {
  const kept = await keptInFolder();
  const gone = copyError('unreachable', { side: 'source', op: 'blob.get', subject: blob.digest });
  const content = contentOf(async function* () {
    yield bytes.subarray(0, 5000);
    throw gone;
  });
  await expect(repository(kept).send(content, undefined, undefined, unending)).rejects.toBe(gone);
  expect(await repository(kept).hasBlob(blob, unending)).toBe(false);
  expect(kept.pins.has(blob.digest)).toBe(false);
});

test('stops waiting when it is called off', async () => {
  const kept = await keptInFolder();
  const ingest = await kept.cache.ingest(blob, unending);
  const controller = new AbortController();
  const sending = repository(kept).send(contentOf(inPieces), undefined, undefined, controller.signal);
  controller.abort(new Error('enough'));
  await expect(sending).rejects.toThrow();
  await ingest.suspend(new Error('over'));
});

test('gives what it holds from any offset, and says what it lacks', async () => {
  const kept = await keptInFolder();
  const place = repository(kept);
  await place.send(contentOf(inPieces), undefined, undefined, unending);
  const pieces: Uint8Array[] = [];
  await place.read(blob, 12_345, { write: (chunk) => pieces.push(chunk) > 0 }, unending);
  expect(Buffer.concat(pieces)).toEqual(bytes.subarray(12_345));
  await unlink(fileOf(kept.root, blob));
  await expect(place.read(blob, 0, { write: () => true }, unending)).rejects.toMatchObject({ kind: 'missing-content' });
});

test('publishes manifests by their bytes, tags and lists what refers to them', async () => {
  const kept = await keptInFolder();
  const place = repository(kept);
  const put = async (raw: Buffer, tag?: string): Promise<void> => {
    const document = parseManifest(raw);
    const descriptor = { mediaType: document.mediaType, digest: digestOf(raw), size: raw.length };
    expect((await place.publish({ document, descriptor }, tag, unending)).listsSubject).toBe(true);
  };
  const subject = image();
  await put(subject.raw, 'v1.10');
  await put(subject.raw, 'v1.9');
  const { digest, mediaType, raw } = subject;
  await put(image({ seed: 'sig', extra: { subject: { digest, mediaType, size: raw.length } } }).raw);
  expect(await place.tags(unending)).toEqual(['v1.9', 'v1.10']);
  expect((await place.manifest({ tag: 'v1.9' }, unending)).document.raw).toEqual(raw);
  expect(await place.referrers(digestOf(raw), unending)).toHaveLength(1);
  await expect(place.resolve('v2', unending)).rejects.toMatchObject({ kind: 'not-found', side: 'destination' });
  await expect(repository(kept, 'none').tags(unending)).rejects.toMatchObject({ kind: 'not-found' });
});
