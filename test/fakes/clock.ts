import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../electron/engine/kernel/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly isSleep: boolean;
  readonly run: () => void;
}

/**
 * A Clock that stands still until told to go on.
 * Monotonic time moves only by `advance`; wall time moves with it and may also be stepped alone.
 */
export class FakeClock implements Clock {
  /** Every delay that was slept or is being slept, in the order of asking. */
  readonly sleptMs: number[] = [];
  #nowMs = 0;
  #wallOffsetMs: number;
  // In the order of asking; the earliest due goes first, and of two due together the one asked for first.
  readonly #timers = new Set<Timer>();
  readonly #watchers = new Set<() => void>();

  constructor(wallStartMs: number = Date.UTC(2026, 0, 1)) {
    this.#wallOffsetMs = wallStartMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      this.sleptMs.push(delayMs);
      if (delayMs <= 0) return resolve();
      const stop = (): void => {
        this.#timers.delete(timer);
        reject(signal.reason);
      };
      const timer = this.#add(delayMs, true, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
      for (const watch of this.#watchers) watch();
    });
  }

  schedule(delayMs: number, run: () => void): { cancel(): void } {
    const timer = this.#add(Math.max(0, delayMs), false, run);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** How many sleep and are not yet woken. */
  get sleepers(): number {
    return [...this.#timers].filter((timer) => timer.isSleep).length;
  }

  /** How many callbacks are scheduled and neither run nor cancelled. */
  get scheduled(): number {
    return this.#timers.size - this.sleepers;
  }

  /** Milliseconds until the next sleeper or callback; undefined when there is none. */
  get nextInMs(): number | undefined {
    const next = this.#earliest();
    return next === undefined ? undefined : next.dueMs - this.#nowMs;
  }

  /** Moves time on, stopping at every moment something is due, so that what it sets off may sleep again within. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms;
    await setImmediate();
    for (let next = this.#earliest(); next !== undefined && next.dueMs <= targetMs; next = this.#earliest()) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#timers.delete(next);
      next.run();
      await setImmediate();
    }
    this.#nowMs = Math.max(this.#nowMs, targetMs);
  }

  /** Moves wall time alone, forwards or backwards, as when somebody sets the machine's clock. */
  stepWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** Resolves once at least `count` sleep, however long their way there takes in real time. */
  async whenSleeping(count = 1): Promise<void> {
    if (this.sleepers >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const watch = (): void => {
      if (this.sleepers >= count) resolve();
    };
    this.#watchers.add(watch);
    try {
      await promise;
    } finally {
      this.#watchers.delete(watch);
    }
  }

  #add(delayMs: number, isSleep: boolean, run: () => void): Timer {
    const timer: Timer = { dueMs: this.#nowMs + delayMs, isSleep, run };
    this.#timers.add(timer);
    return timer;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) if (earliest === undefined || timer.dueMs < earliest.dueMs) earliest = timer;
    return earliest;
  }
}
