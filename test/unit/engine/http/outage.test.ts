import { expect, test } from 'vitest';
import { Gate } from '../../../../electron/engine/http/gate.ts';
import { HostDownError, Outage } from '../../../../electron/engine/http/outage.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const open = (): AbortSignal => new AbortController().signal;
const waitMs = 60_000;

function started(): { readonly clock: FakeClock; readonly outage: Outage } {
  const clock = new FakeClock();
  return { clock, outage: new Outage(clock, new Gate(clock, () => 1)) };
}

test('while the host is there everybody goes at once', async () => {
  const { clock, outage } = started();
  await Promise.all([outage.pass(waitMs, open()), outage.pass(waitMs, open())]);
  expect(clock.sleptMs).toEqual([]);
  expect(outage.downForMs).toBeUndefined();
});

test('after a pause one request goes ahead and the others wait for what becomes of it', async () => {
  const { clock, outage } = started();
  outage.failed();
  const gone: (() => void)[] = [];
  for (let at = 0; at < 5; at++) void outage.pass(waitMs, open()).then((leave) => gone.push(leave));
  await clock.advance(10_000);
  expect(gone).toHaveLength(1);
  outage.failed();
  gone[0]?.();
  await clock.advance(10_000);
  expect(gone).toHaveLength(2);
  outage.ended();
  await clock.advance(0);
  expect(gone).toHaveLength(5);
});

test('a probe that was given up lets the next one go', async () => {
  const { clock, outage } = started();
  outage.failed();
  await clock.advance(10_000);
  const leave = await outage.pass(waitMs, open());
  const next = outage.pass(waitMs, open());
  leave();
  await expect(next).resolves.toBeTypeOf('function');
});

test('a waiter that is cancelled leaves at once', async () => {
  const { clock, outage } = started();
  outage.failed();
  await clock.advance(10_000);
  await outage.pass(waitMs, open());
  const controller = new AbortController();
  const waiting = outage.pass(waitMs, controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('a host gone for longer than anybody waits is given up at once between two probes, and probed again after', async () => {
  const { clock, outage } = started();
  outage.failed();
  await clock.advance(waitMs);
  const leave = await outage.pass(waitMs, open());
  outage.failed();
  leave();
  await expect(outage.pass(waitMs, open())).rejects.toBeInstanceOf(HostDownError);
  await clock.advance(10_000);
  await expect(outage.pass(waitMs, open())).resolves.toBeTypeOf('function');
});
