import type { Side } from '../../contract/errors.ts';
import type { CopyError } from '../kernel/errors.ts';
import type { Meter } from '../kernel/meter.ts';
import type { Scope } from '../rules/scopes.ts';

/** What a request is about to do, as far as its permission matters. */
export interface AuthorizationTarget {
  /** The registry host in our spelling: `docker.io`, `name[:port]`. */
  readonly host: string;
  /** `scheme://host[:port]` that credentials are bound to. */
  readonly origin: string;
  /** The repository asked for; undefined for requests about the whole registry. */
  readonly repository?: string;
  /** The rights needed, the one most needed first. */
  readonly scopes: readonly Scope[];
  readonly side: Side;
  readonly subject: string;
  /** Counts token requests. */
  readonly meter: Meter;
}

/**
 * What a request says about the authorization it went with: it was looked at, `refused` in other words than a challenge, or
 * `unknown` because nobody answered or the answer was about something else.
 */
export type AuthorizationOutcome = 'looked-at' | 'refused' | 'unknown';

/** Knows what to put into the Authorization header for one registry at a time. */
export interface Authorizer {
  /** The header's value; undefined to ask anonymously. */
  authorization(target: AuthorizationTarget, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Learns from an answer that refused. Returns when the request is worth sending again with a new authorization.
   * Must throw CopyError `unauthorized` or `forbidden` when it is not, and must not try a rejected password twice.
   * @param challenges the WWW-Authenticate headers as they came
   * @param used the header value that was refused; undefined when there was none
   * @param round how many times this one request was refused before
   */
  challenged(
    target: AuthorizationTarget,
    challenges: readonly string[],
    used: string | undefined,
    round: number,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * What the authorization at hand will not allow, as far as it says so itself; undefined when nothing is known against it.
   * Asks nobody: a request for the same target must have gone before.
   */
  lacking(target: AuthorizationTarget, signal: AbortSignal): Promise<CopyError | undefined>;
  /** Must be called once a request that asked for its authorization has an outcome. */
  settled(target: AuthorizationTarget, outcome: AuthorizationOutcome): void;
}
