import type { Clock } from '../../app/window/clock.ts';

const windowMs = 60_000;
const patience = 10;
const delayMs = 1000;

/** Counts wrong codes and tokens; more than ten a minute have to wait for their answer (S-WEB-11). */
export class Attempts {
  readonly #clock: Clock;
  readonly #counted: (inLastMinute: number) => void;
  #times: number[] = [];

  /** `counted` hears of every wrong one how many there were within a minute. */
  constructor(clock: Clock, counted: (inLastMinute: number) => void) {
    this.#clock = clock;
    this.#counted = counted;
  }

  /** Counts a wrong one; resolves when it may be answered. */
  async wrong(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    this.#times = [...this.#times.slice(-999).filter((atMs) => nowMs - atMs < windowMs), nowMs];
    this.#counted(this.#times.length);
    if (this.#times.length > patience) await this.#clock.sleep(delayMs, signal);
  }
}
