import * as fc from 'fast-check';
import { describe as suite, expect, test } from 'vitest';
import { HeldContent } from '../../../../electron/engine/copy/held-content.ts';
import { BlobWindow } from '../../../../electron/engine/copy/window.ts';
import { CopyError } from '../../../../electron/engine/kernel/errors.ts';
import type { BlobReader } from '../../../../electron/engine/ports/places.ts';
import { fuzz } from '../../fuzzing.ts';
import { describe } from '../places.ts';

/** Reads to the end, yielding so many turns before each piece. */
async function readAll(reader: BlobReader, pace: readonly number[] = [0]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for await (const piece of reader) {
    pieces.push(piece);
    for (let turns = pace[at++ % pace.length] ?? 0; turns > 0; turns--) await Promise.resolve();
  }
  return Buffer.concat(pieces);
}

/** Writes pieces as a line does: pauses when told, goes on when there is room. Gives the most that was ahead of the slowest. */
async function writeAll(window: BlobWindow, pieces: readonly Uint8Array[]): Promise<void> {
  let resume = (): void => undefined;
  window.onRoom(() => resume());
  for (const piece of pieces) {
    await Promise.resolve();
    if (window.write(piece)) continue;
    const room = Promise.withResolvers<void>();
    resume = room.resolve;
    await room.promise;
  }
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end));
}

const contents = fc.uint8Array({ minLength: 0, maxLength: 400 }).map((bytes) => Buffer.from(bytes));

suite('every reader gets exactly the bytes', () => {
  test('whatever the pieces, the paces, the number of readers and the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.array(fc.nat(500), { maxLength: 30 }),
        fc.array(fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 500 }),
        async (bytes, cuts, paces, limit) => {
          const window = new BlobWindow(describe(bytes), limit);
          const reading = paces.map((pace) => readAll(window.open(), pace));
          await writeAll(window, cut(bytes, cuts));
          for (const got of await Promise.all(reading)) expect(got).toEqual(bytes);
        },
      ),
      fuzz(400),
    );
  });

  test('also when some of them leave on the way', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.array(fc.nat(500), { maxLength: 20 }), fc.nat(8), async (bytes, cuts, after) => {
        const window = new BlobWindow(describe(bytes), 16);
        const leaver = window.open();
        const staying = readAll(window.open());
        const leaving = (async () => {
          let left = after;
          for await (const piece of leaver) if (piece.length > 0 && left-- === 0) break;
          leaver.close();
        })();
        await writeAll(window, cut(bytes, cuts));
        await leaving;
        expect(await staying).toEqual(bytes);
      }),
      fuzz(200),
    );
  });

  test('one byte at a time with a limit of one byte', async () => {
    const bytes = Buffer.from('slowly');
    const window = new BlobWindow(describe(bytes), 1);
    const reading = readAll(window.open());
    await writeAll(window, cut(bytes, [1, 2, 3, 4, 5]));
    expect(await reading).toEqual(bytes);
  });

  test('a piece larger than the limit passes', async () => {
    const bytes = Buffer.alloc(1000, 7);
    const window = new BlobWindow(describe(bytes), 10);
    const reading = readAll(window.open());
    await writeAll(window, cut(bytes, [400, 800]));
    expect(await reading).toEqual(bytes);
  });
});

suite('memory', () => {
  test('is bounded by the limit and one piece, whatever the size', async () => {
    const piece = Buffer.alloc(1000, 1);
    const pieces = Array.from({ length: 500 }, () => piece);
    const bytes = Buffer.concat(pieces);
    const window = new BlobWindow(describe(bytes), 4000);
    const reader = window.open();
    let ahead = 0;
    let taken = 0;
    const reading = (async () => {
      for await (const part of reader) {
        taken += part.length;
        ahead = Math.max(ahead, window.receivedBytes - taken);
      }
    })();
    await writeAll(window, pieces);
    await reading;
    expect(taken).toBe(bytes.length);
    expect(ahead).toBeLessThanOrEqual(5000);
  });

  test('pauses the download while the slowest reader stands still, and goes on when it leaves', async () => {
    const bytes = Buffer.alloc(100, 1);
    const window = new BlobWindow(describe(bytes), 30);
    const still = window.open();
    const reading = readAll(window.open());
    let isWritten = false;
    const writing = writeAll(window, cut(bytes, [10, 20, 30, 40, 50, 60, 70, 80, 90])).then(() => (isWritten = true));
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
    expect(isWritten).toBe(false);
    expect(window.receivedBytes).toBe(30);
    still.close();
    await writing;
    expect(await reading).toEqual(bytes);
  });
});

suite('wrong content never completes', () => {
  const errorOf = async (work: () => unknown): Promise<CopyError> => {
    try {
      await work();
    } catch (thrown) {
      if (thrown instanceof CopyError) return thrown;
    }
    throw new Error('it did not throw a CopyError');
  };

  test('the last byte is withheld until all of it was hashed', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents.filter((bytes) => bytes.length > 0),
        fc.array(fc.nat(500), { maxLength: 10 }),
        fc.nat(),
        async (bytes, cuts, where) => {
          const window = new BlobWindow(describe(bytes), 1000);
          const wrong = Buffer.from(bytes);
          const at = where % wrong.length;
          wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
          const reader = window.open();
          let got = 0;
          const reading = (async () => {
            for await (const piece of reader) got += piece.length;
          })();
          const error = await errorOf(() => writeAll(window, cut(wrong, cuts)));
          window.fail(error);
          expect(await errorOf(() => reading)).toBe(error);
          expect(got).toBeLessThan(bytes.length);
          expect(error).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
          expect(window.whole()).toBeUndefined();
        },
      ),
      fuzz(200),
    );
  });

  test('a byte too many throws before anything of its piece is given out', async () => {
    const window = new BlobWindow(describe(Buffer.from('four')), 100);
    window.write(Buffer.from('fo'));
    expect(await errorOf(() => window.write(Buffer.from('urs')))).toMatchObject({ kind: 'integrity', side: 'source' });
    expect(window.receivedBytes).toBe(2);
  });

  test('an empty blob whose digest is another is refused at once', async () => {
    const descriptor = { ...describe(Buffer.from('x')), size: 0 };
    expect(await errorOf(() => new BlobWindow(descriptor))).toMatchObject({ kind: 'integrity' });
  });

  test('an empty blob is whole from the start', async () => {
    const window = new BlobWindow(describe(Buffer.alloc(0)));
    expect(await readAll(window.open())).toHaveLength(0);
    expect(window.whole()).toHaveLength(0);
  });

  test('a failure reaches readers that wait and those to come', async () => {
    const window = new BlobWindow(describe(Buffer.from('never')));
    const waiting = readAll(window.open());
    const failure = new Error('the source is gone');
    window.fail(failure);
    await expect(waiting).rejects.toBe(failure);
    expect(() => window.open()).toThrow(failure);
    expect(window.holdsBeginning).toBe(false);
  });
});

suite('the beginning', () => {
  const bytes = Buffer.alloc(100, 3);
  const tens = cut(bytes, [10, 20, 30, 40, 50, 60, 70, 80, 90]);

  test('can be read again while it is held', async () => {
    const window = new BlobWindow(describe(bytes), 50);
    const first = window.open();
    for (const piece of tens.slice(0, 3)) window.write(piece);
    await first[Symbol.asyncIterator]().next();
    first.close();
    expect(window.holdsBeginning).toBe(true);
    const again = readAll(window.open());
    await writeAll(window, tens.slice(3));
    expect(await again).toEqual(bytes);
  });

  test('is let go of when room is needed, and then says so', async () => {
    const window = new BlobWindow(describe(bytes), 30);
    const reading = readAll(window.open());
    await writeAll(window, tens);
    await reading;
    expect(window.holdsBeginning).toBe(false);
    expect(() => window.open()).toThrow(expect.objectContaining({ op: 'window.open', advice: { do: 'again' } }));
  });

  test('waits for a slow opener: the others do not overtake it', async () => {
    const window = new BlobWindow(describe(bytes), 30);
    const slow = new HeldContent(window);
    const quick = new HeldContent(window);
    const reading = readAll(quick.open());
    let isWritten = false;
    const writing = writeAll(window, tens).then(() => (isWritten = true));
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
    expect([isWritten, window.holdsBeginning, slow.hasBegun, quick.hasBegun]).toEqual([false, true, false, true]);
    expect(await Promise.all([readAll(slow.open()), reading, writing])).toEqual([bytes, bytes, true]);
  });

  test('does not wait for one that was closed', async () => {
    const window = new BlobWindow(describe(bytes), 30);
    const given = new HeldContent(window);
    const reading = readAll(new HeldContent(window).open());
    given.close();
    await writeAll(window, tens);
    expect(await reading).toEqual(bytes);
  });

  test('of a small blob is given as bytes once it is verified', async () => {
    const window = new BlobWindow(describe(bytes), 1000);
    const content = new HeldContent(window);
    window.write(bytes.subarray(0, 99));
    expect(content.bytes).toBeUndefined();
    window.write(bytes.subarray(99));
    expect(content.bytes).toEqual(bytes);
    expect(content.hasBegun).toBe(true);
  });
});
