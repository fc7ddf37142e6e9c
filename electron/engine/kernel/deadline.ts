import type { Clock } from './clock.ts';

/** Runs work under a signal that fires with `late()` after `limitMs`, or with the outer signal. */
export async function withDeadline<Value>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const timer = clock.schedule(limitMs, () => controller.abort(late()));
  try {
    return await work(AbortSignal.any([signal, controller.signal]));
  } finally {
    timer.cancel();
  }
}
