import type { IncomingMessage } from 'node:http';
import type { Clock } from '../kernel/clock.ts';
import { assertNever } from '../kernel/errors.ts';
import { plainAddress } from './client-address.ts';
import type { BearerOptions, DockOptions, Verify } from './options.ts';
import { refusal } from './refusal.ts';
import type { Route } from './routes.ts';
import { covers, formatScope, type Scope } from './scopes.ts';
import { TokenRealm } from './token-realm.ts';
import type { Pass } from './tokens.ts';
import { basicCredentials, verifierOf } from './users.ts';

/** Who asks, and what else they may do. */
export interface Visitor {
  readonly user: string | undefined;
  readonly allows: (scope: Scope) => boolean;
}

const anyone: Visitor = { user: undefined, allows: () => true };

/** Decides who may come in: everyone, Basic users, holders of a token, or either of the two. */
export class Access {
  readonly realm: TokenRealm | undefined;
  readonly #verify: Verify | undefined;

  constructor(options: Pick<DockOptions, 'access' | 'bearer'>, clock: Clock) {
    const { basic } = options.access ?? {};
    const bearer: BearerOptions | undefined = options.bearer;
    this.#verify = basic === undefined ? undefined : verifierOf(basic);
    this.realm = bearer === undefined ? undefined : new TokenRealm(bearer, clock);
  }

  /** The visitor behind a request; refuses with 401 and a challenge who may not do what the route needs. */
  async admit(request: IncomingMessage, needed: Scope | undefined): Promise<Visitor> {
    if (this.#verify === undefined && this.realm === undefined) return anyone;
    const { authorization } = request.headers;
    const credentials = this.#verify === undefined ? undefined : basicCredentials(authorization);
    if (credentials !== undefined && (await this.#verify?.(credentials.user, credentials.password))) {
      return { user: credentials.user, allows: () => true };
    }
    const pass = this.#passIn(authorization);
    if (pass !== undefined && (needed === undefined || covers(pass.scopes, needed))) {
      return { user: pass.user, allows: (scope) => covers(pass.scopes, scope) };
    }
    const reason = pass !== undefined ? 'insufficient_scope' : authorization === undefined ? '' : 'invalid_token';
    throw refusal(401, 'UNAUTHORIZED', 'authentication is required', {
      'WWW-Authenticate': this.#challenges(request, needed, reason),
    });
  }

  #passIn(authorization: string | undefined): Pass | undefined {
    const token = /^bearer +([\w.~+/=-]{1,512})$/i.exec(authorization?.trim() ?? '')?.[1];
    return token === undefined ? undefined : this.realm?.redeem(token);
  }

  #challenges(request: IncomingMessage, needed: Scope | undefined, reason: string): string[] {
    const challenges: string[] = [];
    if (this.realm !== undefined) {
      // The address the client reached us at, as the socket knows it; a Host header is the client's invention (S-REG-7).
      const { localAddress = '', localPort = 0 } = request.socket;
      const parameters = [
        `realm="${'encrypted' in request.socket ? 'https' : 'http'}://${hostOf(localAddress)}:${localPort}/token"`,
        `service="${this.realm.service}"`,
      ];
      if (needed !== undefined) parameters.push(`scope="${formatScope(needed)}"`);
      if (reason !== '') parameters.push(`error="${reason}"`);
      challenges.push(`Bearer ${parameters.join(',')}`);
    }
    if (this.#verify !== undefined) challenges.push('Basic realm="dock", charset="UTF-8"');
    return challenges;
  }
}

/** What a request must be allowed to do; undefined when being somebody is enough. */
export function neededScope(route: Route, method: string): Scope | undefined {
  switch (route.kind) {
    case 'base':
    case 'token':
      return undefined;
    case 'catalog':
      return { type: 'registry', name: 'catalog', actions: ['*'] };
    case 'uploads':
    case 'upload':
      return { type: 'repository', name: route.repository, actions: ['pull', 'push'] };
    case 'tags':
    case 'manifest':
    case 'blob':
    case 'referrers':
      return { type: 'repository', name: route.repository, actions: actionsOf(method) };
    default:
      return assertNever(route);
  }
}

function actionsOf(method: string): readonly string[] {
  if (method === 'GET' || method === 'HEAD') return ['pull'];
  return method === 'DELETE' ? ['delete'] : ['pull', 'push'];
}

function hostOf(address: string): string {
  const plain = plainAddress(address);
  return plain.includes(':') ? `[${plain}]` : plain;
}
