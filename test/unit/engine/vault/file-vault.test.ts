import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import { WrappedVault } from '../../../../electron/engine/vault/wrapped-vault.ts';
import { CrashDisk } from '../../../fakes/crash-disk.ts';
import { generator } from '../../../fakes/fault-rules.ts';
import { FaultyDisk } from '../../../fakes/faulty-disk.ts';
import { jsonOf } from '../../../fakes/listening.ts';
import { errorOf } from '../../error-of.ts';
import { dataFolder, FakeKeyStore } from './places.ts';

const { signal } = new AbortController();
const seed = Number(process.env['SEED'] ?? 20_261_121);
const secret = 'correct-horse-battery';
const credential: Credential = { kind: 'basic', user: 'operator', password: secret };

interface Written {
  key: Record<string, unknown>;
  records: { host: string; kind: string; nonce: string; box: string }[];
  seal: string;
  sum: string;
}

/** A vault with two credentials; `open` opens it as another process would. */
async function filled() {
  const { disk, file } = await dataFolder();
  const store = new FakeKeyStore();
  const open = (keys = store): WrappedVault => new WrappedVault(disk, 'vault.json', keys);
  const vault = open();
  await vault.set('a.test', credential, signal);
  await vault.set('b.test', { kind: 'registry-token', token: 'another-secret' }, signal);
  return { file, open, vault };
}

/** The file as somebody without the key would change it: everything is right but what only the key can make. */
async function forge(file: string, change: (written: Written) => void): Promise<void> {
  const written = jsonOf<Written>(await readFile(file));
  change(written);
  const { sum: _old, ...rest } = written;
  const sum = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  await writeFile(file, JSON.stringify({ ...rest, sum }));
}

describe('the file of a vault', () => {
  test('holds no secret and no user name in the clear', async () => {
    const { file } = await filled();
    const text = await readFile(file, 'utf8');
    for (const hidden of [secret, 'another-secret', 'operator', Buffer.from(secret).toString('base64')]) {
      expect(text).not.toContain(hidden);
    }
  });

  test('may be read by its owner alone, in a folder that only the owner may enter', async () => {
    const { file } = await filled();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
  });

  test('leaves no other file beside it', async () => {
    const { file, vault } = await filled();
    await vault.remove('b.test', signal);
    expect(await readdir(join(file, '..'))).toEqual(['vault.json']);
  });

  test('never has a nonce twice, however often it is written', async () => {
    const { file, vault } = await filled();
    const boxes = new Map<string, string>();
    for (let round = 0; round < 30; round++) {
      await vault.set('a.test', credential, signal);
      for (const { nonce, box } of jsonOf<Written>(await readFile(file)).records) {
        expect(boxes.get(nonce) ?? box).toBe(box);
        boxes.set(nonce, box);
      }
    }
    expect(boxes.size).toBe(31);
  });

  test('is refused with any bit changed, and left as it is', async () => {
    const { file, open } = await filled();
    const good = await readFile(file);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad.writeUInt8((bad[at] ?? 0) ^ (1 << (at % 8)), at);
      await writeFile(file, bad);
      // White space that became other white space says the same.
      if (JSON.stringify(parsed(bad)) === JSON.stringify(parsed(good))) continue;
      const vault = open();
      expect((await errorOf(vault.get('a.test', signal))).kind, `bit of byte ${at}`).toBe('integrity');
      expect((await errorOf(vault.set('c.test', credential, signal))).kind, `bit of byte ${at}`).toBe('integrity');
      expect(await readFile(file)).toEqual(bad);
    }
  });

  test.each<[string, (written: Written) => void]>([
    ['a record moved to another host', ({ records: [first] }) => first && (first.host = 'evil.test')],
    ['a record taken away', ({ records }) => records.shift()],
    ['a record of another kind', ({ records: [first] }) => first && (first.kind = 'registry-token')],
    [
      'two records exchanged',
      ({ records: [first, second] }) => {
        if (first !== undefined && second !== undefined) [first.box, second.box] = [second.box, first.box];
      },
    ],
  ])('is refused with %s, even when its sum is right', async (_what, change) => {
    const { file, open, vault } = await filled();
    await forge(file, change);
    const hosts = ['b.test', 'evil.test'];
    for (const one of [vault, open()]) {
      const outcomes = await Promise.all(hosts.map((host) => one.get(host, signal).catch((error: unknown) => error)));
      expect(outcomes).toContainEqual(expect.objectContaining({ kind: 'integrity', side: 'local' }));
      expect((await errorOf(one.unlock(signal))).kind).toBe('integrity');
    }
  });

  test.each<[string, Record<string, unknown>]>([
    ['too weak', { kind: 'scrypt', cost: 2 ** 14, blockSize: 8, parallelization: 1, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    ['too dear', { kind: 'scrypt', cost: 2 ** 30, blockSize: 8, parallelization: 1, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    ['odd', { kind: 'scrypt', cost: 2 ** 17 + 1, blockSize: 8, parallelization: 1, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    ['unknown', { kind: 'rot13' }],
  ])('is refused when its way to the key is %s', async (_what, key) => {
    const { file, open } = await filled();
    await forge(file, (written) => (written.key = key));
    expect((await errorOf(open().get('a.test', signal))).kind).toBe('integrity');
  });

  test('of a later version is said to be that', async () => {
    const { file, open } = await filled();
    await writeFile(file, JSON.stringify({ format: 'image-ferry-vault', version: 2 }));
    expect((await errorOf(open().list(signal))).kind).toBe('unsupported');
  });

  test('is read again when another process has written it', async () => {
    const { open, vault } = await filled();
    const other = open();
    await other.set('a.test', { ...credential, password: 'changed elsewhere' }, signal);
    expect(await vault.get('a.test', signal)).toMatchObject({ password: 'changed elsewhere' });
  });

  test('is still the old one whatever call to the disk fails, with nothing beside it', async () => {
    const { disk, file, folder } = await dataFolder();
    const store = new FakeKeyStore();
    await new WrappedVault(disk, 'vault.json', store).set('a.test', credential, signal);
    const before = await readFile(file);
    for (let at = 1, hasFailed = true; hasFailed; at++) {
      const faulty = new FaultyDisk(disk, ({ number, name }) =>
        number === at && name !== 'syncFolder' ? 'ENOSPC' : undefined,
      );
      const outcome = await new WrappedVault(faulty, 'vault.json', store)
        .set('b.test', credential, signal)
        .catch((error: unknown) => error);
      hasFailed = outcome !== undefined;
      if (hasFailed) {
        expect(outcome).toMatchObject({ kind: 'disk', side: 'local' });
        expect(await readFile(file), `call ${at}`).toEqual(before);
      }
      expect(await readdir(folder), `call ${at}`).toEqual(['vault.json']);
    }
    expect(await new WrappedVault(disk, 'vault.json', store).get('b.test', signal)).toEqual(credential);
  });

  test(`is the old one or the new one after a loss of power at any moment (SEED=${seed})`, async () => {
    const random = generator(seed);
    const disk = new CrashDisk();
    const store = new FakeKeyStore();
    const vault = new WrappedVault(disk, 'vault.json', store);
    await vault.set('a.test', credential, signal);
    const firstKept = disk.moments;
    await vault.set('a.test', { ...credential, password: 'second' }, signal);
    for (let moment = firstKept; moment <= disk.moments; moment++) {
      for (let round = 0; round < 20; round++) {
        const left = new WrappedVault(disk.crashedAt(moment, random), 'vault.json', store);
        const kept = await left.get('a.test', signal);
        const passwords = moment === disk.moments ? ['second'] : [secret, 'second'];
        expect(passwords, `moment ${moment}`).toContain(kept?.kind === 'basic' ? kept.password : undefined);
      }
    }
  });
});

describe('the key store of the machine', () => {
  test('of another user does not open the vault, and its words are not repeated', async () => {
    const { open } = await filled();
    const error = await errorOf(open(new FakeKeyStore()).get('a.test', signal));
    expect(error.kind).toBe('invalid');
    expect(error.message).not.toContain('secret store');
  });

  test('that protects nothing keeps nothing', async () => {
    const { disk, file } = await dataFolder();
    const store = new FakeKeyStore();
    store.isThere = false;
    const error = await errorOf(new WrappedVault(disk, 'vault.json', store).set('a.test', credential, signal));
    expect(error.kind).toBe('unsupported');
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });
});

function parsed(bytes: Buffer): unknown {
  try {
    return jsonOf(bytes);
  } catch {
    return undefined;
  }
}
