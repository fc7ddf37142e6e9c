import type { HttpClient } from '../http/client.ts';
import type { Hosts } from '../http/hosts.ts';
import type { Clock } from '../kernel/clock.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { copyError, CopyError } from '../kernel/errors.ts';
import { SingleFlight, unlessAborted } from '../kernel/single-flight.ts';
import type { AuthorizationTarget } from '../ports/authorizer.ts';
import type { Credential } from '../ports/credentials.ts';
import type { Accounts } from './accounts.ts';
import { type HeldToken, type Manners, type Scheme, scopeKey, scopesFor } from './manners.ts';
import { credentialMissing, rightMissing } from './refusals.ts';
import { fetchToken, type Token } from './tokens.ts';

/** What tokens are asked with. */
export interface TokenKeeperOptions {
  readonly client: HttpClient;
  readonly hosts: Hosts;
  readonly clock: Clock;
  readonly tokenMs: number;
}

type Bearer = Extract<Scheme, { kind: 'bearer' }>;

/** Where in its life a token is renewed: early enough that none expires on its way. */
const freshPart = 0.85;

/** Keeps tokens by account and scopes, renews them in time, and asks each question once however many want its answer. */
export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  readonly #accounts: Accounts;
  readonly #refreshTokens = new Map<string, string>();
  readonly #flights = new SingleFlight<string, HeldToken>();

  constructor(options: TokenKeeperOptions, accounts: Accounts) {
    this.#options = options;
    this.#accounts = accounts;
  }

  /** The header's value with a token that is still good for a while. */
  async authorization(
    target: AuthorizationTarget,
    manners: Manners,
    scheme: Bearer,
    credential: Credential | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const key = this.#key(target, credential);
    const held = manners.tokens.get(key);
    if (held !== undefined && held.staleAtMs > this.#options.clock.monotonicMs()) return held.token.authorization;
    const flight = this.#flights.run(`${target.host} ${key}`, async () => {
      const renewed = await this.#renew(target, manners, scheme, credential);
      manners.tokens.set(key, renewed);
      return renewed;
    });
    return (await unlessAborted(flight, signal)).token.authorization;
  }

  /** The token at hand for this target, fresh or not. */
  held(target: AuthorizationTarget, manners: Manners, credential: Credential | undefined): Token | undefined {
    return manners.tokens.get(this.#key(target, credential))?.token;
  }

  /** Lets go of the token for this target, so that the next who needs one asks. */
  forget(target: AuthorizationTarget, manners: Manners, credential: Credential | undefined): void {
    manners.tokens.delete(this.#key(target, credential));
  }

  #key(target: AuthorizationTarget, credential: Credential | undefined): string {
    return `${this.#accounts.key(target.host, credential)} ${scopeKey(target)}`;
  }

  /** Asks for a token. Shared by all who need it, so it must not end with the one who asked first: it has a deadline instead. */
  async #renew(
    target: AuthorizationTarget,
    manners: Manners,
    scheme: Bearer,
    credential: Credential | undefined,
  ): Promise<HeldToken> {
    const { clock, client, hosts, tokenMs } = this.#options;
    const ownSignal = new AbortController().signal;
    const account = this.#accounts.key(target.host, credential);
    const proven = credential === undefined ? undefined : await this.#accounts.enter(target, credential, ownSignal);
    const replaced = this.#refreshTokens.get(account);
    const question = {
      realm: scheme.realm,
      service: scheme.service,
      scopes: scopesFor(target, manners),
      credential:
        credential?.kind === 'identity' && replaced !== undefined ? { ...credential, token: replaced } : credential,
    };
    const askedMs = clock.monotonicMs();
    let isKnown = false;
    try {
      const token = await withDeadline(
        clock,
        tokenMs,
        ownSignal,
        () => this.#lateError(target, scheme),
        (signal) => fetchToken(client, hosts.get(target.host), question, target, signal),
      );
      isKnown = true;
      if (token.refreshToken !== undefined) this.#refreshTokens.set(account, token.refreshToken);
      return { token, staleAtMs: askedMs + token.lifetimeSeconds * 1000 * freshPart };
    } catch (thrown) {
      if (!(thrown instanceof CopyError) || thrown.op !== 'token') throw thrown;
      const { http, hint } = thrown;
      if (http?.status === 401 || hint === 'credential-wrong')
        throw credential === undefined ? credentialMissing(target) : this.#accounts.reject(target, credential);
      isKnown = http?.status === 403;
      throw isKnown ? rightMissing(target, credential !== undefined) : thrown;
    } finally {
      proven?.(isKnown);
    }
  }

  #lateError(target: AuthorizationTarget, scheme: Bearer): CopyError {
    const { side, subject } = target;
    const message = `${side} token server ${scheme.realm.host} did not answer within ${this.#options.tokenMs / 1000} s`;
    return copyError('timeout', { side, op: 'token', subject, message, advice: { do: 'again' } });
  }
}
