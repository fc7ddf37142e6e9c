import type { Clock } from '../kernel/clock.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { Gate } from './gate.ts';

/** A host that answered earlier has been gone for longer than anybody waits. */
export class HostDownError extends Error {
  override readonly name = 'HostDownError';
  readonly downForMs: number;

  constructor(downForMs: number) {
    super('the host is down');
    this.downForMs = downForMs;
  }
}

/** The shortest time between two probes. */
const shortestPauseMs = 250;

/**
 * A host that answered earlier and cannot be reached now (RELIABILITY F-11): after each pause of its gate one request goes ahead
 * as a probe, and all others wait for what becomes of it.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #gate: Gate;
  #sinceMs: number | undefined;
  #probe: PromiseWithResolvers<void> | undefined;

  constructor(clock: Clock, gate: Gate) {
    this.#clock = clock;
    this.#gate = gate;
  }

  /** Milliseconds since the host was found gone; undefined while it is there. */
  get downForMs(): number | undefined {
    return this.#sinceMs === undefined ? undefined : this.#clock.monotonicMs() - this.#sinceMs;
  }

  /** True while a request may go at once, without `pass`. */
  get isOpen(): boolean {
    return this.#sinceMs === undefined && this.#gate.closedForMs() === 0;
  }

  /**
   * Waits for the gate, and for the probe under way; gives what must be called once this request has an outcome.
   * Rejects with HostDownError while the host has been gone for `waitMs` and was probed just now.
   */
  async pass(waitMs: number, signal: AbortSignal): Promise<() => void> {
    for (;;) {
      const { downForMs } = this;
      if (downForMs !== undefined && downForMs >= waitMs && this.#gate.closedForMs() > 0)
        throw new HostDownError(downForMs);
      await this.#gate.pass(signal);
      if (this.#sinceMs === undefined) return () => undefined;
      const probe = this.#probe;
      if (probe === undefined) return this.#begin();
      await unlessAborted(probe.promise, signal);
    }
  }

  /** The host could not be reached; everything waits for the next probe. What fails together counts once. */
  failed(): void {
    this.#sinceMs ??= this.#clock.monotonicMs();
    if (this.#gate.closedForMs() > 0) return;
    this.#gate.failed();
    this.#gate.closeFor(shortestPauseMs);
  }

  /** The host answered: everybody may go. */
  ended(): void {
    this.#sinceMs = undefined;
    this.#probe?.resolve();
  }

  #begin(): () => void {
    const probe = Promise.withResolvers<void>();
    this.#probe = probe;
    return () => {
      probe.resolve();
      if (this.#probe === probe) this.#probe = undefined;
    };
  }
}
