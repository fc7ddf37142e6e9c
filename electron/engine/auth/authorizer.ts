import { namedPlace } from '../http/redirects.ts';
import type { CopyError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/log.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { AuthorizationOutcome, AuthorizationTarget, Authorizer } from '../ports/authorizer.ts';
import type { Credential, CredentialSource } from '../ports/credentials.ts';
import { coversScopes, formatScopes, mergeScopes, parseScopes } from '../rules/scopes.ts';
import { Accounts, type EndTrial } from './accounts.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { grantedScopes } from './granted.ts';
import { type Manners, MannersBook, scopeKey, scopesFor } from './manners.ts';
import { credentialMissing, realmChanged, rightMissing, schemeUnknown } from './refusals.ts';
import { TokenKeeper, type TokenKeeperOptions } from './token-keeper.ts';
import { basicAuthorization } from './tokens.ts';
import type { RealmBook } from '../ports/registry-book.ts';

/** What the authorizer works with. */
export interface RegistryAuthorizerOptions extends TokenKeeperOptions {
  readonly credentials: CredentialSource;
  readonly logger: Logger;
  /** Token servers that hosts named in earlier runs; only this process remembers them where there is none. */
  readonly realms?: Pick<RealmBook, 'pin'>;
}

/** Docker Hub: a token whose `nbf` is now is refused by a node whose clock is behind (moby/moby#22158); later it is accepted. */
const clockLagMs = 1500;

/** Basic and Bearer for every registry of this process: learns from challenges, keeps tokens, asks each question once. */
export class RegistryAuthorizer implements Authorizer {
  readonly #options: RegistryAuthorizerOptions;
  readonly #manners = new MannersBook();
  readonly #accounts = new Accounts();
  readonly #tokens: TokenKeeper;
  readonly #realms = new Map<string, string>();
  /** First uses of a password that are on their way, each known by the request it went with. */
  readonly #trials = new Map<AuthorizationTarget, { readonly credential: Credential; readonly end: EndTrial }>();

  constructor(options: RegistryAuthorizerOptions) {
    this.#options = options;
    this.#tokens = new TokenKeeper(options, this.#accounts);
  }

  async authorization(target: AuthorizationTarget, signal: AbortSignal): Promise<string | undefined> {
    const manners = this.#manners.of(target);
    if (!manners.hasAnswered && manners.firstAnswer !== undefined)
      await unlessAborted(manners.firstAnswer.promise, signal);
    const { scheme } = manners;
    if (scheme === undefined) {
      if (!manners.hasAnswered) manners.firstAnswer ??= Promise.withResolvers<void>();
      return undefined;
    }
    const credential = await this.#credential(target, signal);
    if (scheme.kind === 'basic') {
      if (credential?.kind !== 'basic') return undefined;
      const end = await this.#accounts.enter(target, credential, signal);
      if (end !== undefined) this.#trials.set(target, { credential, end });
      return basicAuthorization(credential.user, credential.password);
    }
    if (credential?.kind === 'registry-token') return `Bearer ${credential.token}`;
    return this.#tokens.authorization(target, manners, scheme, credential, signal);
  }

  async challenged(
    target: AuthorizationTarget,
    challenges: readonly string[],
    used: string | undefined,
    round: number,
    signal: AbortSignal,
  ): Promise<void> {
    const manners = this.#manners.of(target);
    const offered = parseChallenges(challenges);
    const bearer = offered.find((challenge) => challenge.scheme === 'bearer' && challenge.parameters.get('realm'));
    const credential = await this.#credential(target, signal);
    if (bearer !== undefined) {
      await this.#learnRealm(target, manners, bearer, credential);
      if (used !== undefined) await this.#refusedToken(target, manners, bearer, credential, used, round, signal);
      return;
    }
    const schemes = offered.map((challenge) => challenge.scheme);
    if (!schemes.includes('basic')) throw schemeUnknown(target, schemes);
    manners.scheme = { kind: 'basic' };
    if (credential?.kind !== 'basic') throw credentialMissing(target);
    if (used?.startsWith('Basic ') === true) throw this.#accounts.reject(target, credential);
  }

  async lacking(target: AuthorizationTarget, signal: AbortSignal): Promise<CopyError | undefined> {
    const credential = await this.#credential(target, signal);
    const token = this.#tokens.held(target, this.#manners.of(target), credential);
    const granted = token && grantedScopes(token.authorization);
    if (granted === undefined || coversScopes(granted, target.scopes)) return undefined;
    return rightMissing(target, credential !== undefined);
  }

  settled(target: AuthorizationTarget, outcome: AuthorizationOutcome): void {
    const trial = this.#trials.get(target);
    if (trial !== undefined) {
      this.#trials.delete(target);
      if (outcome === 'refused') this.#accounts.reject(target, trial.credential);
      trial.end(outcome === 'looked-at');
    }
    const manners = this.#manners.of(target);
    if (manners.hasAnswered) return;
    manners.hasAnswered = true;
    manners.firstAnswer?.resolve();
  }

  /** The credential for this target; throws at once when it was rejected before. */
  async #credential(target: AuthorizationTarget, signal: AbortSignal): Promise<Credential | undefined> {
    const credential = await this.#options.credentials.credentialFor(target.host, target.repository, signal);
    if (credential !== undefined) this.#accounts.refuseRejected(target, credential);
    return credential;
  }

  /** A credential goes only to the token server that was first named for its registry (SECURITY S-CRED-1). */
  async #learnRealm(
    target: AuthorizationTarget,
    manners: Manners,
    challenge: Challenge,
    credential: Credential | undefined,
  ): Promise<void> {
    const { side, subject, host, origin } = target;
    const context = { side, op: 'token', subject, method: 'GET', host };
    const realm = namedPlace(challenge.parameters.get('realm') ?? '', new URL('/v2/', origin), context);
    // pinned for good only once a secret is about to go there
    const kept = credential === undefined ? undefined : await this.#options.realms?.pin(host, realm.origin);
    const pinned = kept ?? this.#realms.get(host);
    if (kept !== undefined) this.#realms.set(host, kept);
    if (pinned === undefined) {
      this.#realms.set(host, realm.origin);
      const facts = { host, tokenServer: realm.origin };
      if (realm.origin !== origin) this.#options.logger.log('info', 'registry names its token server', facts);
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
    if (credential?.kind === 'registry-token') throw this.#accounts.reject(target, credential);
    const held = this.#tokens.held(target, manners, credential);
    if (held !== undefined && held.authorization !== used) return;
    if (round === 0) return this.#tokens.forget(target, manners, credential);
    const error = challenge.parameters.get('error');
    const asked = parseScopes(challenge.parameters.get('scope') ?? '');
    const wanted = mergeScopes([...target.scopes, ...asked]);
    const isNew = formatScopes(wanted) !== formatScopes(scopesFor(target, manners));
    if (error === 'insufficient_scope' && isNew && !manners.extraScopes.has(scopeKey(target))) {
      manners.extraScopes.set(scopeKey(target), wanted);
      return this.#tokens.forget(target, manners, credential);
    }
    if (error === 'invalid_token' && round === 1) return this.#options.clock.sleep(clockLagMs, signal);
    throw rightMissing(target, credential !== undefined);
  }
}
