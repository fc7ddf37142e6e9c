import { beforeEach, describe as suite, expect, test } from 'vitest';
import type { TransferDeps } from '../../../../electron/engine/copy/pass.ts';
import type { TransferTarget } from '../../../../electron/engine/copy/sending.ts';
import { newDelivery } from '../../../../electron/engine/copy/progress.ts';
import { transfer } from '../../../../electron/engine/copy/transfer.ts';
import { Leases } from '../../../../electron/engine/kernel/leases.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import type { BlobContent } from '../../../../electron/engine/ports/places.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { errorOf } from '../../error-of.ts';
import { describe, drain, failure, MemoryPlace, pour } from '../places.ts';

const signal = new AbortController().signal;
const large = Buffer.alloc(9 * 1024 * 1024, 4);
const small = Buffer.alloc(2000, 4);
let clock: FakeClock;
let source: MemoryPlace;
let deps: TransferDeps;

beforeEach(() => {
  clock = new FakeClock();
  source = new MemoryPlace('source.test/a');
  for (const bytes of [large, small]) source.blobs.set(describe(bytes).digest, bytes);
  const limits = { retries: 2, waitMs: 100_000 };
  deps = { clock, leases: new Leases(), smallBlobs: { size: 4 }, meter: new Meter(), limits };
});

const target = (name: string, bytes: Buffer): TransferTarget & { destination: MemoryPlace } => ({
  destination: new MemoryPlace(name),
  progress: newDelivery(describe(bytes)),
});

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

suite('a transfer', () => {
  test('gives its leases back while a destination is gone, and waits as long as it is told to', async () => {
    const one = target('a.test/x', large);
    let isFree = true;
    one.destination.behaviour.hasBlob = async () => {
      const all = Array.from({ length: 6 }, () => one.destination.leases);
      await deps.leases.acquire(all, AbortSignal.abort()).catch(() => undefined);
      const lease = await Promise.race([deps.leases.acquire(all, signal), clock.sleep(0, signal)]);
      isFree &&= lease !== undefined;
      lease?.release();
      await clock.advance(30_000);
      return false;
    };
    one.destination.behaviour.send = breaks(100, 1, 'unreachable');
    const [error] = (await transfer(source, describe(large), [one], deps, signal)).values();
    expect(error).toMatchObject({ kind: 'unreachable', side: 'destination' });
    expect(one.destination.count('send')).toBe(5);
    expect(isFree).toBe(true);
  });

  test('feeds all targets of a large blob by one read, the slow one too', async () => {
    const targets = ['a.test/x', 'b.test/x', 'c.test/x'].map((name) => target(name, large));
    const slow = targets[1];
    if (slow !== undefined) {
      slow.destination.behaviour.send = async (content, _, sent, stop) => {
        for (let turn = 0; turn < 500; turn++) await Promise.resolve();
        slow.destination.blobs.set(content.descriptor.digest, await drain(content, sent, stop));
      };
    }
    const outcome = await transfer(source, describe(large), targets, deps, signal);
    expect([...outcome.values()]).toEqual([undefined, undefined, undefined]);
    expect(source.count('read')).toBe(1);
    for (const { destination } of targets)
      expect(destination.blobs.get(describe(large).digest)?.equals(large)).toBe(true);
    expect(deps.meter.bytes).toEqual({ received: large.length, sent: 3 * large.length, reused: 0 });
  });

  test('does not ask the source again when the upload of a small blob breaks', async () => {
    const one = target('a.test/x', small);
    one.destination.behaviour.send = breaks(2, 1);
    expect([...(await transfer(source, describe(small), [one], deps, signal)).values()]).toEqual([undefined]);
    expect(source.count('read')).toBe(1);
    expect(one.destination.count('hasBlob')).toBe(2);
  });

  test('asks the destination before it sends again, and believes it (F-33)', async () => {
    const one = target('a.test/x', large);
    one.destination.behaviour.send = breaks(1, large.length);
    one.destination.behaviour.hasBlob = async () => true;
    expect([...(await transfer(source, describe(large), [one], deps, signal)).values()]).toEqual([undefined]);
    expect(one.destination.count('send')).toBe(1);
  });

  test('lets one that broke late begin again alone, and the other is not sent to twice', async () => {
    const [shaky, steady] = [target('a.test/x', large), target('b.test/x', large)];
    shaky.destination.behaviour.send = breaks(1, 8 * 1024 * 1024);
    const outcome = await transfer(source, describe(large), [shaky, steady], deps, signal);
    expect([...outcome.values()]).toEqual([undefined, undefined]);
    expect(source.count('read')).toBe(2);
    expect(steady.destination.count('send')).toBe(1);
  });

  test('gives up after its retries, says how often it tried, and keeps no lease', async () => {
    const one = target('a.test/x', large);
    one.destination.behaviour.send = breaks(100, 70_000);
    const [error] = (await transfer(source, describe(large), [one], deps, signal)).values();
    expect(error).toMatchObject({ kind: 'timeout', side: 'destination', attempts: 3 });
    const all = Array.from({ length: 6 }, () => source.leases);
    (await deps.leases.acquire(all, AbortSignal.timeout(100))).release();
  });

  test('tries wrong content once more and blames the source', async () => {
    source.blobs.set(describe(large).digest, Buffer.alloc(large.length, 5));
    const targets = [target('a.test/x', large), target('b.test/x', large)];
    const outcome = await transfer(source, describe(large), targets, deps, signal);
    for (const error of outcome.values()) expect(error).toMatchObject({ kind: 'integrity', side: 'source' });
    expect(source.count('read')).toBe(2);
  });

  test('waits for a source that is gone without holding a lease all the while', async () => {
    const digest = describe(large).digest;
    let reads = 0;
    source.behaviour.read = async (_, from, sink, stop) => {
      if (++reads <= 40) {
        await clock.advance(2000);
        throw failure('unreachable', 'source', 'again');
      }
      await pour(source.blobs.get(digest)?.subarray(from) ?? small, sink, 65_536, stop);
    };
    const one = target('a.test/x', large);
    expect([...(await transfer(source, describe(large), [one], deps, signal)).values()]).toEqual([undefined]);
    // given back after a minute and taken anew
    expect(one.destination.count('send')).toBe(2);
  });

  test('does not let a destination that never begins hold up another', async () => {
    const [mute, quick] = [target('a.test/x', large), target('b.test/x', large)];
    let calls = 0;
    mute.destination.behaviour.send = async (content, _, sent, stop) => {
      if (calls++ > 0) await drain(content, sent, stop);
      else await new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
    };
    const transferring = transfer(source, describe(large), [mute, quick], deps, signal);
    await clock.advance(59_000);
    expect(quick.destination.blobs.size).toBe(0);
    await clock.advance(2000);
    expect([...(await transferring).values()]).toEqual([undefined, undefined]);
    expect(source.count('read')).toBe(2);
    expect(clock.scheduled).toBe(0);
  });

  test('ends at once when it is cancelled, and every upload with it', async () => {
    const controller = new AbortController();
    const targets = [target('a.test/x', large), target('b.test/x', large)];
    for (const { destination } of targets) {
      destination.behaviour.send = (_content, _session, _sent, stop) =>
        new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
    }
    const transferring = transfer(source, describe(large), targets, deps, controller.signal);
    await clock.advance(10);
    controller.abort();
    expect((await errorOf(transferring)).kind).toBe('cancelled');
    expect(clock.scheduled).toBe(0);
  });
});
