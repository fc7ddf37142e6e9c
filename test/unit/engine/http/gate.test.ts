import { expect, test } from 'vitest';
import { Gate } from '../../../../electron/engine/http/gate.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const open = (): AbortSignal => new AbortController().signal;
const gateWith = (random: () => number): { clock: FakeClock; gate: Gate } => {
  const clock = new FakeClock();
  return { clock, gate: new Gate(clock, random) };
};

test('is open at first', async () => {
  const { gate, clock } = gateWith(() => 1);
  await gate.pass(open());
  expect(clock.sleptMs).toEqual([]);
});

test('lets everybody wait for the longest pause that was asked for', async () => {
  const { gate, clock } = gateWith(() => 0);
  gate.closeFor(1000);
  gate.closeFor(5000);
  gate.closeFor(2000);
  let passed = 0;
  const waiting = [1, 2, 3].map(() => gate.pass(open()).then(() => passed++));
  await clock.advance(4999);
  expect(passed).toBe(0);
  await clock.advance(1);
  await Promise.all(waiting);
  expect(passed).toBe(3);
});

test('closed again while somebody waits, it keeps them waiting', async () => {
  const { gate, clock } = gateWith(() => 0);
  gate.closeFor(1000);
  let hasPassed = false;
  const waiting = gate.pass(open()).then(() => (hasPassed = true));
  await clock.advance(500);
  gate.closeFor(1000);
  await clock.advance(999);
  expect(hasPassed).toBe(false);
  await clock.advance(1);
  await waiting;
});

test('its own pauses double up to half a minute, and come back by halves', async () => {
  const { gate, clock } = gateWith(() => 1);
  const pauses: number[] = [];
  for (let failures = 0; failures < 9; failures++) {
    gate.failed();
    pauses.push(gate.closedForMs());
    await clock.advance(60_000);
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  gate.succeeded();
  gate.succeeded();
  gate.failed();
  expect(gate.closedForMs()).toBe(1000);
});

test('what fails together counts once', async () => {
  const { gate, clock } = gateWith(() => 1);
  for (let failures = 0; failures < 12; failures++) gate.failed();
  expect(gate.closedForMs()).toBe(250);
  await clock.advance(250);
  gate.failed();
  expect(gate.closedForMs()).toBe(500);
});

test('a signal ends the wait', async () => {
  const { gate, clock } = gateWith(() => 0);
  gate.closeFor(900_000);
  const controller = new AbortController();
  const waiting = gate.pass(controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(clock.sleepers).toBe(0);
});
