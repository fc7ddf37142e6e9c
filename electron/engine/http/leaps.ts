import type { Clock } from '../kernel/clock.ts';

const tickMs = 5000;
const leapMs = 30_000;

/**
 * Notices that this machine slept or that time leapt (RELIABILITY F-15): sockets from before are dead, though nobody says so.
 * Ticks only between `begin` and `end`, so that nothing is scheduled while nothing is under way.
 */
export class LeapWatch {
  readonly #clock: Clock;
  readonly #leapt: () => void;
  #underWay = 0;
  #timer: { cancel(): void } | undefined;
  #wallMs = 0;
  #monotonicMs = 0;

  constructor(clock: Clock, leapt: () => void) {
    this.#clock = clock;
    this.#leapt = leapt;
  }

  begin(): void {
    if (this.#underWay++ > 0) return;
    this.#remember();
    this.#schedule();
  }

  end(): void {
    if (--this.#underWay > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Looks now: what broke at waking up is often told before the next tick. */
  look(): void {
    const sinceMs = this.#clock.monotonicMs() - this.#monotonicMs;
    const driftMs = Math.abs(this.#clock.wallMs() - this.#wallMs - sinceMs);
    this.#remember();
    if (driftMs > leapMs || sinceMs > tickMs + leapMs) this.#leapt();
  }

  #remember(): void {
    this.#wallMs = this.#clock.wallMs();
    this.#monotonicMs = this.#clock.monotonicMs();
  }

  #schedule(): void {
    this.#timer = this.#clock.schedule(tickMs, () => {
      this.look();
      this.#schedule();
    });
  }
}
