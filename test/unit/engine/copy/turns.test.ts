import { expect, test } from 'vitest';
import { Turns } from '../../../../electron/engine/copy/turns.ts';

interface Sent {
  readonly name: string;
  readonly hosts: readonly string[];
}

function to(hosts: string, count: number): readonly Sent[] {
  return Array.from({ length: count }, (_, at) => ({ name: `${hosts}${at}`, hosts: hosts.split('+') }));
}

function turnsOf(...items: readonly Sent[]): Turns<Sent> {
  return new Turns(items, ({ hosts }) => hosts);
}

/** Takes so many turns, none of which ends. */
function take(turns: Turns<Sent>, count: number): (string | undefined)[] {
  return Array.from({ length: count }, () => turns.take()?.item.name);
}

test('images for one host keep their order, each has one turn', () => {
  const turns = turnsOf(...to('a', 3));
  const taken = [turns.take(), turns.take(), turns.take(), turns.take()];
  expect(taken.map((turn) => turn?.item.name)).toEqual(['a0', 'a1', 'a2', undefined]);
});

test('hosts take turns, even with one image at a time', () => {
  const turns = turnsOf(...to('a', 2), ...to('b', 1), ...to('c', 2));
  const order: (string | undefined)[] = [];
  for (let turn = turns.take(); turn !== undefined; turn = turns.take()) {
    order.push(turn.item.name);
    turn.end();
  }
  expect(order).toEqual(['a0', 'b0', 'c0', 'a1', 'c1']);
});

test('a host that ends nothing keeps its share, and no more while others have something to do', () => {
  const turns = turnsOf(...to('slow', 10), ...to('fast', 10));
  const begun = [turns.take(), turns.take(), turns.take(), turns.take()];
  expect(begun.map((turn) => turn?.item.name)).toEqual(['slow0', 'fast0', 'slow1', 'fast1']);
  const fast = begun.filter((turn) => turn?.item.hosts[0] === 'fast');
  const order: (string | undefined)[] = [];
  while (fast.length > 0) {
    fast.shift()?.end();
    const next = turns.take();
    order.push(next?.item.name);
    if (next?.item.hosts[0] === 'fast') fast.push(next);
  }
  expect(order.slice(0, 8)).toEqual(['fast2', 'fast3', 'fast4', 'fast5', 'fast6', 'fast7', 'fast8', 'fast9']);
  expect(order.slice(8)).toEqual(['slow2', 'slow3']);
});

test('an image for several hosts waits behind the busiest of them', () => {
  expect(take(turnsOf(...to('a', 3), ...to('a+b', 1), ...to('c', 3)), 7)).toEqual([
    'a0',
    'c0',
    'a+b0',
    'c1',
    'a1',
    'c2',
    'a2',
  ]);
});

test('of many, each has its one turn, whenever it was added', () => {
  const turns = turnsOf(...to('a', 250));
  const taken = take(turns, 230);
  for (const item of to('late', 30)) turns.add({ ...item, hosts: ['a'] });
  taken.push(...take(turns, 50));
  expect(taken).toEqual([...to('a', 250), ...to('late', 30)].map(({ name }) => name));
  expect(turns.take()).toBeUndefined();
});
