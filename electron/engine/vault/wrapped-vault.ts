import { randomBytes } from 'node:crypto';
import type { Disk } from '../kernel/disk.ts';
import type { KeyWrapper } from '../ports/vault.ts';
import { FileVault, type KeyMethod } from './file-vault.ts';
import { vaultError } from './vault-disk.ts';
import { keyBytes } from './vault-key.ts';

/** A vault in one file that opens for this user on this machine, through the machine's own key store. */
export class WrappedVault extends FileVault {
  constructor(disk: Disk, file: string, wrapper: KeyWrapper) {
    super('desktop', disk, file, wrappedMethod(wrapper));
  }
}

function wrappedMethod(wrapper: KeyWrapper): KeyMethod {
  const needWrapper = async (file: string): Promise<void> => {
    if (!(await wrapper.isAvailable()))
      throw vaultError('unsupported', file, 'wants a key store, and this machine has none that protects');
  };
  return {
    isAvailable: () => wrapper.isAvailable(),
    create: async (file) => {
      await needWrapper(file);
      const master = randomBytes(keyBytes);
      return { facts: { kind: 'wrapped', wrapped: await wrapper.wrap(master) }, master };
    },
    open: async (facts, file) => {
      if (facts.kind !== 'wrapped')
        throw vaultError('unsupported', file, 'opens with a passphrase, not on the desktop');
      await needWrapper(file);
      try {
        return await wrapper.unwrap(facts.wrapped);
      } catch {
        // What a key store says of itself may quote what it was given.
        throw vaultError('invalid', file, 'does not open for this user on this machine');
      }
    },
    wrongKey: (file) => vaultError('invalid', file, 'was made with another key of this machine'),
  };
}
