import { describe, expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../electron/engine/ports/credentials.ts';
import type { Vault } from '../../../electron/engine/ports/vault.ts';
import { vaultCredentials } from '../../../electron/engine/vault/credential-source.ts';
import { errorOf } from '../../unit/error-of.ts';

const { signal } = new AbortController();
const basic: Credential = { kind: 'basic', user: 'robot$copy', password: 'pässword: "of" many\ncharacters' };
const identity: Credential = { kind: 'identity', token: 'refresh-0123456789', user: 'me' };
const nameless: Credential = { kind: 'identity', token: 'refresh-9876543210' };
const bearer: Credential = { kind: 'registry-token', token: 'registry-0123456789' };

/** A vault in a place of its own, and how to open the same place again as another process would. */
export interface VaultSetup {
  readonly vault: Vault;
  /** Undefined for a vault that ends with its process. */
  readonly reopened?: () => Vault;
  readonly end: () => Promise<void>;
}

/** What every Vault must do; `make` gives an empty one. */
export function describeVault(name: string, make: () => Promise<VaultSetup>): void {
  const open = async (): Promise<VaultSetup> => {
    const setup = await make();
    onTestFinished(setup.end);
    return setup;
  };

  describe(name, () => {
    test('gives back every kind of credential as it was kept', async () => {
      const { vault } = await open();
      const kept = { 'a.test': basic, 'b.test:5000': identity, 'c.test': nameless, 'd.test': bearer };
      for (const [host, credential] of Object.entries(kept)) await vault.set(host, credential, signal);
      for (const [host, credential] of Object.entries(kept)) expect(await vault.get(host, signal)).toEqual(credential);
    });

    test('lists hosts, kinds and user names in the order of hosts, and no secret', async () => {
      const { vault } = await open();
      await vault.set('b.test', bearer, signal);
      await vault.set('a.test', basic, signal);
      expect(await vault.list(signal)).toEqual([
        { host: 'a.test', kind: 'basic', user: 'robot$copy' },
        { host: 'b.test', kind: 'registry-token' },
      ]);
    });

    test('is empty in the beginning', async () => {
      const { vault } = await open();
      expect(await vault.list(signal)).toEqual([]);
      expect(await vault.get('a.test', signal)).toBeUndefined();
      expect(await vault.remove('a.test', signal)).toBe(false);
    });

    test('keeps one credential a host, the last one', async () => {
      const { vault } = await open();
      await vault.set('a.test', basic, signal);
      await vault.set('a.test', bearer, signal);
      expect(await vault.list(signal)).toEqual([{ host: 'a.test', kind: 'registry-token' }]);
      expect(await vault.get('a.test', signal)).toEqual(bearer);
    });

    test('lets go of one credential and keeps the others', async () => {
      const { vault } = await open();
      await vault.set('a.test', basic, signal);
      await vault.set('b.test', bearer, signal);
      expect(await vault.remove('a.test', signal)).toBe(true);
      expect(await vault.get('a.test', signal)).toBeUndefined();
      expect(await vault.get('b.test', signal)).toEqual(bearer);
    });

    test('knows a registry by all its spellings', async () => {
      const { vault } = await open();
      await vault.set('registry-1.docker.io', basic, signal);
      await vault.set('Registry.TEST:443', bearer, signal);
      expect(await vault.get('docker.io', signal)).toEqual(basic);
      expect(await vault.get('registry.test', signal)).toEqual(bearer);
    });

    test('refuses what is no registry', async () => {
      const { vault } = await open();
      const error = await errorOf(vault.set('a b/c', basic, signal));
      expect(error).toMatchObject({ kind: 'invalid', side: 'local' });
    });

    test('says how it stands, and is open once it was unlocked', async () => {
      const { vault } = await open();
      await vault.unlock(signal);
      expect(await vault.standing(signal)).toEqual({ isThere: true, isLocked: false, canKeep: true });
      expect(await vault.list(signal)).toEqual([]);
    });

    test('is a source of credentials for every repository of a host', async () => {
      const { vault } = await open();
      await vault.set('a.test', basic, signal);
      const source = vaultCredentials(vault);
      expect(await source.credentialFor('a.test', 'team/app', signal)).toEqual(basic);
      expect(await source.credentialFor('b.test', 'team/app', signal)).toBeUndefined();
    });

    test('stops with the reason of the signal', async () => {
      const { vault } = await open();
      const reason = new Error('enough');
      await expect(vault.get('a.test', AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    test('keeps what many set at once', async () => {
      const { vault } = await open();
      const hosts = Array.from({ length: 20 }, (_, at) => `host-${String(at).padStart(2, '0')}.test`);
      await Promise.all(hosts.map((host) => vault.set(host, { kind: 'basic', user: host, password: 'x' }, signal)));
      expect((await vault.list(signal)).map(({ host }) => host)).toEqual(hosts);
    });

    test('keeps over a restart what it should keep, and over a lock nothing in memory', async () => {
      const { vault, reopened } = await open();
      await vault.set('a.test', basic, signal);
      vault.lock();
      const expected = reopened === undefined ? undefined : basic;
      expect(await vault.get('a.test', signal)).toEqual(expected);
      if (reopened !== undefined) expect(await reopened().get('a.test', signal)).toEqual(basic);
    });
  });
}
