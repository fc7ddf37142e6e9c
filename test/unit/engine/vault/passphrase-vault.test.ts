import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Disk } from '../../../../electron/engine/kernel/disk.ts';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import type { PassphraseSource } from '../../../../electron/engine/ports/vault.ts';
import { passphraseFromFile } from '../../../../electron/engine/vault/passphrase-file.ts';
import { PassphraseVault } from '../../../../electron/engine/vault/passphrase-vault.ts';
import { WrappedVault } from '../../../../electron/engine/vault/wrapped-vault.ts';
import { jsonOf } from '../../../fakes/listening.ts';
import { errorOf } from '../../error-of.ts';
import { dataFolder, FakeKeyStore, temporaryFolder, typist } from './places.ts';

const { signal } = new AbortController();
const credential: Credential = { kind: 'basic', user: 'operator', password: 'correct-horse-battery' };

type Opened = (passphrase: PassphraseSource) => PassphraseVault;

/** A vault with one credential, in a folder of its own. */
async function filled(): Promise<{ open: Opened; disk: Disk; file: string }> {
  const { disk, file } = await dataFolder();
  const open: Opened = (passphrase) => new PassphraseVault(disk, 'vault.json', passphrase);
  await open(typist('first passphrase').source).set('a.test', credential, signal);
  return { open, disk, file };
}

describe('the passphrase of a vault', () => {
  test('is asked for once, however many ask at once', async () => {
    const { open } = await filled();
    const { source, asked } = typist('first passphrase');
    const vault = open(source);
    await Promise.all(Array.from({ length: 5 }, () => vault.get('a.test', signal)));
    expect(asked).toEqual(['open']);
  });

  test('is not asked for when nothing is kept for the host', async () => {
    const { source, asked } = typist('first passphrase');
    expect(await (await filled()).open(source).get('other.test', signal)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('is not asked for to list what is kept; user names stay hidden until then', async () => {
    const { source, asked } = typist('first passphrase');
    const vault = (await filled()).open(source);
    expect(await vault.standing(signal)).toEqual({ isThere: true, isLocked: true, canKeep: true });
    expect(await vault.list(signal)).toEqual([{ host: 'a.test', kind: 'basic' }]);
    expect(asked).toEqual([]);
    await vault.unlock(signal);
    expect(await vault.list(signal)).toEqual([{ host: 'a.test', kind: 'basic', user: 'operator' }]);
  });

  test('may be given again by unlocking after it was wrong', async () => {
    const given = ['wrong passphrase', 'first passphrase'];
    const vault = (await filled()).open(async () => new TextEncoder().encode(given.shift()));
    expect((await errorOf(vault.unlock(signal))).kind).toBe('invalid');
    await vault.unlock(signal);
    expect(await vault.get('a.test', signal)).toEqual(credential);
  });

  test('makes an empty vault where there is none, and opens that one later', async () => {
    const { disk } = await dataFolder();
    const { source, asked } = typist('first passphrase');
    const vault = new PassphraseVault(disk, 'vault.json', source);
    expect(await vault.standing(signal)).toMatchObject({ isThere: false, isLocked: true });
    await vault.unlock(signal);
    vault.lock();
    await vault.unlock(signal);
    expect(asked).toEqual(['new', 'open']);
  });

  test('is told from damage when it is wrong, and is not asked for again until the vault is locked', async () => {
    const { source, asked } = typist('wrong passphrase');
    const vault = (await filled()).open(source);
    const first = await errorOf(vault.get('a.test', signal));
    expect(first).toMatchObject({ kind: 'invalid', side: 'local' });
    expect(first.message).not.toContain('wrong passphrase');
    await errorOf(vault.get('a.test', signal));
    expect(asked).toEqual(['open']);
    vault.lock();
    await errorOf(vault.get('a.test', signal));
    expect(asked).toEqual(['open', 'open']);
  });

  test('can be changed: the old one opens nothing any more, and nothing is lost', async () => {
    const { open } = await filled();
    const vault = open(typist('first passphrase').source);
    await vault.changePassphrase(typist('second passphrase').source, signal);
    expect(await vault.get('a.test', signal)).toEqual(credential);
    vault.lock();
    expect(await vault.get('a.test', signal)).toEqual(credential);
    const old = open(typist('first passphrase').source);
    expect((await errorOf(old.get('a.test', signal))).kind).toBe('invalid');
  });

  test('is not changed by who does not know the old one', async () => {
    const { open, file } = await filled();
    const before = await readFile(file);
    const vault = open(typist('wrong passphrase').source);
    await errorOf(vault.changePassphrase(typist('second passphrase').source, signal));
    expect(await readFile(file)).toEqual(before);
  });

  test('must not be short when it is new', async () => {
    const { disk } = await dataFolder();
    const vault = new PassphraseVault(disk, 'vault.json', typist('short').source);
    const error = await errorOf(vault.set('a.test', credential, signal));
    expect(error.kind).toBe('invalid');
  });

  test('becomes a key at the cost that is asked for, with salt of its own', async () => {
    const keyOf = async (): Promise<{ cost: number; salt: string }> =>
      jsonOf<{ key: { cost: number; salt: string } }>(await readFile((await filled()).file)).key;
    const [one, other] = [await keyOf(), await keyOf()];
    expect(one).toMatchObject({ kind: 'scrypt', cost: 131_072, blockSize: 8, parallelization: 1 });
    expect(one.salt).not.toBe(other.salt);
  });

  test('is wiped after use', async () => {
    const given = new TextEncoder().encode('first passphrase');
    await (await filled()).open(async () => given).get('a.test', signal);
    expect([...given].every((byte) => byte === 0)).toBe(true);
  });

  test('that nobody can give is an error that says so', async () => {
    const vault = (await filled()).open(async () => undefined);
    expect((await errorOf(vault.get('a.test', signal))).kind).toBe('invalid');
  });

  test('does not open a vault of the desktop, nor the desktop one with a passphrase', async () => {
    const { disk } = await filled();
    const mistaken = new WrappedVault(disk, 'vault.json', new FakeKeyStore());
    expect((await errorOf(mistaken.get('a.test', signal))).kind).toBe('unsupported');
    const desktop = await dataFolder();
    await new WrappedVault(desktop.disk, 'vault.json', new FakeKeyStore()).set('a.test', credential, signal);
    const { source, asked } = typist('first passphrase');
    expect((await errorOf(new PassphraseVault(desktop.disk, 'vault.json', source).get('a.test', signal))).kind).toBe(
      'unsupported',
    );
    expect(asked).toEqual([]);
  });

  test('that comes after the vault was locked opens nothing', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const slow: PassphraseSource = async () => {
      asked.resolve();
      await answer.promise;
      return new TextEncoder().encode('first passphrase');
    };
    const vault = (await filled()).open(slow);
    const got = errorOf(vault.get('a.test', signal));
    await asked.promise;
    vault.lock();
    answer.resolve();
    expect((await got).kind).toBe('cancelled');
  });
});

describe('a file with a passphrase', () => {
  const written = async (text: string, mode: number): Promise<string> => {
    const file = join(await temporaryFolder(), 'passphrase');
    await writeFile(file, text);
    await chmod(file, mode);
    return file;
  };
  const textOf = async (file: string): Promise<string> =>
    new TextDecoder().decode((await passphraseFromFile(file)('open', signal)) ?? new Uint8Array());

  test.each(['pass phrase', 'pass phrase\n', 'pass phrase\r\n'])(
    'gives %j without the end of its line',
    async (text) => {
      expect(await textOf(await written(text, 0o600))).toBe('pass phrase');
    },
  );

  test.each([0o640, 0o604, 0o620])('is refused when its mode is %o', async (mode) => {
    expect((await errorOf(textOf(await written('pass phrase', mode)))).message).toContain('other users');
  });

  test('is refused when it is empty, too long or not there', async () => {
    expect((await errorOf(textOf(await written('\n', 0o600)))).kind).toBe('invalid');
    expect((await errorOf(textOf(await written('x'.repeat(5000), 0o600)))).kind).toBe('invalid');
    expect((await errorOf(textOf(join(await temporaryFolder(), 'none')))).kind).toBe('invalid');
  });
});
