import type { CredentialSource } from '../ports/credentials.ts';
import type { Vault } from '../ports/vault.ts';

/** The vault as a place where credentials are looked up; what it keeps for a host counts for all repositories there. */
export function vaultCredentials(vault: Vault): CredentialSource {
  return { credentialFor: (host, _repositoryPath, signal) => vault.get(host, signal) };
}
