/** A registry the operator has listed. Secrets live in the vault, under `id`. */
export interface RegistryEntry {
  /** Names the entry; never changes. */
  readonly id: string;
  /** Our spelling: `docker.io`, `name[:port]`. */
  readonly host: string;
  readonly displayName: string;
  readonly plainHttp: boolean;
  /** Certificates are not checked. */
  readonly insecure: boolean;
  /** Certificates in PEM that are trusted for this host. */
  readonly ca?: string;
  readonly user?: string;
  /** Projects or prefixes seen there, to choose from. */
  readonly namespaces: readonly string[];
}

/** The operator's list of registries, in the operator's order. */
export interface RegistryBook {
  list(): Promise<readonly RegistryEntry[]>;
  /** Adds an entry at the end, or replaces the one of the same id where it is. Rejects with `invalid` when a field may not be kept. */
  put(entry: RegistryEntry): Promise<void>;
  /** False when it was not there. */
  remove(id: string): Promise<boolean>;
  /** Puts the entries into this order; those not named come last. */
  arrange(ids: readonly string[]): Promise<void>;
}

/** The token servers that registries named first; a registry that names another is refused until a person approves (S-CRED-1). */
export interface RealmBook {
  /** The pinned origin of the token server; undefined before the first use. */
  pinned(host: string): Promise<string | undefined>;
  /** Pins `realm` if none is; gives the one that is pinned now. Of several at once all hear the same. */
  pin(host: string, realm: string): Promise<string>;
  /** Pins `realm` in place of whatever was pinned, because a person said so. */
  approve(host: string, realm: string): Promise<void>;
  /** Forgets what was pinned, so that the next use is the first. */
  forget(host: string): Promise<void>;
}
