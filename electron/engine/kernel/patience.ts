import type { Clock } from './clock.ts';
import { type CopyError, isWorthRetrying } from './errors.ts';

/** The line broke because this machine slept or changed networks. */
export class SleptError extends Error {
  override readonly name = 'SleptError';

  constructor(cause: unknown) {
    super('this machine slept', { cause });
  }
}

/** True for failures that are this machine's doing and count for nobody. */
export function isFromSleep(error: CopyError): boolean {
  return error.cause instanceof SleptError;
}

/** True when the host could not even be connected to. */
export function isHostGone(error: CopyError): boolean {
  return error.kind === 'unreachable' && error.hint !== 'line-broken';
}

/** How long to go on. */
export interface PatienceLimits {
  /** Tries after the first one, without progress. */
  readonly retries: number;
  /** How long to go on asking a host that answered earlier and now cannot be reached. */
  readonly waitMs: number;
}

/** How long a host that never answered is asked. */
const neverAnsweredMs = 60_000;
/** How often a name that does not exist is looked up: name services flap, but seldom (RELIABILITY F-10). */
const mostUnknownNames = 3;

/** Decides for one piece of work whether a failure is worth another try; progress makes it patient again. */
export class Patience {
  readonly #clock: Clock;
  readonly #limits: PatienceLimits;
  #failures = 0;
  #firstFailureMs: number | undefined;

  constructor(clock: Clock, limits: PatienceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many times it was tried, the first time included. */
  get attempts(): number {
    return this.#failures;
  }

  /** Something moved since the last failure. */
  progressed(): void {
    this.#failures = 0;
    this.#firstFailureMs = undefined;
  }

  /** Counts a failure; true when the work should be tried again. */
  allows(error: CopyError, hostHasAnswered: boolean): boolean {
    if (isFromSleep(error)) return true;
    this.#failures++;
    this.#firstFailureMs ??= this.#clock.monotonicMs();
    if (!isWorthRetrying(error)) return false;
    if (error.hint === 'no-such-host' && this.#failures >= mostUnknownNames) return false;
    const spentMs = this.#clock.monotonicMs() - this.#firstFailureMs;
    const isOurs = error.kind === 'disk';
    if (isOurs || (isHostGone(error) && hostHasAnswered)) return spentMs < this.#limits.waitMs;
    return this.#failures <= this.#limits.retries && (hostHasAnswered || spentMs < neverAnsweredMs);
  }
}
