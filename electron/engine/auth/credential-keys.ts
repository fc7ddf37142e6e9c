import { parseHost } from '../../oci/reference.ts';
import type { Credential } from '../ports/credentials.ts';

/** What a credential is kept for: a whole host, or the repositories under a path of it. */
export interface CredentialKey {
  /** As the file has it. */
  readonly text: string;
  /** Our spelling. */
  readonly host: string;
  /** Empty for the whole host. */
  readonly path: string;
}

/** What is kept under a key. */
export interface KeptUnder<Value> {
  readonly key: CredentialKey;
  readonly value: Value;
}

/** The key in `host[:port][/namespace...]`; throws OciError when its host is none. */
export function parseCredentialKey(text: string): CredentialKey {
  const bare = text.replace(/\/+$/, '');
  const slash = bare.indexOf('/');
  if (slash < 0) return { text, host: parseHost(bare), path: '' };
  return { text, host: parseHost(bare.slice(0, slash)), path: bare.slice(slash + 1) };
}

/** True when the key speaks of the repository: the same host, and the key's path is whole leading components of the repository's. */
export function keyCovers(key: CredentialKey, host: string, repositoryPath: string | undefined): boolean {
  if (key.host !== host) return false;
  return key.path === '' || `${repositoryPath ?? ''}/`.startsWith(`${key.path}/`);
}

/** What is kept under the longest key that covers the repository; of equally long keys the first counts. */
export function longestMatch<Value>(
  kept: readonly KeptUnder<Value>[],
  host: string,
  repositoryPath: string | undefined,
): KeptUnder<Value> | undefined {
  let best: KeptUnder<Value> | undefined;
  for (const candidate of kept) {
    if (!keyCovers(candidate.key, host, repositoryPath)) continue;
    if (best === undefined || candidate.key.path.length > best.key.path.length) best = candidate;
  }
  return best;
}

/** The credential of a user name and its secret, taken as they are; `<token>` as the name marks an identity token. */
export function credentialOf(user: string, secret: string): Credential | undefined {
  if (user === '' && secret === '') return undefined;
  return user === '<token>' ? { kind: 'identity', token: secret } : { kind: 'basic', user, password: secret };
}
