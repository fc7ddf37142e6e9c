import { beforeEach, describe as suite, expect, test } from 'vitest';
import { Fillings } from '../../../../electron/engine/copy/filling.ts';
import { newDelivery } from '../../../../electron/engine/copy/progress.ts';
import type { TransferTarget } from '../../../../electron/engine/copy/sending.ts';
import { deliverStored, type StoredDeps } from '../../../../electron/engine/copy/stored-delivery.ts';
import { Leases } from '../../../../electron/engine/kernel/leases.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import type { BlobContent } from '../../../../electron/engine/ports/places.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { MemoryCache } from '../../../fakes/memory-cache.ts';
import { errorOf } from '../../error-of.ts';
import { describe, drain, failure, MemoryPlace, pour } from '../places.ts';

const signal = new AbortController().signal;
const large = Buffer.alloc(3 * 1024 * 1024, 4);
const small = Buffer.alloc(2000, 4);
let clock: FakeClock;
let source: MemoryPlace;
let cache: MemoryCache;
let deps: StoredDeps;

beforeEach(() => {
  clock = new FakeClock();
  cache = new MemoryCache();
  source = new MemoryPlace('source.test/a');
  for (const bytes of [large, small]) source.blobs.set(describe(bytes).digest, bytes);
  deps = freshDeps();
});

/** What another job, or another start of the program, would begin with. */
function freshDeps(): StoredDeps {
  const shared = { clock, leases: new Leases(), smallBlobs: { size: 4 }, limits: { retries: 2, waitMs: 100_000 } };
  return {
    ...shared,
    meter: new Meter(),
    brought: { counted: new Set(), underWay: new Set() },
    fillings: new Fillings({ ...shared, cache }),
  };
}

const target = (name: string, bytes: Buffer): TransferTarget & { destination: MemoryPlace } => ({
  destination: new MemoryPlace(name),
  progress: newDelivery(describe(bytes)),
});

const deliver = (to: TransferTarget, bytes: Buffer, stop: AbortSignal = signal): Promise<void> =>
  deliverStored(source, describe(bytes), to, deps, stop);

/** Takes so many bytes, then breaks, so many times. */
function breaks(times: number, after: number, kind: 'timeout' | 'unreachable' = 'timeout') {
  let left = times;
  return async (content: BlobContent, _session: unknown, sent: (bytes: number) => void, stop: AbortSignal) => {
    if (left-- <= 0) return void (await drain(content, sent, stop));
    const reader = content.open();
    let taken = 0;
    for await (const piece of reader) {
      sent(piece.byteLength);
      taken += piece.byteLength;
      if (taken >= after) break;
    }
    reader.close();
    throw failure(kind, 'destination', 'again');
  };
}

suite('a delivery by way of the cache', () => {
  test.each([
    ['a large blob', large],
    ['a small blob', small],
  ])('never asks the source again when uploads break: %s', async (_, bytes) => {
    const one = target('a.test/x', bytes);
    one.destination.behaviour.send = breaks(2, bytes.length);
    await deliver(one, bytes);
    expect(source.count('read')).toBe(1);
    expect(one.destination.count('send')).toBe(3);
    expect(one.destination.count('hasBlob')).toBe(2);
    expect(deps.meter.bytes).toEqual({ received: bytes.length, sent: 3 * bytes.length, reused: 0 });
    expect(cache.blobs.get(describe(bytes).digest)?.equals(bytes)).toBe(true);
  });

  test('feeds three destinations from one read, also when one of them fails half way', async () => {
    const targets = ['a.test/x', 'b.test/x', 'c.test/x'].map((name) => target(name, large));
    const [, shaky] = targets;
    if (shaky !== undefined) shaky.destination.behaviour.send = breaks(1, large.length / 2);
    await Promise.all(targets.map((each) => deliver(each, large)));
    expect(source.count('read')).toBe(1);
    expect(deps.meter.bytes.received).toBe(large.length);
  });

  test('asks the destination before it sends again, and believes it (F-33)', async () => {
    const one = target('a.test/x', large);
    one.destination.behaviour.send = breaks(1, large.length);
    one.destination.behaviour.hasBlob = async () => true;
    await deliver(one, large);
    expect(one.destination.count('send')).toBe(1);
  });

  test('takes from the cache what is there, and counts it as reused once', async () => {
    cache.blobs.set(describe(large).digest, large);
    const targets = ['a.test/x', 'b.test/x'].map((name) => target(name, large));
    for (const each of targets) await deliver(each, large);
    expect(source.count('read')).toBe(0);
    expect(deps.meter.bytes).toEqual({ received: 0, sent: 2 * large.length, reused: large.length });
    expect(targets[0]?.progress).toMatchObject({ receivedBytes: 0, cachedBytes: large.length });
  });

  test('goes on where an earlier job stopped', async () => {
    const held = 1024 * 1024;
    cache.unfinished.set(describe(large).digest, large.subarray(0, held));
    const one = target('a.test/x', large);
    await deliver(one, large);
    expect(source.log).toEqual([`read ${describe(large).digest} ${held}`]);
    expect(deps.meter.bytes).toEqual({ received: large.length - held, sent: large.length, reused: held });
    expect(one.progress).toMatchObject({ receivedBytes: large.length - held, cachedBytes: held });
  });

  test('reads once more from the beginning when what an earlier job left was wrong (F-09)', async () => {
    cache.unfinished.set(describe(large).digest, Buffer.alloc(1024 * 1024, 5));
    await deliver(target('a.test/x', large), large);
    expect(source.log.map((line) => line.split(' ')[2])).toEqual([String(1024 * 1024), '0']);
    expect(deps.meter.bytes.reused).toBe(0);
  });

  test('gives wrong content up after the second time and keeps none of it', async () => {
    source.blobs.set(describe(large).digest, Buffer.alloc(large.length, 5));
    const error = await errorOf(deliver(target('a.test/x', large), large));
    expect(error).toMatchObject({ kind: 'integrity', side: 'source' });
    expect(source.count('read')).toBe(2);
    expect(cache.blobs.size).toBe(0);
  });

  test('fetches anew what rotted in the cache', async () => {
    cache.blobs.set(describe(large).digest, Buffer.alloc(large.length, 5));
    const one = target('a.test/x', large);
    await deliver(one, large);
    expect(source.count('read')).toBe(1);
    expect(one.destination.blobs.get(describe(large).digest)?.equals(large)).toBe(true);
  });

  test('keeps what came when it is cancelled, and lets the source go', async () => {
    const controller = new AbortController();
    source.behaviour.read = async (_, from, sink, stop) => {
      await pour(large.subarray(from, from + 1024 * 1024), sink, 65_536, stop);
      await new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
    };
    const one = target('a.test/x', large);
    one.destination.behaviour.send = (_content, _session, _sent, stop) =>
      new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
    const delivering = deliver(one, large, controller.signal);
    await clock.advance(10);
    controller.abort();
    expect((await errorOf(delivering)).kind).toBe('cancelled');
    await clock.advance(10);
    expect(cache.unfinished.get(describe(large).digest)?.byteLength).toBe(1024 * 1024);
    const all = Array.from({ length: 6 }, () => source.leases);
    (await deps.leases.acquire(all, AbortSignal.timeout(100))).release();
  });

  test('waits for a source that is gone with nothing held, and then goes on where it stopped', async () => {
    let reads = 0;
    const offsets: number[] = [];
    source.behaviour.read = async (_, from, sink, stop) => {
      offsets.push(from);
      if (++reads === 1) await pour(large.subarray(0, 1024 * 1024), sink, 65_536, stop);
      if (reads <= 40) {
        await clock.advance(2000);
        throw failure('unreachable', 'source', 'again');
      }
      await pour(large.subarray(from), sink, 65_536, stop);
    };
    const one = target('a.test/x', large);
    await deliver(one, large);
    expect(new Set(offsets.slice(1))).toEqual(new Set([1024 * 1024]));
    expect(one.destination.blobs.get(describe(large).digest)?.equals(large)).toBe(true);
    expect(deps.meter.bytes.received).toBe(large.length);
  });

  test('gives a destination up after its retries, says how often it tried, and keeps no lease', async () => {
    const one = target('a.test/x', large);
    one.destination.behaviour.send = breaks(100, 1);
    const error = await errorOf(deliver(one, large));
    expect(error).toMatchObject({ kind: 'timeout', side: 'destination', attempts: 3 });
    const all = Array.from({ length: 6 }, () => one.destination.leases);
    (await deps.leases.acquire(all, AbortSignal.timeout(100))).release();
  });

  test.each([
    ['at the beginning', 'room'],
    ['in the middle', 'fullAfter'],
  ] as const)('says that there is no room when there is none: %s', async (_, where) => {
    cache[where] = 1024 * 1024;
    expect(await errorOf(deliver(target('a.test/x', large), large))).toMatchObject({ kind: 'disk', side: 'local' });
  });

  test('delivers a small blob although the cache has no room for it', async () => {
    cache.room = 100;
    const one = target('a.test/x', small);
    await deliver(one, small);
    expect(one.destination.blobs.size).toBe(1);
    expect(cache.blobs.size).toBe(0);
  });
});
