import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../electron/engine/kernel/clock.ts';
import type { Disk } from '../../../electron/engine/kernel/disk.ts';
import { realDisk } from '../../../electron/engine/kernel/durable-disk.ts';
import type { Vault } from '../../../electron/engine/ports/vault.ts';
import { PassphraseVault } from '../../../electron/engine/vault/passphrase-vault.ts';
import { SessionVault } from '../../../electron/engine/vault/session-vault.ts';
import { WrappedVault } from '../../../electron/engine/vault/wrapped-vault.ts';
import { FakeKeyStore, typist } from '../../unit/engine/vault/places.ts';
import { describeVault, type VaultSetup } from './vault-suite.ts';

async function inFolder(open: (disk: Disk) => Vault): Promise<VaultSetup> {
  const folder = await mkdtemp(join(tmpdir(), 'vault-'));
  const disk = realDisk(join(folder, 'data'), systemClock);
  return {
    vault: open(disk),
    reopened: () => open(disk),
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

describeVault('a vault in memory', async () => ({ vault: new SessionVault(), end: async () => {} }));

describeVault('a vault with a passphrase', () =>
  inFolder((disk) => new PassphraseVault(disk, 'vault.json', typist('correct horse battery').source)),
);

describeVault('a vault with the key store of the machine', () => {
  const store = new FakeKeyStore();
  return inFolder((disk) => new WrappedVault(disk, 'vault.json', store));
});
