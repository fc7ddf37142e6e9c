/**
 * What proves who we are to a registry.
 * `basic` is a user and password; `identity` is a refresh token for the token server; `registry-token` is sent as it is.
 */
export type Credential =
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'identity'; readonly token: string; readonly user?: string }
  | { readonly kind: 'registry-token'; readonly token: string };

/** A place where credentials are kept. */
export interface CredentialSource {
  /**
   * The credential kept for a repository of `host` (our spelling: `docker.io`, `name[:port]`), or for the whole host
   * when `repositoryPath` is undefined; undefined means that none is kept here, so access is anonymous.
   * Must reject with a CopyError of side `local` when a place cannot be read, and never put a secret into it.
   */
  credentialFor(host: string, repositoryPath: string | undefined, signal: AbortSignal): Promise<Credential | undefined>;
}
