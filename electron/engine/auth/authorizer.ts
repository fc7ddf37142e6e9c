import type { HttpClient } from '../http/client.ts';
import type { Hosts } from '../http/hosts.ts';
import { namedPlace } from '../http/redirects.ts';
import type { Clock } from '../kernel/clock.ts';
import { copyError, CopyError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/log.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { SingleFlight, unlessAborted } from '../kernel/single-flight.ts';
import type { AuthorizationTarget, Authorizer } from '../ports/authorizer.ts';
import type { Credential, CredentialSource } from '../ports/credentials.ts';
import { formatScopes, mergeScopes, parseScopes, type Scope } from '../rules/scopes.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { credentialMissing, credentialWrong, realmChanged, rightMissing, schemeUnknown } from './refusals.ts';
import { basicAuthorization, fetchToken, type Token } from './tokens.ts';

/** What the authorizer works with. */
export interface RegistryAuthorizerOptions {
  readonly client: HttpClient;
  readonly hosts: Hosts;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tokenMs: number;
}

type Scheme =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: URL; readonly service: string | undefined };

/** What one part of a registry taught us. Harbor's catalog wants Basic while the rest wants Bearer (goharbor/harbor#13573). */
interface Manners {
  scheme?: Scheme;
  /** Until the first answer is in, one request goes ahead and the others wait for what it learns. */
  firstAnswer?: PromiseWithResolvers<void>;
  hasAnswered: boolean;
  readonly tokens: Map<string, HeldToken>;
  /** Scopes that a challenge asked for beyond what we thought was needed. */
  readonly extraScopes: Map<string, readonly Scope[]>;
}

interface HeldToken {
  readonly token: Token;
  readonly staleAtMs: number;
}

/** Where in its life a token is renewed: early enough that none expires on its way. */
const freshPart = 0.85;
/** Docker Hub: a token whose `nbf` is now is refused by a node whose clock is behind (moby/moby#22158); later it is accepted. */
const clockLagMs = 1500;

/** Basic and Bearer for every registry of this process: learns from challenges, keeps tokens, asks each question once. */
export class RegistryAuthorizer implements Authorizer {
  readonly #options: RegistryAuthorizerOptions;
  readonly #manners = new Map<string, Manners>();
  readonly #realms = new Map<string, string>();
  readonly #refreshTokens = new Map<string, string>();
  readonly #rejected = new Map<string, CopyError>();
  readonly #flights = new SingleFlight<string, HeldToken>();

  constructor(options: RegistryAuthorizerOptions) {
    this.#options = options;
  }

  async authorization(target: AuthorizationTarget, signal: AbortSignal): Promise<string | undefined> {
    const manners = this.#mannersOf(target);
    if (!manners.hasAnswered && manners.firstAnswer !== undefined)
      await unlessAborted(manners.firstAnswer.promise, signal);
    const { scheme } = manners;
    if (scheme === undefined) {
      if (!manners.hasAnswered) manners.firstAnswer ??= Promise.withResolvers<void>();
      return undefined;
    }
    const credential = await this.#credential(target, signal);
    if (scheme.kind === 'basic')
      return credential?.kind === 'basic' ? basicAuthorization(credential.user, credential.password) : undefined;
    if (credential?.kind === 'registry-token') return `Bearer ${credential.token}`;
    const key = tokenKey(target, credential);
    const held = manners.tokens.get(key);
    if (held !== undefined && held.staleAtMs > this.#options.clock.monotonicMs()) return held.token.authorization;
    const flight = this.#flights.run(`${target.host} ${key}`, () =>
      this.#renew(target, manners, scheme, credential, key),
    );
    return (await unlessAborted(flight, signal)).token.authorization;
  }

  async challenged(
    target: AuthorizationTarget,
    challenges: readonly string[],
    used: string | undefined,
    round: number,
    signal: AbortSignal,
  ): Promise<void> {
    const manners = this.#mannersOf(target);
    const offered = parseChallenges(challenges);
    const bearer = offered.find((challenge) => challenge.scheme === 'bearer' && challenge.parameters.has('realm'));
    const basic = offered.find((challenge) => challenge.scheme === 'basic');
    const credential = await this.#credential(target, signal);
    if (bearer !== undefined) {
      this.#learnRealm(target, manners, bearer, credential);
      if (used !== undefined) await this.#refusedToken(target, manners, bearer, credential, used, round, signal);
      return;
    }
    if (basic === undefined)
      throw schemeUnknown(
        target,
        offered.map((challenge) => challenge.scheme),
      );
    manners.scheme = { kind: 'basic' };
    if (credential?.kind !== 'basic') throw credentialMissing(target);
    if (used?.startsWith('Basic ') === true) throw this.#reject(target, credential);
  }

  settled(target: AuthorizationTarget): void {
    const manners = this.#mannersOf(target);
    manners.hasAnswered = true;
    manners.firstAnswer?.resolve();
  }

  #mannersOf(target: AuthorizationTarget): Manners {
    const key = `${target.host} ${target.repository === undefined ? 'registry' : 'repository'}`;
    let manners = this.#manners.get(key);
    if (manners === undefined) {
      manners = { hasAnswered: false, tokens: new Map(), extraScopes: new Map() };
      this.#manners.set(key, manners);
    }
    return manners;
  }

  /** The credential for this target; throws at once when it was rejected before, so that no account is locked by repetition. */
  async #credential(target: AuthorizationTarget, signal: AbortSignal): Promise<Credential | undefined> {
    const credential = await this.#options.credentials.credentialFor(target.host, target.repository, signal);
    const rejection = credential === undefined ? undefined : this.#rejected.get(accountKey(target, credential));
    if (rejection !== undefined) throw rejection;
    return credential;
  }

  #reject(target: AuthorizationTarget, credential: Credential): CopyError {
    const user =
      credential.kind === 'basic' ? credential.user : (credential.kind === 'identity' && credential.user) || '<token>';
    const error = credentialWrong(target, user);
    this.#rejected.set(accountKey(target, credential), error);
    return error;
  }

  /** A credential goes only to the token server that was first named for its registry (SECURITY S-CRED-1). */
  #learnRealm(
    target: AuthorizationTarget,
    manners: Manners,
    challenge: Challenge,
    credential: Credential | undefined,
  ): void {
    const context = { side: target.side, op: 'token', subject: target.subject, method: 'GET', host: target.host };
    const realm = namedPlace(challenge.parameters.get('realm') ?? '', new URL('/v2/', target.origin), context);
    const pinned = this.#realms.get(target.host);
    if (pinned === undefined) {
      this.#realms.set(target.host, realm.origin);
      if (realm.origin !== target.origin) {
        this.#options.logger.log('info', 'registry names its token server', {
          host: target.host,
          tokenServer: realm.origin,
        });
      }
    } else if (pinned !== realm.origin && credential !== undefined) {
      throw realmChanged(target, pinned, realm.origin);
    }
    manners.scheme = { kind: 'bearer', realm, service: challenge.parameters.get('service') };
  }

  /** A token was refused: an old one is dropped, a fresh one may lack a scope or meet a clock that is behind, or the right is missing. */
  async #refusedToken(
    target: AuthorizationTarget,
    manners: Manners,
    challenge: Challenge,
    credential: Credential | undefined,
    used: string,
    round: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (credential?.kind === 'registry-token') throw this.#reject(target, credential);
    const key = tokenKey(target, credential);
    const held = manners.tokens.get(key);
    if (held !== undefined && held.token.authorization !== used) return;
    if (round === 0) {
      manners.tokens.delete(key);
      return;
    }
    const error = challenge.parameters.get('error');
    const asked = parseScopes(challenge.parameters.get('scope') ?? '');
    const wanted = mergeScopes([...target.scopes, ...asked]);
    const isNew = formatScopes(wanted) !== formatScopes(this.#scopesFor(target, manners));
    if (error === 'insufficient_scope' && isNew && !manners.extraScopes.has(scopeKey(target))) {
      manners.extraScopes.set(scopeKey(target), wanted);
      manners.tokens.delete(key);
      return;
    }
    if (error === 'invalid_token' && round === 1) return this.#options.clock.sleep(clockLagMs, signal);
    throw rightMissing(target, credential !== undefined);
  }

  #scopesFor(target: AuthorizationTarget, manners: Manners): readonly Scope[] {
    return manners.extraScopes.get(scopeKey(target)) ?? mergeScopes(target.scopes);
  }

  async #renew(
    target: AuthorizationTarget,
    manners: Manners,
    scheme: Extract<Scheme, { kind: 'bearer' }>,
    credential: Credential | undefined,
    key: string,
  ): Promise<HeldToken> {
    const { clock, client, hosts, tokenMs } = this.#options;
    const account = credential === undefined ? '' : accountKey(target, credential);
    const renewed = this.#refreshTokens.get(account);
    const current =
      credential?.kind === 'identity' && renewed !== undefined ? { ...credential, token: renewed } : credential;
    const receivedMs = clock.monotonicMs();
    const question = {
      realm: scheme.realm,
      service: scheme.service,
      scopes: this.#scopesFor(target, manners),
      credential: current,
    };
    const late = (): CopyError =>
      copyError('timeout', {
        side: target.side,
        op: 'token',
        subject: target.subject,
        message: `${target.side} token server ${scheme.realm.host} did not answer within ${tokenMs / 1000} s`,
        advice: { do: 'again' },
      });
    try {
      // shared by all who need it, so it must not end with the one who asked first
      const token = await withDeadline(clock, tokenMs, new AbortController().signal, late, (signal) =>
        fetchToken(client, hosts.get(target.host), question, target, signal),
      );
      if (token.refreshToken !== undefined) this.#refreshTokens.set(account, token.refreshToken);
      const held = { token, staleAtMs: receivedMs + token.lifetimeSeconds * 1000 * freshPart };
      manners.tokens.set(key, held);
      return held;
    } catch (thrown) {
      if (
        thrown instanceof CopyError &&
        thrown.op === 'token' &&
        (thrown.http?.status === 401 || thrown.hint === 'credential-wrong')
      ) {
        throw credential === undefined ? credentialMissing(target) : this.#reject(target, credential);
      }
      throw thrown instanceof CopyError && thrown.http?.status === 403
        ? rightMissing(target, credential !== undefined)
        : thrown;
    }
  }
}

function scopeKey(target: AuthorizationTarget): string {
  return formatScopes(mergeScopes(target.scopes));
}

function tokenKey(target: AuthorizationTarget, credential: Credential | undefined): string {
  return `${credential === undefined ? '' : accountKey(target, credential)} ${scopeKey(target)}`;
}

function accountKey(target: AuthorizationTarget, credential: Credential): string {
  return `${target.host} ${credential.kind} ${'user' in credential ? (credential.user ?? '') : ''}`;
}
