import { createHash } from 'node:crypto';
import type { CopyError } from '../kernel/errors.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { AuthorizationTarget } from '../ports/authorizer.ts';
import type { Credential } from '../ports/credentials.ts';
import { credentialWrong } from './refusals.ts';

/** Ends the first use of a credential; `isKnown` is false when nothing was learned of it. */
export type EndTrial = (isKnown: boolean) => void;

/**
 * What is known of the credentials in use: which were refused, and which were never tried.
 * A credential is first tried by one request alone, while the others wait for its outcome: a wrong password is tried once,
 * however many images want it, because registries lock accounts (Docker Hub: nicholas-fedor/watchtower#2176).
 */
export class Accounts {
  readonly #rejected = new Set<string>();
  readonly #proven = new Set<string>();
  readonly #trials = new Map<string, Promise<void>>();

  /** Names a credential at a host; another password is another account. */
  key(host: string, credential: Credential | undefined): string {
    if (credential === undefined) return `${host} anonymous`;
    const user = credential.kind === 'registry-token' ? '' : (credential.user ?? '');
    const secret = credential.kind === 'basic' ? credential.password : credential.token;
    return `${host} ${credential.kind} ${user} ${createHash('sha256').update(secret).digest('hex')}`;
  }

  /** Throws when this credential was refused before, so that no account is locked by repetition. */
  refuseRejected(target: AuthorizationTarget, credential: Credential): void {
    if (this.#rejected.has(this.key(target.host, credential))) throw credentialWrong(target, credential);
  }

  /** Remembers that the credential was refused; gives the error that says so. */
  reject(target: AuthorizationTarget, credential: Credential): CopyError {
    this.#rejected.add(this.key(target.host, credential));
    return credentialWrong(target, credential);
  }

  /**
   * Waits for the right to use a credential: none when it was used before, or behind the one who tries it.
   * Whoever is given an EndTrial is the one, and must call it once its request has an outcome.
   */
  async enter(target: AuthorizationTarget, credential: Credential, signal: AbortSignal): Promise<EndTrial | undefined> {
    const account = this.key(target.host, credential);
    for (;;) {
      this.refuseRejected(target, credential);
      if (this.#proven.has(account)) return undefined;
      const trial = this.#trials.get(account);
      if (trial === undefined) break;
      await unlessAborted(trial, signal);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#trials.set(account, promise);
    return (isKnown) => {
      if (isKnown && !this.#rejected.has(account)) this.#proven.add(account);
      this.#trials.delete(account);
      resolve();
    };
  }
}
