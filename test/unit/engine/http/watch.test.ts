import { expect, test } from 'vitest';
import { IdleWatch } from '../../../../electron/engine/http/watch.ts';
import { FakeClock } from '../../../fakes/clock.ts';

function watching(): { clock: FakeClock; watch: IdleWatch; expired: string[] } {
  const clock = new FakeClock();
  const expired: string[] = [];
  return { clock, expired, watch: new IdleWatch(clock, (what) => expired.push(what)) };
}

test('says what was waited for too long', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('no answer', 1000);
  await clock.advance(999);
  expect(expired).toEqual([]);
  await clock.advance(1);
  expect(expired).toEqual(['no answer']);
});

test('what moves is not idle, and costs no timer', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('the answer stopped flowing', 1000);
  for (let at = 0; at < 50; at++) {
    await clock.advance(900);
    watch.bump();
    expect(clock.scheduled).toBe(1);
  }
  expect(expired).toEqual([]);
  await clock.advance(1000);
  expect(expired).toHaveLength(1);
});

test('a drip is idle: bytes count once they are as many as a slow line would have moved (F-04)', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('the answer stopped flowing', 60_000);
  for (let at = 0; at < 59; at++) {
    await clock.advance(1000);
    watch.bump(1);
  }
  await clock.advance(1000);
  expect(expired).toHaveLength(1);
});

test('a slow line is not idle', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('the answer stopped flowing', 60_000);
  for (let at = 0; at < 600; at++) {
    await clock.advance(1000);
    watch.bump(1100);
  }
  expect(expired).toEqual([]);
});

test('nothing is expected while it rests', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('x', 1000);
  watch.rest();
  await clock.advance(1_000_000);
  expect(expired).toEqual([]);
  watch.expect('y', 1000);
  await clock.advance(1000);
  expect(expired).toEqual(['y']);
});

test('a shorter limit takes over at once', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('long', 60_000);
  watch.expect('short', 100);
  await clock.advance(100);
  expect(expired).toEqual(['short']);
});

test('a longer limit is not cut short by an earlier timer', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('short', 100);
  watch.expect('long', 60_000);
  await clock.advance(59_999);
  expect(expired).toEqual([]);
  await clock.advance(1);
  expect(expired).toEqual(['long']);
});

test('closed, it leaves no timer and starts none', async () => {
  const { clock, watch, expired } = watching();
  watch.expect('x', 100);
  watch.close();
  watch.expect('y', 100);
  expect(clock.scheduled).toBe(0);
  await clock.advance(1000);
  expect(expired).toEqual([]);
});
