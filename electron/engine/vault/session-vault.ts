import type { Credential } from '../ports/credentials.ts';
import type { KeptCredential, Vault, VaultStanding } from '../ports/vault.ts';
import { registryOf, shownOf } from './records.ts';

/** A vault in memory: what it keeps ends with the process, or when it is locked. */
export class SessionVault implements Vault {
  readonly kind = 'session';
  readonly #kept = new Map<string, Credential>();

  async get(host: string, signal: AbortSignal): Promise<Credential | undefined> {
    signal.throwIfAborted();
    return this.#kept.get(registryOf(host));
  }

  async set(host: string, credential: Credential, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#kept.set(registryOf(host), { ...credential });
  }

  async remove(host: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    return this.#kept.delete(registryOf(host));
  }

  async list(signal: AbortSignal): Promise<readonly KeptCredential[]> {
    signal.throwIfAborted();
    const hosts = [...this.#kept.keys()].sort();
    return hosts.flatMap((host) => {
      const credential = this.#kept.get(host);
      return credential === undefined ? [] : [shownOf(host, credential)];
    });
  }

  async standing(signal: AbortSignal): Promise<VaultStanding> {
    signal.throwIfAborted();
    return { isThere: true, isLocked: false, canKeep: true };
  }

  async unlock(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
  }

  lock(): void {
    this.#kept.clear();
  }
}
