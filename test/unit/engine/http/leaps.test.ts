import { expect, test } from 'vitest';
import { LeapWatch } from '../../../../electron/engine/http/leaps.ts';
import { FakeClock } from '../../../fakes/clock.ts';

function started(): { readonly clock: FakeClock; readonly watch: LeapWatch; readonly leaps: () => number } {
  const clock = new FakeClock();
  let leaps = 0;
  return { clock, watch: new LeapWatch(clock, () => leaps++), leaps: () => leaps };
}

test('time that passes as it should is no leap', async () => {
  const { clock, watch, leaps } = started();
  watch.begin();
  await clock.advance(600_000);
  expect(leaps()).toBe(0);
});

test.each([31_000, 86_400_000, -86_400_000])('wall time that leaps by %d ms is told of once', async (ms) => {
  const { clock, watch, leaps } = started();
  watch.begin();
  clock.stepWall(ms);
  await clock.advance(60_000);
  expect(leaps()).toBe(1);
});

test('a small correction of the clock is no leap', async () => {
  const { clock, watch, leaps } = started();
  watch.begin();
  clock.stepWall(20_000);
  await clock.advance(60_000);
  expect(leaps()).toBe(0);
});

test('looking finds a leap before the tick does', () => {
  const { clock, watch, leaps } = started();
  watch.begin();
  clock.stepWall(40_000);
  watch.look();
  expect(leaps()).toBe(1);
});

test('nothing ticks while nothing is under way, and what leapt meanwhile is nobody’s', async () => {
  const { clock, watch, leaps } = started();
  watch.begin();
  watch.begin();
  watch.end();
  expect(clock.scheduled).toBe(1);
  watch.end();
  expect(clock.scheduled).toBe(0);
  clock.stepWall(86_400_000);
  watch.begin();
  await clock.advance(60_000);
  expect(leaps()).toBe(0);
});
