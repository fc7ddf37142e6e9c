import { expect, test } from 'vitest';
import { linkedSignal } from '../../../../electron/engine/kernel/linked-signal.ts';

test('fires with the outer signal, for its reason', () => {
  const outer = new AbortController();
  const { signal } = linkedSignal(outer.signal);
  expect(signal.aborted).toBe(false);
  outer.abort('over');
  expect([signal.aborted, signal.reason]).toEqual([true, 'over']);
});

test('fires alone, and the outer signal does not', () => {
  const outer = new AbortController();
  const linked = linkedSignal(outer.signal);
  linked.abort('late');
  expect([linked.signal.reason, outer.signal.aborted]).toEqual(['late', false]);
});

test('is fired from the beginning under a signal that has fired', () => {
  expect(linkedSignal(AbortSignal.abort('before')).signal.reason).toBe('before');
});

test('does not hear of the outer signal once it was released', () => {
  const outer = new AbortController();
  const linked = linkedSignal(outer.signal);
  linked.release();
  outer.abort('over');
  expect(linked.signal.aborted).toBe(false);
});
