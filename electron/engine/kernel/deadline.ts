import type { Clock } from './clock.ts';
import { linkedSignal } from './linked-signal.ts';

/** Runs work under a signal that fires with `late()` after `limitMs`, or with the outer signal. */
export async function withDeadline<Value>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const limited = linkedSignal(signal);
  const timer = clock.schedule(limitMs, () => limited.abort(late()));
  try {
    return await work(limited.signal);
  } finally {
    timer.cancel();
    limited.release();
  }
}
