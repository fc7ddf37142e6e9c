import { describe, expect, test } from 'vitest';
import { SingleFlight, unlessAborted } from '../../../../electron/engine/kernel/single-flight.ts';

const { signal } = new AbortController();

describe('SingleFlight', () => {
  test('runs once for all who come meanwhile, and again afterwards', async () => {
    const flights = new SingleFlight<string, number>();
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const start = async (): Promise<number> => {
      runs++;
      await gate.promise;
      return runs;
    };
    const shared = [flights.run('a', start), flights.run('a', start), flights.run('b', start)];
    expect(runs).toBe(2);
    gate.resolve();
    expect(await Promise.all(shared)).toEqual([2, 2, 2]);
    expect(await flights.run('a', start)).toBe(3);
  });

  test('shares a failure and forgets it', async () => {
    const flights = new SingleFlight<string, string>();
    const failing = flights.run('a', () => Promise.reject(new Error('no')));
    const sharing = flights.run('a', async () => 'never');
    await expect(failing).rejects.toThrow('no');
    await expect(sharing).rejects.toThrow('no');
    await expect(flights.run('a', async () => 'yes')).resolves.toBe('yes');
  });

  test('starts anew for whoever asks as soon as the outcome is known', async () => {
    const flights = new SingleFlight<string, number>();
    let runs = 0;
    const start = async (): Promise<number> => ++runs;
    const second = flights.run('a', start).then(() => flights.run('a', start));
    expect(await second).toBe(2);
  });
});

describe('unlessAborted', () => {
  test('gives the outcome of the work', async () => {
    await expect(unlessAborted(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  test('gives up for one caller and leaves the work to the others', async () => {
    const controller = new AbortController();
    const work = Promise.withResolvers<number>();
    const [mine, others] = [unlessAborted(work.promise, controller.signal), unlessAborted(work.promise, signal)];
    controller.abort(new Error('stop'));
    await expect(mine).rejects.toThrow('stop');
    work.resolve(7);
    await expect(others).resolves.toBe(7);
  });

  test('rejects at once under a signal that has fired', async () => {
    await expect(unlessAborted(new Promise(() => {}), AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });

  test('leaves no failure unhandled behind a caller that gave up', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => {
      unhandled.push(reason);
    };
    process.on('unhandledRejection', note);
    try {
      const before = AbortSignal.abort(new Error('stop'));
      await expect(unlessAborted(Promise.reject(new Error('late')), before)).rejects.toThrow('stop');
      const controller = new AbortController();
      const work = Promise.withResolvers<never>();
      const mine = unlessAborted(work.promise, controller.signal);
      controller.abort(new Error('stop'));
      await expect(mine).rejects.toThrow('stop');
      work.reject(new Error('late'));
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });
});
