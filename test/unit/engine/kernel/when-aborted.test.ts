import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { whenAborted } from '../../../../electron/engine/kernel/when-aborted.ts';

test('everybody who waits is told once, in order, and the signal is listened to once', () => {
  const stop = new AbortController();
  const told: string[] = [];
  for (const name of ['a', 'b', 'c']) whenAborted(stop.signal, () => told.push(name));
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
  stop.abort();
  expect(told).toEqual(['a', 'b', 'c']);
});

test('who took it back is not told, not even by one that is told before', () => {
  const stop = new AbortController();
  const told: string[] = [];
  const takeBack = whenAborted(stop.signal, () => told.push('early'));
  whenAborted(stop.signal, () => {
    told.push('second');
    takeThird();
  });
  const takeThird = whenAborted(stop.signal, () => told.push('third'));
  takeBack();
  stop.abort();
  expect(told).toEqual(['second']);
});

test('signals are apart', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const told: string[] = [];
  whenAborted(one.signal, () => told.push('one'));
  whenAborted(other.signal, () => told.push('other'));
  other.abort();
  expect(told).toEqual(['other']);
});
