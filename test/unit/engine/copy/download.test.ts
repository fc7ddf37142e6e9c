import { describe as suite, expect, test } from 'vitest';
import { download, progressBytes } from '../../../../electron/engine/copy/download.ts';
import { BlobWindow } from '../../../../electron/engine/copy/window.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { errorOf } from '../../error-of.ts';
import { describe, failure, MemoryPlace, pour } from '../places.ts';

const signal = new AbortController().signal;
const limits = { retries: 2, waitMs: 60_000 };
const bytes = Buffer.alloc(5 * progressBytes, 9);
const blob = describe(bytes);

/** A source whose answer ends after so many bytes, each time it is asked. */
function cutSource(...cuts: number[]): MemoryPlace {
  const place = new MemoryPlace('source.test/a');
  place.behaviour = {
    read: async (_, from, sink) => {
      const cut = cuts.shift() ?? bytes.length;
      await pour(bytes.subarray(from, from + cut), sink, 10_000, signal);
      if (from + cut < bytes.length) throw failure('timeout', 'source', 'again');
    },
  };
  return place;
}

suite('a download', () => {
  test('that breaks goes on where it broke and counts every byte once', async () => {
    const source = cutSource(100_000, 50_000, 70_000);
    const window = new BlobWindow(blob, 2 * bytes.length);
    let received = 0;
    await download(source, window, (count) => (received += count), limits, new FakeClock(), signal);
    expect(source.log).toEqual(['0', '100000', '150000', '220000'].map((from) => `read ${blob.digest} ${from}`));
    expect(received).toBe(bytes.length);
    expect(Buffer.compare(window.whole() ?? Buffer.alloc(0), bytes)).toBe(0);
  });

  test('goes on as often as it gets further', async () => {
    const source = cutSource(...Array.from({ length: 4 }, () => progressBytes));
    const window = new BlobWindow(blob, 2 * bytes.length);
    await download(source, window, () => undefined, { retries: 1, waitMs: 0 }, new FakeClock(), signal);
    expect(Buffer.compare(window.whole() ?? Buffer.alloc(0), bytes)).toBe(0);
  });

  test('that only trickles is given up after its retries', async () => {
    const source = cutSource(...Array.from({ length: 100 }, () => 10));
    source.behaviour.read = async (_, from, sink) => {
      await pour(bytes.subarray(from, from + 10), sink, 10, signal);
      throw failure('timeout', 'source', 'again');
    };
    const window = new BlobWindow(blob);
    const error = await errorOf(download(source, window, () => undefined, limits, new FakeClock(), signal));
    expect(error).toMatchObject({ kind: 'timeout', attempts: 3 });
    expect(source.count('read')).toBe(3);
  });

  test('that ends early without an error counts as wrong content', async () => {
    const source = new MemoryPlace('source.test/a');
    source.behaviour.read = async () => undefined;
    const error = await errorOf(
      download(source, new BlobWindow(blob), () => undefined, limits, new FakeClock(), signal),
    );
    expect(error).toMatchObject({ kind: 'integrity', side: 'source', attempts: 3 });
  });

  test('of wrong bytes is not tried again here', async () => {
    const source = new MemoryPlace('source.test/a');
    source.blobs.set(blob.digest, Buffer.alloc(bytes.length, 8));
    const window = new BlobWindow(blob, 2 * bytes.length);
    const error = await errorOf(download(source, window, () => undefined, limits, new FakeClock(), signal));
    expect(error.kind).toBe('integrity');
    expect(source.count('read')).toBe(1);
  });

  test('of an empty blob asks nobody', async () => {
    const source = new MemoryPlace('source.test/a');
    const empty = describe(Buffer.alloc(0));
    await download(source, new BlobWindow(empty), () => undefined, limits, new FakeClock(), signal);
    expect(source.log).toEqual([]);
  });

  test('waits for a host that is gone as long as it is told to, and no longer', async () => {
    const clock = new FakeClock();
    const source = new MemoryPlace('source.test/a');
    source.behaviour.read = async () => {
      await clock.advance(1000);
      throw failure('unreachable', 'source', 'again');
    };
    const window = new BlobWindow(blob);
    await errorOf(download(source, window, () => undefined, { retries: 0, waitMs: 30_000 }, clock, signal));
    expect(source.count('read')).toBe(31);
  });
});
