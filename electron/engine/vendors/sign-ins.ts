import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { CopyError } from '../kernel/errors.ts';
import { SingleFlight, unlessAborted } from '../kernel/single-flight.ts';
import type { Credential } from '../ports/credentials.ts';

/** A user and a password. */
export type Account = Extract<Credential, { kind: 'basic' }>;

/** What signing in gave. */
export interface SignIn {
  /** The value of the Authorization header. */
  readonly authorization: string;
  /** How long it may be used; undefined for as long as the password is right. */
  readonly lifetimeMs?: number;
}

interface Held extends SignIn {
  readonly staleAtMs: number;
}

/** The accounts signed in at vendors' APIs: each password is tried by one request alone, and never again once it was refused. */
export class SignIns {
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();
  readonly #refused = new Map<string, CopyError>();
  readonly #flights = new SingleFlight<string, Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The header for an account at an API; signs in with `signIn` when that was not done, and throws what refused it. */
  async authorization(
    api: string,
    account: Account,
    signIn: (signal: AbortSignal) => Promise<SignIn>,
    signal: AbortSignal,
  ): Promise<string> {
    const key = keyOf(api, account);
    const refused = this.#refused.get(key);
    if (refused !== undefined) throw refused;
    const held = this.#held.get(key);
    if (held !== undefined && this.#clock.monotonicMs() < held.staleAtMs) return held.authorization;
    const flight = this.#flights.run(key, () => this.#signIn(key, signIn));
    return (await unlessAborted(flight, signal)).authorization;
  }

  /** Lets go of what was held, so that whoever comes next signs in again. */
  forget(api: string, account: Account): void {
    this.#held.delete(keyOf(api, account));
  }

  /** Shared by all who wait for it, so it must not end with the one who asked first; every request has a time of its own. */
  async #signIn(key: string, signIn: (signal: AbortSignal) => Promise<SignIn>): Promise<Held> {
    const askedMs = this.#clock.monotonicMs();
    try {
      const signedIn = await signIn(new AbortController().signal);
      const held = { ...signedIn, staleAtMs: askedMs + (signedIn.lifetimeMs ?? Number.POSITIVE_INFINITY) };
      this.#held.set(key, held);
      return held;
    } catch (thrown) {
      if (thrown instanceof CopyError && thrown.kind === 'unauthorized') this.#refused.set(key, thrown);
      throw thrown;
    }
  }
}

function keyOf(api: string, account: Account): string {
  const secret = createHash('sha256').update(`${account.user}\0${account.password}`).digest('hex');
  return `${api} ${secret}`;
}
