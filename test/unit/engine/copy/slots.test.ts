import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Slots } from '../../../../electron/engine/copy/slots.ts';

const open = (): AbortSignal => new AbortController().signal;

/** Takes slots for hosts, one image each, and tells who has one. */
function images(slots: Slots, hosts: readonly string[], signal: AbortSignal = open()) {
  const inside = new Map<string, () => void>();
  for (const [at, host] of hosts.entries()) {
    void slots.take([host], signal).then(
      (leave) => inside.set(`${host}${at}`, leave),
      () => undefined,
    );
  }
  const leave = async (name: string): Promise<void> => {
    inside.get(name)?.();
    inside.delete(name);
    await turn();
  };
  return { inside: () => [...inside.keys()], leave };
}

test('so many at a time, the next one when one leaves', async () => {
  const { inside, leave } = images(new Slots(2), ['a', 'a', 'a', 'a']);
  await turn();
  expect(inside()).toEqual(['a0', 'a1']);
  await leave('a1');
  expect(inside()).toEqual(['a0', 'a2']);
});

test('hosts take turns: one that keeps its images inside holds its share and no more', async () => {
  const { inside, leave } = images(new Slots(2), ['slow', 'slow', 'slow', 'fast', 'fast', 'fast']);
  await turn();
  // nobody else was there when the first two came
  expect(inside()).toEqual(['slow0', 'slow1']);
  await leave('slow0');
  expect(inside()).toEqual(['slow1', 'fast3']);
  await leave('fast3');
  await leave('fast4');
  expect(inside()).toEqual(['slow1', 'fast5']);
});

test('one that is cancelled while it waits takes nobody’s place', async () => {
  const slots = new Slots(1);
  const first = images(slots, ['a']);
  const stop = new AbortController();
  const cancelled = slots.take(['a'], stop.signal);
  const second = images(slots, ['a']);
  stop.abort(new Error('enough'));
  await expect(cancelled).rejects.toThrow('enough');
  await expect(slots.take(['a'], stop.signal)).rejects.toThrow('enough');
  await turn();
  await first.leave('a0');
  expect(second.inside()).toEqual(['a0']);
});
