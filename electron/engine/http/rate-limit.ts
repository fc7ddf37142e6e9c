import type { Clock } from '../kernel/clock.ts';

interface Waiter {
  readonly run: () => void;
  timer: { cancel(): void };
}

/**
 * A budget of bytes per second that all bodies of one direction share; it may change at any time.
 * Bytes are counted when they have moved, so a line may be in debt for one piece, and waits until that is paid.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();
  #bytesPerSecond: number | undefined;
  /** When all that moved so far is paid for. */
  #paidAtMs = 0;

  /** Without `bytesPerSecond` there is no limit. */
  constructor(clock: Clock, bytesPerSecond?: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Another limit, or none; who waits, waits as long as that one asks. */
  setRate(bytesPerSecond: number | undefined): void {
    const before = this.#bytesPerSecond ?? 0;
    const owedBytes = (this.pausedForMs() * before) / 1000;
    this.#bytesPerSecond = bytesPerSecond;
    const nowMs = this.#clock.monotonicMs();
    this.#paidAtMs = bytesPerSecond === undefined ? nowMs : nowMs + (owedBytes * 1000) / bytesPerSecond;
    for (const waiter of this.#waiting) {
      waiter.timer.cancel();
      this.#arm(waiter);
    }
  }

  /** So many bytes moved. */
  spend(sizeBytes: number): void {
    if (this.#bytesPerSecond === undefined) return;
    this.#paidAtMs = Math.max(this.#paidAtMs, this.#clock.monotonicMs()) + (sizeBytes * 1000) / this.#bytesPerSecond;
  }

  /** Milliseconds until the next bytes may move; 0 when they may now. */
  pausedForMs(): number {
    return Math.max(0, this.#paidAtMs - this.#clock.monotonicMs());
  }

  /** Calls `run` once bytes may move again, unless cancelled. */
  whenFree(run: () => void): { cancel(): void } {
    const waiter: Waiter = { run, timer: { cancel: () => undefined } };
    this.#waiting.add(waiter);
    this.#arm(waiter);
    return {
      cancel: () => {
        waiter.timer.cancel();
        this.#waiting.delete(waiter);
      },
    };
  }

  /** Waits until bytes may move again. */
  async free(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw signal.reason;
    if (this.pausedForMs() === 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = this.whenFree(resolve);
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', stop);
      waiting.cancel();
    }
  }

  #arm(waiter: Waiter): void {
    waiter.timer = this.#clock.schedule(this.pausedForMs(), () => {
      // others may have spent what this one waited for
      if (this.pausedForMs() > 0) return this.#arm(waiter);
      this.#waiting.delete(waiter);
      waiter.run();
    });
  }
}

/** The budgets of an engine: what is received, and what is sent. */
export interface RateLimits {
  readonly received: RateLimit;
  readonly sent: RateLimit;
}
