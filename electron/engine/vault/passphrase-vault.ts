import { randomBytes, scrypt } from 'node:crypto';
import type { Disk } from '../kernel/disk.ts';
import type { PassphraseSource } from '../ports/vault.ts';
import { FileVault, type KeyMethod } from './file-vault.ts';
import { vaultError } from './vault-disk.ts';
import type { KeyFacts } from './vault-file.ts';
import { keyBytes } from './vault-key.ts';

/** A new passphrase has at least so many bytes. */
const shortestBytes = 8;
const saltBytes = 16;
/** RFC 7914; 128 MiB of memory and about half a second of one core. */
const strength = { cost: 2 ** 17, blockSize: 8, parallelization: 1 } as const;

/** A vault in one file that a passphrase opens, for terminals and shared machines. */
export class PassphraseVault extends FileVault {
  constructor(disk: Disk, file: string, passphrase: PassphraseSource) {
    super('passphrase', disk, file, scryptMethod(passphrase));
  }

  /** Encrypts everything under the passphrase that `passphrase` gives as `new`; asked for the old one first. */
  changePassphrase(passphrase: PassphraseSource, signal: AbortSignal): Promise<void> {
    return this.rekey(scryptMethod(passphrase), signal);
  }
}

function scryptMethod(passphrase: PassphraseSource): KeyMethod {
  const ask = async (purpose: 'open' | 'new', file: string, signal: AbortSignal): Promise<Uint8Array> => {
    const given = await passphrase(purpose, signal);
    if (given === undefined) throw vaultError('invalid', file, 'wants a passphrase and there is nobody to give one');
    return given;
  };
  return {
    isAvailable: () => Promise.resolve(true),
    create: async (file, signal) => {
      const given = await ask('new', file, signal);
      if (given.byteLength < shortestBytes) {
        given.fill(0);
        throw vaultError('invalid', file, `wants a passphrase of at least ${shortestBytes} characters`);
      }
      const facts = { kind: 'scrypt', ...strength, salt: randomBytes(saltBytes) } as const;
      return { facts, master: await derive(given, facts) };
    },
    open: async (facts, file, signal) => {
      if (facts.kind !== 'scrypt') throw vaultError('unsupported', file, 'opens only on the desktop that made it');
      return derive(await ask('open', file, signal), facts);
    },
    wrongKey: (file) => vaultError('invalid', file, 'does not open with this passphrase'),
  };
}

/** The key behind a passphrase, which is wiped. */
async function derive(passphrase: Uint8Array, facts: Extract<KeyFacts, { kind: 'scrypt' }>): Promise<Buffer> {
  const { cost, blockSize, parallelization, salt } = facts;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // Node counts a little more than the 128·N·r bytes of the algorithm.
  const maxmem = 2 * 128 * cost * blockSize;
  scrypt(passphrase, salt, keyBytes, { cost, blockSize, parallelization, maxmem }, (error, key) =>
    error === null ? resolve(key) : reject(error),
  );
  try {
    return await promise;
  } finally {
    passphrase.fill(0);
  }
}
