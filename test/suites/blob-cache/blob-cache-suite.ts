import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlobCache, Ingest } from '../../../electron/engine/ports/blob-cache.ts';
import { errorOf } from '../../unit/error-of.ts';
import { fuzz } from '../../unit/fuzzing.ts';
import { describeBytes, readAll, readBlob, sample, takeIn, unending, writeIn } from '../../unit/engine/cache/caches.ts';

const bytes = sample(30_000);
const blob = describeBytes(bytes);

/** The bytes with their last bit the other way round. */
function bent(original: Buffer): Buffer {
  const copy = Buffer.from(original);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

/** Writes until it throws; gives what was thrown. */
async function refused(ingest: Ingest, wrong: Buffer): Promise<unknown> {
  return writeIn(ingest, wrong).then(
    () => expect.fail('everything was taken in'),
    (thrown: unknown) => thrown,
  );
}

/** What a new writer of the blob need not fetch. */
async function receivedAtFirst(cache: BlobCache): Promise<number> {
  const ingest = await cache.ingest(blob, unending);
  const { receivedBytes } = ingest;
  await ingest.suspend(new Error('stopped'));
  return receivedBytes;
}

/** What every BlobCache must do; `make` gives an empty one that can hold a few MiB. */
export function describeBlobCache(name: string, make: () => Promise<BlobCache>): void {
  describe(name, () => {
    test('gives back what was taken in', async () => {
      const cache = await make();
      expect(await cache.find(blob, unending)).toBeUndefined();
      expect(await cache.heldBytes(blob)).toBe(0);
      await takeIn(cache, bytes);
      expect(await cache.heldBytes(blob)).toBe(bytes.length);
      expect(await readBlob(cache, blob)).toEqual(bytes);
    });

    test('takes a blob of no bytes', async () => {
      const cache = await make();
      const empty = await takeIn(cache, Buffer.alloc(0));
      expect(await readBlob(cache, empty)).toEqual(Buffer.alloc(0));
    });

    test('refuses a descriptor of no bytes with the digest of some', async () => {
      const cache = await make();
      const error = await errorOf(cache.ingest({ ...blob, size: 0 }, unending));
      expect(error).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
    });

    test('takes a blob named by sha512', async () => {
      const cache = await make();
      const named = describeBytes(bytes, 'sha512');
      const ingest = await cache.ingest(named, unending);
      await writeIn(ingest, bytes);
      await ingest.commit(unending);
      expect(await readBlob(cache, named)).toEqual(bytes);
      expect(await cache.find(blob, unending)).toBeUndefined();
    });

    test('gives every reader exactly the bytes, whenever it comes and however slow it is', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(12_000),
          fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 8 }),
          fc.array(fc.record({ fromPiece: fc.nat(20), turns: fc.nat(40) }), { minLength: 1, maxLength: 5 }),
          async (size, cuts, readers) => {
            const cache = await make();
            const content = sample(size, cuts.length);
            const ingest = await cache.ingest(describeBytes(content), unending);
            const reading: Promise<Buffer>[] = [];
            const slowly = async (turns: number): Promise<Buffer> => {
              const pieces: Uint8Array[] = [];
              const reader = ingest.open();
              for await (const piece of reader) {
                pieces.push(piece);
                for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
              }
              return Buffer.concat(pieces);
            };
            for (let at = 0, piece = 0; at < size || piece === 0; piece++) {
              for (const { fromPiece, turns } of readers) if (fromPiece === piece) reading.push(slowly(turns));
              const length = cuts[piece % cuts.length] ?? 1;
              await writeIn(ingest, content.subarray(at, at + length), length);
              at += length;
            }
            reading.push(slowly(1));
            await ingest.commit(unending);
            reading.push(slowly(0));
            for (const got of await Promise.all(reading)) expect(got.equals(content)).toBe(true);
          },
        ),
        fuzz(60),
      );
    });

    test('withholds the last piece of other bytes from every reader, and keeps none of them', async () => {
      const cache = await make();
      const ingest = await cache.ingest(blob, unending);
      const reader = ingest.open();
      let gotBytes = 0;
      const reading = (async (): Promise<void> => {
        for await (const piece of reader) gotBytes += piece.byteLength;
      })();
      const told = errorOf(reading);
      expect(await refused(ingest, bent(bytes))).toMatchObject({ kind: 'integrity', side: 'source' });
      expect(await told).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
      expect(gotBytes).toBeLessThan(bytes.length);
      await ingest.suspend(new Error('wrong'));
      expect(await cache.heldBytes(blob)).toBe(0);
      expect(await cache.find(blob, unending)).toBeUndefined();
    });

    test('refuses more bytes than the blob has, and keeps none of them', async () => {
      const cache = await make();
      const ingest = await cache.ingest(blob, unending);
      const error = await refused(ingest, Buffer.concat([bytes.subarray(0, -1), Buffer.from('ab')]));
      expect(error).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
      await ingest.suspend(new Error('wrong'));
      expect(await receivedAtFirst(cache)).toBe(0);
    });

    test('begins again after wrong bytes', async () => {
      const cache = await make();
      const ingest = await cache.ingest(blob, unending);
      await refused(ingest, bent(bytes));
      await ingest.restart();
      expect(ingest.receivedBytes).toBe(0);
      await writeIn(ingest, bytes);
      await ingest.commit(unending);
      expect(await readBlob(cache, blob)).toEqual(bytes);
    });

    test('tells readers to come again when the writer begins again', async () => {
      const cache = await make();
      const ingest = await cache.ingest(blob, unending);
      const told = errorOf(readAll(ingest.open()));
      await writeIn(ingest, bytes.subarray(0, 5000));
      await ingest.restart();
      expect((await told).advice).toEqual({ do: 'again' });
      const reading = readAll(ingest.open());
      await writeIn(ingest, bytes);
      await ingest.commit(unending);
      expect(await reading).toEqual(bytes);
    });

    test('goes on where a writer that was stopped left off', async () => {
      const cache = await make();
      const first = await cache.ingest(blob, unending);
      const told = readAll(first.open()).catch((thrown: unknown) => thrown);
      const reason = new Error('the line broke');
      await writeIn(first, bytes.subarray(0, 12_345));
      await first.suspend(reason);
      expect(await told).toBe(reason);
      expect(await cache.heldBytes(blob)).toBe(12_345);
      const second = await cache.ingest(blob, unending);
      expect(second.receivedBytes).toBe(12_345);
      const reading = readAll(second.open());
      await writeIn(second, bytes.subarray(12_345));
      await second.commit(unending);
      expect(await reading).toEqual(bytes);
    });

    test('commits a blob all of whose bytes an earlier writer left', async () => {
      const cache = await make();
      const first = await cache.ingest(blob, unending);
      await writeIn(first, bytes);
      await first.suspend(new Error('stopped'));
      const second = await cache.ingest(blob, unending);
      expect(second.receivedBytes).toBe(bytes.length);
      await second.commit(unending);
      expect(await readBlob(cache, blob)).toEqual(bytes);
    });

    test('refuses to commit what is not whole', async () => {
      const cache = await make();
      const ingest = await cache.ingest(blob, unending);
      await writeIn(ingest, bytes.subarray(0, 100));
      await errorOf(ingest.commit(unending));
      expect(await cache.find(blob, unending)).toBeUndefined();
    });

    test('stops a commit that is called off, and keeps the bytes', async () => {
      const cache = await make();
      const ingest = await cache.ingest(blob, unending);
      await writeIn(ingest, bytes);
      expect((await errorOf(ingest.commit(AbortSignal.abort()))).kind).toBe('cancelled');
      expect(await receivedAtFirst(cache)).toBe(bytes.length);
    });

    test('ends a wait for more when the reader is closed', async () => {
      const cache = await make();
      const ingest = await cache.ingest(blob, unending);
      const reader = ingest.open();
      const reading = readAll(reader);
      await new Promise(setImmediate);
      reader.close();
      expect(await reading).toHaveLength(0);
      await ingest.suspend(new Error('stopped'));
    });

    test('lets a blob be read many times at once, and closed twice', async () => {
      const cache = await make();
      await takeIn(cache, bytes);
      const found = await cache.find(blob, unending);
      const all = await Promise.all(
        Array.from({ length: 50 }, () => readAll(found?.open() ?? expect.fail('not found'))),
      );
      for (const got of all) expect(got.equals(bytes)).toBe(true);
      found?.close();
      found?.close();
    });

    test('has room for what it takes in', async () => {
      const cache = await make();
      expect(await cache.roomBytes()).toBeGreaterThan(bytes.length);
    });
  });
}
