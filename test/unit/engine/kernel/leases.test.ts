import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Lease, type LeasePool, Leases } from '../../../../electron/engine/kernel/leases.ts';
import { fuzz } from '../../fuzzing.ts';

const { signal } = new AbortController();

/** A request for leases whose state can be looked at. */
class Request {
  lease: Lease | undefined;
  reason: unknown;
  readonly controller = new AbortController();

  constructor(leases: Leases, pools: readonly LeasePool[]) {
    leases.acquire(pools, this.controller.signal).then(
      (lease) => {
        this.lease = lease;
      },
      (reason: unknown) => {
        this.reason = reason;
      },
    );
  }

  get isGranted(): boolean {
    return this.lease !== undefined;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Leases', () => {
  test('gives as many slots of a pool as it has, then one for each that is given back', async () => {
    const leases = new Leases();
    const pool = { size: 2 };
    const requests = Array.from({ length: 4 }, () => new Request(leases, [pool]));
    await settled();
    expect(requests.map((request) => request.isGranted)).toEqual([true, true, false, false]);
    requests[1]?.lease?.release();
    await settled();
    expect(requests.map((request) => request.isGranted)).toEqual([true, true, true, false]);
  });

  test('gives all pools or none, holding nothing meanwhile', async () => {
    const leases = new Leases();
    const [a, b, c] = [{ size: 1 }, { size: 1 }, { size: 1 }];
    const holder = await leases.acquire([b], signal);
    const wide = new Request(leases, [a, b]);
    const apart = new Request(leases, [c]);
    await settled();
    expect([wide.isGranted, apart.isGranted]).toEqual([false, true]);
    holder.release();
    await settled();
    expect(wide.isGranted).toBe(true);
  });

  test('does not let narrow requests starve a wide one', async () => {
    const leases = new Leases();
    const [a, b] = [{ size: 1 }, { size: 1 }];
    const holder = await leases.acquire([a], signal);
    const wide = new Request(leases, [a, b]);
    const late = new Request(leases, [b]);
    await settled();
    expect([wide.isGranted, late.isGranted]).toEqual([false, false]);
    holder.release();
    await settled();
    expect([wide.isGranted, late.isGranted]).toEqual([true, false]);
    wide.lease?.release();
    await settled();
    expect(late.isGranted).toBe(true);
  });

  test('serves those who want the same pool in the order of asking', async () => {
    const leases = new Leases();
    const pool = { size: 1 };
    const order: number[] = [];
    const first = await leases.acquire([pool], signal);
    const all = [0, 1, 2, 3].map(async (number) => {
      const lease = await leases.acquire([pool], signal);
      order.push(number);
      lease.release();
    });
    first.release();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test('takes a second release for the first', async () => {
    const leases = new Leases();
    const pool = { size: 1 };
    const lease = await leases.acquire([pool], signal);
    lease.release();
    lease.release();
    const requests = [new Request(leases, [pool]), new Request(leases, [pool])];
    await settled();
    expect(requests.map((request) => request.isGranted)).toEqual([true, false]);
  });

  test('gives two slots of a pool named twice, and what there is of a smaller one', async () => {
    const leases = new Leases();
    const [small, large] = [{ size: 1 }, { size: 3 }];
    await leases.acquire([small, small, large, large], signal);
    const requests = [new Request(leases, [large]), new Request(leases, [large]), new Request(leases, [small])];
    await settled();
    expect(requests.map((request) => request.isGranted)).toEqual([true, false, false]);
  });

  test('grants nothing at once when nothing is wanted', async () => {
    await expect(new Leases().acquire([], signal)).resolves.toBeDefined();
  });

  test('rejects a waiter whose signal fires and lets those behind it pass', async () => {
    const leases = new Leases();
    const [a, b] = [{ size: 1 }, { size: 1 }];
    await leases.acquire([a], signal);
    const wide = new Request(leases, [a, b]);
    const behind = new Request(leases, [b]);
    await settled();
    wide.controller.abort('stop');
    await settled();
    expect(wide.reason).toBe('stop');
    expect([wide.isGranted, behind.isGranted]).toEqual([false, true]);
  });

  test('rejects at once when the signal has fired, and takes nothing', async () => {
    const leases = new Leases();
    const pool = { size: 1 };
    await expect(leases.acquire([pool], AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    await expect(leases.acquire([pool], signal)).resolves.toBeDefined();
  });

  test('leaves a granted lease to its holder when the signal fires later', async () => {
    const leases = new Leases();
    const pool = { size: 1 };
    const held = new Request(leases, [pool]);
    const waiting = new Request(leases, [pool]);
    await settled();
    held.controller.abort('stop');
    await settled();
    expect([held.isGranted, held.reason, waiting.isGranted]).toEqual([true, undefined, false]);
    held.lease?.release();
    await settled();
    expect(waiting.isGranted).toBe(true);
  });

  test('never gives more than there is, and ends with everyone served or stopped', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });
    const step = fc.oneof(
      fc.record({
        do: fc.constant('ask' as const),
        pools: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
      }),
      fc.record({ do: fc.constantFrom('release' as const, 'abort' as const), which: fc.nat({ max: 30 }) }),
    );
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(step, { maxLength: 30 }), async (sizes, steps) => {
        const leases = new Leases();
        const pools = sizes.map((size) => ({ size }));
        const requests: { request: Request; wanted: readonly LeasePool[]; isReleased: boolean }[] = [];
        const check = (): void => {
          for (const pool of pools) {
            const held = requests
              .filter(({ request, isReleased }) => request.isGranted && !isReleased)
              .map(({ wanted }) => Math.min(pool.size, wanted.filter((one) => one === pool).length));
            expect(held.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(pool.size);
          }
        };
        const release = (one: (typeof requests)[number] | undefined): void => {
          if (one?.request.isGranted !== true) return;
          one.isReleased = true;
          one.request.lease?.release();
        };
        for (const step of steps) {
          if (step.do === 'ask') {
            const wanted = step.pools.map((at) => pools[at % pools.length]).filter((pool) => pool !== undefined);
            requests.push({ request: new Request(leases, wanted), wanted, isReleased: false });
          } else if (step.do === 'release') release(requests[step.which]);
          else requests[step.which]?.request.controller.abort('stop');
          await settled();
          check();
        }
        // Whoever holds gives back: then all that wait must come through, or somebody waits for somebody in a ring.
        for (let round = 0; round <= requests.length; round++) {
          for (const one of requests) if (!one.isReleased) release(one);
          await settled();
        }
        for (const { request } of requests) expect(request.isGranted || request.reason === 'stop').toBe(true);
        for (const pool of pools) await expect(leases.acquire([pool, pool, pool], signal)).resolves.toBeDefined();
      }),
      fuzz(300),
    );
  });
});
