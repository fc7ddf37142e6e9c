import type { AuthorizationTarget } from '../ports/authorizer.ts';
import { formatScopes, mergeScopes, type Scope } from '../rules/scopes.ts';
import type { Token } from './tokens.ts';

/** How a registry wants to be asked. */
export type Scheme =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: URL; readonly service: string | undefined };

/** A token and until when it is fresh, in monotonic time. */
export interface HeldToken {
  readonly token: Token;
  readonly staleAtMs: number;
}

/** What one part of a registry taught us. Harbor's catalog wants Basic while the rest wants Bearer (goharbor/harbor#13573). */
export interface Manners {
  scheme?: Scheme;
  /** Until the first answer is in, one request goes ahead and the others wait for what it learns. */
  firstAnswer?: PromiseWithResolvers<void>;
  hasAnswered: boolean;
  readonly tokens: Map<string, HeldToken>;
  /** Scopes that a challenge asked for beyond what we thought was needed. */
  readonly extraScopes: Map<string, readonly Scope[]>;
}

/** The manners of every registry of this process, its repositories and its catalog apart. */
export class MannersBook {
  readonly #repositories = new Map<string, Manners>();
  readonly #catalogs = new Map<string, Manners>();

  /** What is known of the part of a registry that `target` is about. */
  of(target: AuthorizationTarget): Manners {
    const known = target.repository === undefined ? this.#catalogs : this.#repositories;
    let manners = known.get(target.host);
    if (manners === undefined) {
      manners = { hasAnswered: false, tokens: new Map(), extraScopes: new Map() };
      known.set(target.host, manners);
    }
    return manners;
  }
}

/** Names what a request needs, whatever order it was written in. */
export function scopeKey(target: AuthorizationTarget): string {
  return formatScopes(mergeScopes(target.scopes));
}

/** The scopes to ask a token for. */
export function scopesFor(target: AuthorizationTarget, manners: Manners): readonly Scope[] {
  return manners.extraScopes.get(scopeKey(target)) ?? mergeScopes(target.scopes);
}
