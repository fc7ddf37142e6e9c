import { expect, test } from 'vitest';
import { RateLimit } from '../../../../electron/engine/http/rate-limit.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const open = (): AbortSignal => new AbortController().signal;

test('without a limit nobody waits', async () => {
  const limit = new RateLimit(new FakeClock());
  limit.spend(1e9);
  expect(limit.pausedForMs()).toBe(0);
  await limit.free(open());
});

test('many lines together move as many bytes a second as they may', async () => {
  const clock = new FakeClock();
  const limit = new RateLimit(clock, 100_000);
  const controller = new AbortController();
  let moved = 0;
  const line = async (): Promise<void> => {
    while (!controller.signal.aborted) {
      moved += 1000;
      limit.spend(1000);
      await limit.free(controller.signal);
    }
  };
  const lines = Array.from({ length: 5 }, () => line().catch(() => undefined));
  await clock.advance(10_000);
  expect(moved).toBeGreaterThanOrEqual(1_000_000);
  expect(moved).toBeLessThanOrEqual(1_006_000);
  controller.abort(new Error('done'));
  await Promise.all(lines);
  expect(clock.scheduled).toBe(0);
});

test('another rate holds at once, also for who waits already', async () => {
  const clock = new FakeClock();
  const limit = new RateLimit(clock, 1000);
  limit.spend(100_000);
  let isFree = false;
  void limit.free(open()).then(() => (isFree = true));
  await clock.advance(10_000);
  limit.setRate(90_000);
  await clock.advance(999);
  expect(isFree).toBe(false);
  await clock.advance(2);
  expect(isFree).toBe(true);
});

test('once the limit is taken away nobody waits', async () => {
  const clock = new FakeClock();
  const limit = new RateLimit(clock, 10);
  limit.spend(100_000);
  let isFree = false;
  void limit.free(open()).then(() => (isFree = true));
  limit.setRate(undefined);
  await clock.advance(1);
  expect(isFree).toBe(true);
});

test('whoever is cancelled waits no longer and leaves no timer', async () => {
  const clock = new FakeClock();
  const limit = new RateLimit(clock, 10);
  limit.spend(100_000);
  const controller = new AbortController();
  const waiting = limit.free(controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(clock.scheduled).toBe(0);
});
