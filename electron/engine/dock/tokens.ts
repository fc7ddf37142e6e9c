import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { Scope } from './scopes.ts';

/** What a token of the dock stands for. */
export interface Pass {
  readonly user: string | undefined;
  readonly scopes: readonly Scope[];
}

interface Issued extends Pass {
  readonly expiresMs: number;
}

const mostTokens = 10_000;

/** The tokens given out: random texts, of which only the hash is kept, so that looking one up tells nothing by its time. */
export class Tokens {
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  readonly #issued = new Map<string, Issued>();

  constructor(clock: Clock, lifetimeMs: number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
  }

  /** Makes a token; the oldest goes when there are too many. */
  issue(pass: Pass): string {
    const token = randomBytes(32).toString('base64url');
    this.#forgetOld();
    this.#issued.set(hashOf(token), { ...pass, expiresMs: this.#clock.monotonicMs() + this.#lifetimeMs });
    return token;
  }

  /** What a token stands for; undefined when it is unknown or its time is over. */
  redeem(token: string): Pass | undefined {
    const issued = this.#issued.get(hashOf(token));
    return issued !== undefined && issued.expiresMs > this.#clock.monotonicMs() ? issued : undefined;
  }

  /** All have the same lifetime, so a Map in order of insertion is in order of expiry too. */
  #forgetOld(): void {
    for (const [key, { expiresMs }] of this.#issued) {
      if (expiresMs > this.#clock.monotonicMs() && this.#issued.size < mostTokens) return;
      this.#issued.delete(key);
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
