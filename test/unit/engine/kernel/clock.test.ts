import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';

const { signal } = new AbortController();

describe('systemClock', () => {
  test('sleeps as long as asked, by monotonic time', async () => {
    const before = systemClock.monotonicMs();
    await systemClock.sleep(20, signal);
    expect(systemClock.monotonicMs() - before).toBeGreaterThanOrEqual(18);
  });

  test('wakes with the reason of the signal, and at once when it has fired before', async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(new Error('stop'));
    await expect(sleeping).rejects.toThrow('stop');
    await expect(systemClock.sleep(60_000, controller.signal)).rejects.toThrow('stop');
  });

  test('does not take a delay beyond 24 days for none', async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(2 ** 40, controller.signal);
    const first = await Promise.race([
      sleeping.catch(() => 'stopped'),
      systemClock.sleep(20, signal).then(() => 'waiting'),
    ]);
    controller.abort();
    expect(first).toBe('waiting');
  });

  test('runs what is scheduled once, unless cancelled', async () => {
    const runs: string[] = [];
    systemClock.schedule(1, () => runs.push('kept'));
    systemClock.schedule(1, () => runs.push('cancelled')).cancel();
    await systemClock.sleep(20, signal);
    expect(runs).toEqual(['kept']);
  });

  test('tells the time of the machine', () => {
    expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1_000);
  });
});
