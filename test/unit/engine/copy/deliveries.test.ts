import { beforeEach, describe as suite, expect, test } from 'vitest';
import { Deliveries, type DeliveryDeps } from '../../../../electron/engine/copy/deliveries.ts';
import type { DeliveryWish } from '../../../../electron/engine/copy/delivery.ts';
import { newDelivery } from '../../../../electron/engine/copy/progress.ts';
import { CopyError } from '../../../../electron/engine/kernel/errors.ts';
import { Leases } from '../../../../electron/engine/kernel/leases.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { errorOf } from '../../error-of.ts';
import { describe, drain, failure, MemoryPlace } from '../places.ts';

const signal = new AbortController().signal;
const bytes = Buffer.alloc(70_000, 5);
const blob = describe(bytes);
let meter: Meter;
let clock: FakeClock;
let source: MemoryPlace;

function deps(isForced = false): DeliveryDeps {
  const limits = { retries: 2, waitMs: 1000 };
  return { clock, meter, limits, leases: new Leases(), smallBlobs: { size: 4 }, isForced };
}

const wish = (destination: MemoryPlace): DeliveryWish => ({ destination, progress: newDelivery(blob) });
const kinds = (outcomes: readonly unknown[]): unknown[] =>
  outcomes.map((outcome) => (outcome instanceof CopyError ? outcome.kind : outcome));
const session = (name: string) => ({ location: new URL(`http://upload.test/${name}`) });

beforeEach(() => {
  meter = new Meter();
  clock = new FakeClock();
  source = new MemoryPlace('source.test/a');
  source.blobs.set(blob.digest, bytes);
});

suite('one digest', () => {
  test('is read once for all destinations that lack it, and not for one that has it', async () => {
    const places = ['a.test/x', 'b.test/x', 'c.test/x'].map((name) => new MemoryPlace(name));
    places[1]?.blobs.set(blob.digest, bytes);
    const deliveries = new Deliveries(deps());
    const outcomes = await deliveries.deliver(source, blob, places.map(wish), signal);
    expect(outcomes).toEqual(['sent', 'present', 'sent']);
    expect(source.count('read')).toBe(1);
    expect(deliveries.counts).toEqual({ sent: 2, mounted: 0, present: 1 });
    expect(meter.bytes).toEqual({ received: bytes.length, sent: 2 * bytes.length, reused: bytes.length });
  });

  test('is sent once a host and mounted in its other repositories, however they come', async () => {
    const places = Array.from({ length: 8 }, (_, at) => new MemoryPlace(`one.test/repo-${at}`));
    const deliveries = new Deliveries(deps());
    const [first, ...rest] = await Promise.all(
      places.map((place) => deliveries.deliver(source, blob, [wish(place)], signal)),
    );
    expect(first).toEqual(['sent']);
    expect(rest.flat()).toEqual(rest.map(() => 'mounted'));
    expect(places.reduce((sum, place) => sum + place.count('send'), 0)).toBe(1);
    expect(source.count('read')).toBe(1);
    expect(meter.bytes.reused).toBe(7 * bytes.length);
  });

  test('is brought once to a repository that several images want it in', async () => {
    const place = new MemoryPlace('one.test/a');
    const deliveries = new Deliveries(deps());
    const outcomes = await Promise.all([1, 2, 3].map(() => deliveries.deliver(source, blob, [wish(place)], signal)));
    expect(outcomes.flat()).toEqual(['sent', 'present', 'present']);
    expect(place.log).toEqual([`hasBlob ${blob.digest}`, 'send']);
    expect(deliveries.counts).toEqual({ sent: 1, mounted: 0, present: 0 });
  });

  test('is mounted from the source repository when both are on one host', async () => {
    const place = new MemoryPlace('source.test/b');
    const outcomes = await new Deliveries(deps()).deliver(source, blob, [wish(place)], signal);
    expect(outcomes).toEqual(['mounted']);
    expect(place.log).toEqual(['mount a']);
  });

  test('is sent although it is there when that is forced, and mounted in other repositories', async () => {
    const places = ['one.test/a', 'one.test/b'].map((name) => new MemoryPlace(name));
    for (const place of places) place.blobs.set(blob.digest, bytes);
    const outcomes = await new Deliveries(deps(true)).deliver(source, blob, places.map(wish), signal);
    expect(outcomes).toEqual(['sent', 'mounted']);
  });
});

suite('a mount', () => {
  test('that is not made leaves its session to the upload', async () => {
    const place = new MemoryPlace('source.test/b');
    place.behaviour.mount = async () => session('from-mount');
    expect(await new Deliveries(deps()).deliver(source, blob, [wish(place)], signal)).toEqual(['sent']);
    expect(place.log).toEqual(['mount a', 'send into /from-mount']);
    expect(place.dropped).toEqual([]);
  });

  test.each(['refused', 'unavailable', 'forbidden'] as const)('that fails as %s is no reason to fail', async (kind) => {
    const place = new MemoryPlace('source.test/b');
    place.behaviour.mount = async () => {
      throw failure(kind, 'destination', 'again');
    };
    expect(await new Deliveries(deps()).deliver(source, blob, [wish(place)], signal)).toEqual(['sent']);
  });

  test('is tried from two repositories at most', async () => {
    const deliveries = new Deliveries(deps());
    const places = Array.from({ length: 6 }, (_, at) => new MemoryPlace(`one.test/repo-${at}`));
    for (const place of places) place.behaviour.mount = async () => false;
    for (const place of places) await deliveries.deliver(source, blob, [wish(place)], signal);
    expect(places.map((place) => place.count('mount'))).toEqual([0, 1, 2, 2, 2, 2]);
    expect(deliveries.counts.sent).toBe(6);
  });

  test('whose session is not used any more is ended', async () => {
    const controller = new AbortController();
    const place = new MemoryPlace('source.test/b');
    place.behaviour.mount = async () => {
      controller.abort();
      return session('unused');
    };
    await errorOf(new Deliveries(deps()).deliver(source, blob, [wish(place)], controller.signal));
    expect(place.dropped).toEqual(['/unused']);
  });
});

suite('a failure', () => {
  test('of one destination is its own', async () => {
    const [bad, good] = [new MemoryPlace('a.test/x'), new MemoryPlace('b.test/x')];
    bad.behaviour.send = async () => {
      throw failure('full', 'destination');
    };
    const wishes = [wish(bad), wish(good)];
    expect(kinds(await new Deliveries(deps()).deliver(source, blob, wishes, signal))).toEqual(['full', 'sent']);
    expect(wishes.map(({ progress }) => progress.phase)).toEqual(['failed', 'sent']);
  });

  test('is forgotten: the next who asks begins anew', async () => {
    const place = new MemoryPlace('a.test/x');
    let tries = 0;
    place.behaviour.send = async (content, _, sent, stop) => {
      if (tries++ === 0) throw failure('refused', 'destination');
      await drain(content, sent, stop);
    };
    const deliveries = new Deliveries(deps());
    expect(kinds(await deliveries.deliver(source, blob, [wish(place)], signal))).toEqual(['refused']);
    expect(await deliveries.deliver(source, blob, [wish(place)], signal)).toEqual(['sent']);
    expect(deliveries.counts).toEqual({ sent: 1, mounted: 0, present: 0 });
  });

  test('of the source is not the one of another source', async () => {
    const poor = new MemoryPlace('poor.test/a');
    const place = new MemoryPlace('a.test/x');
    const deliveries = new Deliveries(deps());
    const outcomes = await Promise.all(
      [poor, source].map((from) => deliveries.deliver(from, blob, [wish(place)], signal)),
    );
    expect(kinds(outcomes.flat())).toEqual(['missing-content', 'sent']);
  });

  test('of the one that sends lets the next repository of the host send', async () => {
    const [first, second] = [new MemoryPlace('one.test/a'), new MemoryPlace('one.test/b')];
    first.behaviour.send = async () => {
      throw failure('refused', 'destination');
    };
    const outcomes = await new Deliveries(deps()).deliver(source, blob, [wish(first), wish(second)], signal);
    expect(kinds(outcomes)).toEqual(['refused', 'sent']);
  });
});

suite('what a registry says it lost', () => {
  test('is brought again and counted as before', async () => {
    const place = new MemoryPlace('a.test/x');
    const deliveries = new Deliveries(deps());
    await deliveries.deliver(source, blob, [wish(place)], signal);
    deliveries.forget(place, [blob]);
    const row = wish(place);
    expect(await deliveries.deliver(source, blob, [row], signal)).toEqual(['sent']);
    expect(place.count('send')).toBe(1);
    place.blobs.clear();
    deliveries.forget(place, [blob]);
    await deliveries.deliver(source, blob, [row], signal);
    expect(place.count('send')).toBe(2);
    expect(deliveries.counts).toEqual({ sent: 1, mounted: 0, present: 0 });
    expect(meter.bytes.reused).toBe(0);
  });

  test('that was there before is counted as sent once it was sent', async () => {
    const place = new MemoryPlace('a.test/x');
    place.blobs.set(blob.digest, bytes);
    const deliveries = new Deliveries(deps());
    await deliveries.deliver(source, blob, [wish(place)], signal);
    expect(meter.bytes.reused).toBe(bytes.length);
    place.blobs.clear();
    deliveries.forget(place, [blob]);
    await deliveries.deliver(source, blob, [wish(place)], signal);
    expect(deliveries.counts).toEqual({ sent: 1, mounted: 0, present: 0 });
    expect(meter.bytes.reused).toBe(0);
  });
});

suite('waiting for others', () => {
  test('a destination that does not say whether it has the blob is waited for five seconds', async () => {
    const [quick, mute] = [new MemoryPlace('a.test/x'), new MemoryPlace('b.test/x')];
    const said = Promise.withResolvers<boolean>();
    mute.behaviour.hasBlob = () => said.promise;
    const delivering = new Deliveries(deps()).deliver(source, blob, [wish(quick), wish(mute)], signal);
    await clock.advance(4999);
    expect(source.count('read')).toBe(0);
    await clock.advance(1);
    expect(quick.blobs.has(blob.digest)).toBe(true);
    said.resolve(false);
    expect(await delivering).toEqual(['sent', 'sent']);
    expect(source.count('read')).toBe(2);
    expect(clock.scheduled).toBe(0);
  });

  test('a cancel ends all of it and leaves no timer', async () => {
    const controller = new AbortController();
    const [quick, mute] = [new MemoryPlace('a.test/x'), new MemoryPlace('b.test/x')];
    mute.behaviour.hasBlob = (_, stop) =>
      new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(failure('cancelled', 'local'))));
    const delivering = new Deliveries(deps()).deliver(source, blob, [wish(quick), wish(mute)], controller.signal);
    await clock.advance(10);
    controller.abort();
    expect((await errorOf(delivering)).kind).toBe('cancelled');
    expect(clock.scheduled).toBe(0);
  });
});
