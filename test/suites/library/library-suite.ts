import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../electron/engine/content/digest-of.ts';
import { putBlob, putManifest } from '../../../electron/engine/content/put-content.ts';
import type { Library, Page } from '../../../electron/engine/ports/library.ts';
import type { Descriptor } from '../../../electron/oci/descriptor.ts';
import { image, index } from '../../fakes/images.ts';

const { signal } = new AbortController();
const bytes = Buffer.from('0123456789');

async function readBlob(library: Library, repository: string, range?: { start: number; end: number }): Promise<string> {
  const blob = await library.blob(repository, digestOf(bytes), signal);
  const pieces: Uint8Array[] = [];
  for await (const piece of blob?.open(range, signal) ?? []) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** What every Library must do; `make` gives an empty one. */
export function describeLibrary(name: string, make: () => Promise<Library>): void {
  describe(name, () => {
    test('gives any part of a blob that came in pieces', async () => {
      const library = await make();
      const upload = await library.beginUpload('a', 'sha256', signal);
      for (const at of [0, 3, 7]) await upload.append(bytes.subarray(at, at === 0 ? 3 : at === 3 ? 7 : 10), signal);
      await upload.commit(digestOf(bytes), signal);
      for (let start = 0; start < 10; start++) {
        for (let end = start + 1; end <= 10; end++) {
          expect(await readBlob(library, 'a', { start, end })).toBe('0123456789'.slice(start, end));
        }
      }
    });

    test('lets a blob be read only through a repository that holds it', async () => {
      const library = await make();
      const { digest } = await putBlob(library, 'a', bytes);
      expect(await library.blob('b', digest, signal)).toBeUndefined();
      expect(await library.mountBlob('b', digest, 'c', signal)).toBe(false);
      expect(await library.mountBlob('b', digest, 'a', signal)).toBe(true);
      expect(await readBlob(library, 'b')).toBe('0123456789');
    });

    test('gives a manifest whole whose bytes were a blob in pieces before', async () => {
      const library = await make();
      const { raw } = image();
      const upload = await library.beginUpload('a', 'sha256', signal);
      await upload.append(raw.subarray(0, 5), signal);
      await upload.append(raw.subarray(5), signal);
      await upload.commit(digestOf(raw), signal);
      await putManifest(library, 'a', raw, 'one');
      expect(Buffer.from((await library.manifest('a', 'one', signal))?.bytes ?? [])).toEqual(raw);
    });

    test('pages through tags in lexical order without regard to case', async () => {
      const library = await make();
      for (const tag of ['b', 'C', 'a', 'B']) await putManifest(library, 'r', index([]).raw, tag);
      expect(await library.tags('r', { most: 9 }, signal)).toEqual(['a', 'B', 'b', 'C']);
      expect(await library.tags('r', { after: 'B', most: 1 }, signal)).toEqual(['b']);
      expect(await library.tags('r', { after: 'bz', most: 9 }, signal)).toEqual(['C']);
    });

    test('lists only repositories with a manifest', async () => {
      const library = await make();
      await putBlob(library, 'only-blobs', bytes);
      await putManifest(library, 'named', index([]).raw);
      expect(await library.repositories({ most: 9 }, signal)).toEqual(['named']);
    });

    test('takes rotten content out of every repository', async () => {
      const library = await make();
      const { digest } = await putBlob(library, 'a', bytes);
      await library.mountBlob('b', digest, 'a', signal);
      await library.quarantine?.(digest);
      for (const repository of ['a', 'b']) expect(await library.blob(repository, digest, signal)).toBeUndefined();
    });

    test('moves a tag with the manifest it is put with, and keeps the old manifest', async () => {
      const library = await make();
      const [old, young] = [index([]), image({ layers: [] })];
      await putManifest(library, 'r', old.raw, 'one');
      await putManifest(library, 'r', young.raw, 'one');
      expect((await library.manifest('r', 'one', signal))?.digest).toBe(young.digest);
      expect((await library.manifest('r', old.digest, signal))?.mediaType).toBe(old.mediaType);
    });

    test('deletes a tag alone, and a manifest with its tags', async () => {
      const library = await make();
      const { digest } = await putManifest(library, 'r', index([]).raw, 'one');
      await putManifest(library, 'r', index([]).raw, 'two');
      expect([await library.deleteTag('r', 'one', signal), await library.deleteTag('r', 'one', signal)]).toEqual([
        true,
        false,
      ]);
      expect(await library.manifest('r', digest, signal)).toBeDefined();
      const deletions = [
        await library.deleteManifest('r', digest, signal),
        await library.deleteManifest('r', digest, signal),
      ];
      expect(deletions).toEqual([true, false]);
      expect(await library.manifest('r', 'two', signal)).toBeUndefined();
    });

    test('lists referrers by digest, page by page, of one artifact type if asked', async () => {
      const library = await make();
      const subject = await putManifest(library, 'r', index([]).raw, 'one');
      const about = (seed: string): Promise<Descriptor> =>
        putManifest(library, 'r', image({ seed, extra: { subject, artifactType: `application/${seed}` } }).raw);
      const digests = [await about('a'), await about('b'), await about('c')].map(({ digest }) => digest).toSorted();
      const found = async (type: string | undefined, page: Page): Promise<string[]> =>
        (await library.referrers('r', subject.digest, type, page, signal)).map(({ digest }) => digest);
      expect(await found(undefined, { most: 2 })).toEqual(digests.slice(0, 2));
      expect(await found(undefined, { after: digests[1] ?? '', most: 2 })).toEqual(digests.slice(2));
      expect(await found('application/b', { most: 9 })).toHaveLength(1);
    });

    test('hashes by sha512 when the digest says so, whatever was expected', async () => {
      const library = await make();
      const digest = digestOf(bytes, 'sha512');
      const upload = await library.beginUpload('a', 'sha256', signal);
      await upload.append(bytes, signal);
      await upload.commit(digest, signal);
      expect((await library.blob('a', digest, signal))?.sizeBytes).toBe(10);
    });

    test('stops at a signal that has fired', async () => {
      const library = await make();
      await putBlob(library, 'a', bytes);
      const fired = AbortSignal.abort();
      await expect(library.tags('a', { most: 1 }, fired)).rejects.toMatchObject({ kind: 'cancelled' });
      await expect(library.beginUpload('a', 'sha256', fired)).rejects.toMatchObject({ kind: 'cancelled' });
    });
  });
}
