import type { Clock } from '../kernel/clock.ts';

/** How far ahead of its pace a stream may be, in milliseconds: smaller waits cost more than they even out. */
const slackMs = 50;

/** A speed that all who send share. */
export class Pace {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerMs = bytesPerSecond / 1000;
  }

  /** Waits until `bytes` more may be sent; rejects with the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + bytes / this.#bytesPerMs;
    const waitMs = this.#freeAtMs - nowMs - slackMs;
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }
}
