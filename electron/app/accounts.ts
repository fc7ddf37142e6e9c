import type { ConnectionWish } from '../contract/requests.ts';
import { parseHost } from '../oci/reference.ts';
import { copyError, type Credential, type Vault, type Workspace } from '../engine/engine.ts';
import { App } from './app.ts';
import type { ConnectionListener } from './connection.ts';
import { unattendedVault } from './home.ts';

/**
 * Keeps user and password for a host in the vault, once the host let them in; with that, the token server that the host names now
 * is approved (SECURITY S-CRED-1). Rejects with what the host says, and then keeps nothing.
 */
export async function signIn(
  workspace: Workspace,
  account: { readonly host: string; readonly user: string; readonly password: string },
  wish: ConnectionWish,
  listener: ConnectionListener,
  signal: AbortSignal,
): Promise<void> {
  const vault = vaultOf(workspace);
  const host = parseHost(account.host);
  const credential: Credential = { kind: 'basic', user: account.user, password: account.password };
  const before = await workspace.store.realms.pinned(host);
  await workspace.store.realms.forget(host);
  const credentials = { credentialFor: (asked: string) => Promise.resolve(asked === host ? credential : undefined) };
  const home = { workspace, cache: undefined };
  const app = await App.over(home, wish, { vault: credentials }, listener, signal);
  try {
    await app.signIn(host, signal);
    await vault.set(host, credential, signal);
  } catch (thrown) {
    if (before !== undefined) await workspace.store.realms.approve(host, before);
    throw thrown;
  } finally {
    await app.close();
  }
}

/** Lets go of what is kept for a host; false when nothing was. */
export async function signOut(workspace: Workspace, host: string, signal: AbortSignal): Promise<boolean> {
  return vaultOf(workspace).remove(parseHost(host), signal);
}

function vaultOf(workspace: Workspace): Vault {
  const vault = unattendedVault(workspace);
  if (vault !== undefined) return vault;
  const message =
    'the vault rests under a passphrase: name a file that only you can read and that holds it, in IMAGE_FERRY_PASSPHRASE_FILE';
  throw copyError('invalid', { side: 'local', op: 'vault.open', subject: 'vault', message });
}
