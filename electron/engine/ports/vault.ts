import type { Credential } from './credentials.ts';

/** What may be shown of a credential that is kept. */
export interface KeptCredential {
  /** The registry in our spelling: `docker.io`, `name[:port]`. */
  readonly host: string;
  readonly kind: Credential['kind'];
  /** Undefined when the credential names no user, and while the vault is locked. */
  readonly user?: string;
}

/** How a vault stands. */
export interface VaultStanding {
  /** False until something was kept in it for the first time, or it was made by `unlock`. */
  readonly isThere: boolean;
  /** True when its key has to be asked for before a secret can be had or kept. */
  readonly isLocked: boolean;
  /** False when nothing can be kept in it on this machine. */
  readonly canKeep: boolean;
}

/**
 * A place that keeps one credential a registry. `session` forgets with the process, `passphrase` and `desktop` rest encrypted.
 * Every method must reject with a CopyError of side `local`: `invalid` for a wrong passphrase, `integrity` for a damaged vault,
 * which then must be left as it is; and must never put a secret into an error.
 */
export interface Vault {
  readonly kind: 'session' | 'passphrase' | 'desktop';
  /** The credential kept for `host`; undefined when none is. Must not ask for a passphrase when nothing is kept for it. */
  get(host: string, signal: AbortSignal): Promise<Credential | undefined>;
  /** Keeps `credential` for `host` in the place of the one before; it must be durable when this resolves. */
  set(host: string, credential: Credential, signal: AbortSignal): Promise<void>;
  /** Lets go of the credential for `host`; false when there was none. */
  remove(host: string, signal: AbortSignal): Promise<boolean>;
  /** Everything kept, by host; never a secret. Must not ask for a passphrase. */
  list(signal: AbortSignal): Promise<readonly KeptCredential[]>;
  standing(signal: AbortSignal): Promise<VaultStanding>;
  /** Opens the vault now, or makes it where there is none. Must ask for the passphrase anew, however often it was wrong. */
  unlock(signal: AbortSignal): Promise<void>;
  /** Drops keys and secrets from memory; a vault that rests on disk opens again when it is next asked. */
  lock(): void;
}

/** Wraps a vault's key so that only this user on this machine can unwrap it, as the desktop's safe storage does. */
export interface KeyWrapper {
  /** False when what is wrapped would lie open: no key store, or one that only pretends. */
  isAvailable(): Promise<boolean>;
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** Must reject when `wrapped` was wrapped by another user, on another machine, or was changed. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/**
 * Gives the passphrase of a vault, asked for `open` or, once, for a `new` one; undefined when nobody can be asked.
 * The bytes are wiped by whoever asked.
 */
export type PassphraseSource = (
  purpose: 'open' | 'new',
  signal: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer> | undefined>;
