import type { Clock } from '../kernel/clock.ts';

/** Slower than this is not flowing: such a line would hold its slot for ever (RELIABILITY F-04). */
const slowestBytesPerSecond = 1024;

/**
 * One timer that notices when nothing has moved for too long.
 * Expecting and bumping only assign, so both may be done for every chunk; the timer looks when it fires.
 */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #expired: (what: string) => void;
  #timer: { cancel(): void } | undefined;
  #timerDueMs = 0;
  #limitMs: number | undefined;
  #what = '';
  #lastMs = 0;
  #movedBytes = 0;
  #isClosed = false;

  constructor(clock: Clock, expired: (what: string) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** From now on `what` must not last longer than `limitMs` without a bump. */
  expect(what: string, limitMs: number): void {
    this.#what = what;
    this.#limitMs = limitMs;
    this.bump();
    if (!this.#isClosed && (this.#timer === undefined || this.#timerDueMs > this.#lastMs + limitMs))
      this.#start(limitMs);
  }

  /** So many bytes moved; they count once they are as many as the slowest line would have moved in the time allowed. */
  bump(sizeBytes = Number.POSITIVE_INFINITY): void {
    this.#movedBytes += sizeBytes;
    if (this.#movedBytes * 1000 < slowestBytesPerSecond * (this.#limitMs ?? 0)) return;
    this.#movedBytes = 0;
    this.#lastMs = this.#clock.monotonicMs();
  }

  /** Nothing is expected until the next `expect`. */
  rest(): void {
    this.#limitMs = undefined;
  }

  /** Ends the watch for good. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #start(delayMs: number): void {
    this.#timer?.cancel();
    this.#timerDueMs = this.#clock.monotonicMs() + delayMs;
    this.#timer = this.#clock.schedule(delayMs, () => this.#look());
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#limitMs === undefined) return;
    const leftMs = this.#lastMs + this.#limitMs - this.#clock.monotonicMs();
    if (leftMs > 0) this.#start(leftMs);
    else this.#expired(this.#what);
  }
}
