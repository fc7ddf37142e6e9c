import { createHash, randomBytes } from 'node:crypto';
import { parseDigest } from '../../oci/digest.ts';
import type { PassphraseSource, Setting, Vault } from '../../engine/engine.ts';
import { Workspace } from '../../engine/engine.ts';
import { type Found, found } from './found.ts';

const sample: Setting<string> = {
  name: 'self-test',
  fallback: '',
  read: (kept) => (typeof kept === 'string' ? kept : undefined),
};
const blobBytes = 1024 * 1024;
const host = 'self-test.invalid';

/** The vault that a shell keeps credentials in, over a data folder; `why` says why nothing can be kept. */
export type VaultOver = (
  workspace: Workspace,
  typed: PassphraseSource,
) => Promise<{ readonly vault?: Vault; readonly why?: string }>;

/** Whether a setting is still there after its commit was flushed and the database opened anew. */
export async function checkDatabase(folder: string): Promise<Found> {
  const value = randomBytes(8).toString('hex');
  await within(folder, ({ store }) => store.settings.set(sample, value));
  const kept = await within(folder, ({ store }) => store.settings.get(sample));
  if (kept !== value) throw new Error('the database gave back another value');
  return found('database-works');
}

/** Whether a blob can be taken in, put in place under its digest, and read back. */
export function checkCache(folder: string, signal: AbortSignal): Promise<Found> {
  return within(folder, async (workspace) => {
    const cache = await workspace.ownCache(signal);
    const bytes = randomBytes(blobBytes);
    const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    const blob = { mediaType: 'application/octet-stream', digest, size: bytes.length };
    const ingest = await cache.ingest(blob, signal);
    ingest.write(bytes);
    await ingest.commit(signal);
    const stored = await cache.find(blob, signal);
    if (stored === undefined) throw new Error('the cache does not find what it took in');
    let readBytes = 0;
    try {
      // a reader gives the last piece only when the digest agrees
      for await (const piece of stored.open()) readBytes += piece.byteLength;
    } finally {
      stored.close();
    }
    if (readBytes !== bytes.length) throw new Error('the cache gave back fewer bytes');
    return found('cache-works');
  });
}

/** Whether a credential can be kept encrypted and read back; `keeper` names what keeps the key. */
export function checkVault(folder: string, vaultOver: VaultOver, keeper: string, signal: AbortSignal): Promise<Found> {
  return within(folder, async (workspace) => {
    const passphrase = randomBytes(16).toString('hex');
    const { vault, why = '' } = await vaultOver(workspace, async () => new Uint8Array(Buffer.from(passphrase)));
    if (vault === undefined) return found('vault-none', { why });
    const password = randomBytes(8).toString('hex');
    await vault.set(host, { kind: 'basic', user: 'self-test', password }, signal);
    vault.lock();
    const kept = await vault.get(host, signal);
    vault.lock();
    if (kept?.kind !== 'basic' || kept.password !== password) throw new Error('the vault gave back another credential');
    return found('vault-works', { keeper });
  });
}

async function within<Value>(folder: string, work: (workspace: Workspace) => Promise<Value>): Promise<Value> {
  const workspace = await Workspace.open({ folder });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}
