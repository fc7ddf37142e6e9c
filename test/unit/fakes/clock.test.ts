import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../fakes/clock.ts';

const { signal } = new AbortController();

describe('FakeClock', () => {
  test('wakes sleepers in the order of their times, also those that sleep again within', async () => {
    const clock = new FakeClock();
    const woken: string[] = [];
    const sleeper = async (name: string, ...delays: number[]): Promise<void> => {
      for (const delayMs of delays) {
        await clock.sleep(delayMs, signal);
        woken.push(`${name} ${clock.monotonicMs()}`);
      }
    };
    const all = Promise.all([sleeper('a', 30, 30), sleeper('b', 10, 10, 10), sleeper('c', 100)]);
    await clock.advance(60);
    expect(woken).toEqual(['b 10', 'b 20', 'a 30', 'b 30', 'a 60']);
    expect(clock.sleepers).toBe(1);
    expect(clock.nextInMs).toBe(40);
    await clock.advance(40);
    await all;
    expect(clock.sleptMs.toSorted((x, y) => x - y)).toEqual([10, 10, 10, 30, 30, 100]);
  });

  test('stands still until it is told to go on', async () => {
    const clock = new FakeClock();
    let isAwake = false;
    void clock.sleep(1, signal).then(() => {
      isAwake = true;
    });
    await clock.advance(0.5);
    expect(isAwake).toBe(false);
    await clock.advance(0.5);
    expect(isAwake).toBe(true);
  });

  test('steps wall time without moving monotonic time or waking anyone', async () => {
    const clock = new FakeClock(1_000);
    void clock.sleep(10, signal);
    clock.stepWall(-86_400_000);
    expect([clock.wallMs(), clock.monotonicMs(), clock.sleepers]).toEqual([1_000 - 86_400_000, 0, 1]);
    await clock.advance(10);
    expect([clock.wallMs(), clock.monotonicMs(), clock.sleepers]).toEqual([1_010 - 86_400_000, 10, 0]);
  });

  test('rejects sleepers whose signal fires and forgets cancelled callbacks', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(10, controller.signal);
    const timer = clock.schedule(10, () => expect.fail('cancelled'));
    expect([clock.sleepers, clock.scheduled]).toEqual([1, 1]);
    timer.cancel();
    controller.abort(new Error('stop'));
    await expect(sleeping).rejects.toThrow('stop');
    expect([clock.sleepers, clock.scheduled]).toEqual([0, 0]);
    await clock.advance(100);
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('stop');
  });

  test('tells when enough of them sleep', async () => {
    const clock = new FakeClock();
    const both = clock.whenSleeping(2);
    void clock.sleep(5, signal);
    setImmediate(() => void clock.sleep(7, signal));
    await both;
    expect(clock.sleepers).toBe(2);
    await clock.whenSleeping();
    await clock.advance(7);
    await clock.sleep(0, signal);
  });
});
