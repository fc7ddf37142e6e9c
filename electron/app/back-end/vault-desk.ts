import { encodeUtf8 } from '../../oci/utf8.ts';
import type { VaultState } from '../../contract/vault-state.ts';
import {
  type CredentialSource,
  type PassphraseSource,
  SessionVault,
  type Vault,
  vaultCredentials,
} from '../../engine/engine.ts';
import type { Credential, Keeping, VaultDesk } from '../window/parts.ts';

/** The name that the proxy's credential is kept under; no registry can have it. */
const proxyName = 'proxy.invalid';

/** A passphrase that was just typed, to be asked for once. */
export class TypedPassphrase {
  #typed: Uint8Array<ArrayBuffer> | undefined;

  /** Keeps it for the next question. */
  type(passphrase: string): void {
    const bytes = encodeUtf8(passphrase.normalize('NFC'));
    this.#typed = new Uint8Array(bytes.byteLength);
    this.#typed.set(bytes);
  }

  /** Gives it once; nobody else can be asked. */
  readonly source: PassphraseSource = () => {
    const typed = this.#typed;
    this.#typed = undefined;
    return Promise.resolve(typed);
  };
}

/** The vaults of this program: one in memory, and one that rests encrypted where there can be one. */
export class Vaults implements VaultDesk {
  readonly #session = new SessionVault();
  readonly #stored: Vault | undefined;
  readonly #typed: TypedPassphrase;
  readonly #why: string | undefined;

  /** `why` says why nothing can be stored, where that is so. */
  constructor(stored: Vault | undefined, typed: TypedPassphrase, why?: string) {
    this.#stored = stored;
    this.#typed = typed;
    this.#why = why;
  }

  /** What is kept, as registries are asked with it: what was typed for this session goes first. */
  get credentials(): CredentialSource {
    const session = vaultCredentials(this.#session);
    const stored = this.#stored === undefined ? undefined : vaultCredentials(this.#stored);
    return {
      credentialFor: async (host, path, signal) =>
        (await session.credentialFor(host, path, signal)) ?? stored?.credentialFor(host, path, signal),
    };
  }

  async state(signal: AbortSignal): Promise<VaultState> {
    const stored = this.#stored;
    if (stored === undefined) return { kind: 'session', isLocked: false, canStore: false, ...this.#reason() };
    const { isLocked, isThere, canKeep } = await stored.standing(signal);
    // until a passphrase is chosen, passwords are kept in memory like anywhere without a vault
    if (stored.kind === 'passphrase' && !isThere)
      return { kind: 'session', isLocked: false, canStore: false, ...this.#reason() };
    const isClosed = stored.kind === 'passphrase' && isLocked;
    return { kind: stored.kind, isLocked: isClosed, canStore: canKeep && !isClosed, ...this.#reason() };
  }

  async unlock(passphrase: string, signal: AbortSignal): Promise<void> {
    this.#typed.type(passphrase);
    await this.#stored?.unlock(signal);
  }

  async create(passphrase: string, signal: AbortSignal): Promise<void> {
    await this.unlock(passphrase, signal);
  }

  lock(): void {
    this.#session.lock();
    this.#stored?.lock();
  }

  async kept(signal: AbortSignal): Promise<readonly { readonly host: string; readonly keeping: Keeping }[]> {
    const session = await this.#session.list(signal);
    const stored = (await this.#stored?.list(signal)) ?? [];
    const all = [
      ...session.map(({ host }) => ({ host, keeping: 'session' as const })),
      ...stored.map(({ host }) => ({ host, keeping: 'stored' as const })),
    ];
    return all.filter(({ host }) => host !== proxyName);
  }

  async keep(host: string, credential: Credential, keeping: Keeping, signal: AbortSignal): Promise<void> {
    const stored = keeping === 'stored' ? this.#stored : undefined;
    await (stored ?? this.#session).set(host, credential, signal);
    if (stored === undefined) await this.#stored?.remove(host, signal);
    else await this.#session.remove(host, signal);
  }

  async forget(host: string, signal: AbortSignal): Promise<void> {
    await this.#session.remove(host, signal);
    await this.#stored?.remove(host, signal);
  }

  async keepProxy(credential: Credential | undefined, signal: AbortSignal): Promise<void> {
    if (credential === undefined) return this.forget(proxyName, signal);
    const { canStore } = await this.state(signal);
    await this.keep(proxyName, credential, canStore ? 'stored' : 'session', signal);
  }

  /** The proxy's address with what it asks for; undefined without a proxy. */
  async withProxyCredential(proxy: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (proxy === undefined) return undefined;
    const credential = await this.credentials.credentialFor(proxyName, undefined, signal);
    if (credential?.kind !== 'basic') return proxy;
    const url = new URL(proxy);
    url.username = encodeURIComponent(credential.user);
    url.password = encodeURIComponent(credential.password);
    return url.href;
  }

  #reason(): { readonly why?: string } {
    return this.#why === undefined ? {} : { why: this.#why };
  }
}
