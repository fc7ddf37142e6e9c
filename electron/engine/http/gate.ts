import { fullJitterMs, type Random } from '../kernel/backoff.ts';
import type { Clock } from '../kernel/clock.ts';

/** A host asked for a pause, or we take one: everything that would ask it waits together. */
export class Gate {
  readonly #clock: Clock;
  readonly #random: Random;
  #opensAtMs = 0;
  #failuresInARow = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Milliseconds until the host may be asked again; 0 when it may be asked now. */
  closedForMs(): number {
    return Math.max(0, this.#opensAtMs - this.#clock.monotonicMs());
  }

  /** Waits until the host may be asked. */
  async pass(signal: AbortSignal): Promise<void> {
    for (let leftMs = this.closedForMs(); leftMs > 0; leftMs = this.closedForMs())
      await this.#clock.sleep(leftMs, signal);
  }

  /** The host said how long to leave it alone. */
  closeFor(delayMs: number): void {
    this.#opensAtMs = Math.max(this.#opensAtMs, this.#clock.monotonicMs() + delayMs);
  }

  /** The host failed without saying for how long; the pauses grow while it goes on. What fails together counts once. */
  failed(): void {
    if (this.closedForMs() > 0) return;
    this.closeFor(fullJitterMs(this.#failuresInARow++, this.#random));
  }

  /** The host answered well; trust comes back by halves. */
  succeeded(): void {
    this.#failuresInARow >>= 1;
  }
}
