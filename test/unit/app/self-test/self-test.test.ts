import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dataFolder, passphraseVault } from '../../../../electron/app/home.ts';
import { runSelfTest, type SelfTestParts } from '../../../../electron/app/self-test/self-test.ts';
import { Commands } from '../../../../electron/contract/commands.ts';
import { checkIds, type CheckId, type SelfTest } from '../../../../electron/contract/self-test.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const signal = new AbortController().signal;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-self-test-'));
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function parts(more: Partial<SelfTestParts> = {}): SelfTestParts {
  const found = () => dataFolder({ dataDir: folder });
  return { version: '1.2.3', folder: found, vault: passphraseVault, keeper: 'passphrase', ...more };
}

function codes({ checks }: SelfTest): Partial<Record<CheckId, string>> {
  return Object.fromEntries(checks.map(({ id, code }) => [id, code]));
}

describe('a self-test', () => {
  test('looks at everything, in order, and fits its contract', async () => {
    const result = await runSelfTest(parts(), signal);
    expect(result.checks.map(({ id }) => id)).toEqual(checkIds);
    expect(result.ok).toBe(true);
    expect(Commands['about.selfTest'].output.parse(result)).toEqual(result);
    expect(codes(result)).toMatchObject({
      zstd: 'zstd-works',
      folder: 'folder-private',
      database: 'database-works',
      cache: 'cache-works',
      vault: 'vault-works',
      loopback: 'loopback-works',
      proxy: 'proxy-none',
      fuses: 'fuses-elsewhere',
    });
  });

  test('leaves nothing behind, and leaves what was there', async () => {
    writeFileSync(join(folder, 'vault.json'), 'kept');
    await runSelfTest(parts(), signal);
    expect(readdirSync(folder)).toEqual(['vault.json']);
  });

  test('goes on without a folder that can be used, and says what it could not look at', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const result = await runSelfTest(parts({ folder: () => dataFolder({ dataDir: file }) }), signal);
    expect(result.ok).toBe(false);
    expect(codes(result)).toMatchObject({
      folder: 'folder-unusable',
      database: 'folder-needed',
      cache: 'folder-needed',
      vault: 'folder-needed',
      disk: 'folder-needed',
      loopback: 'loopback-works',
    });
  });

  test('warns of a folder that others may read, and fails nothing for that', async () => {
    chmodSync(folder, 0o755);
    const result = await runSelfTest(parts(), signal);
    expect([result.ok, codes(result).folder]).toEqual([true, 'folder-readable']);
  });

  test('says why nothing can be stored', async () => {
    const result = await runSelfTest(parts({ vault: async () => ({ why: 'no key store' }) }), signal);
    expect(result.checks.find(({ id }) => id === 'vault')).toMatchObject({ state: 'warning', message: 'no key store' });
  });

  test('fails a passphrase file that cannot be read, as unattended runs would', async () => {
    vi.stubEnv('IMAGE_FERRY_PASSPHRASE_FILE', join(folder, 'nowhere'));
    const result = await runSelfTest(parts(), signal);
    expect(result.checks.find(({ id }) => id === 'vault')).toMatchObject({ state: 'failed', code: 'vault-broken' });
  });

  test('shows a proxy without its user and password', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://someone:hunter2@proxy.corp.example:3128');
    const result = await runSelfTest(parts(), signal);
    expect(codes(result).proxy).toBe('proxy-environment');
    expect(JSON.stringify(result)).toContain('http://proxy.corp.example:3128');
    expect(JSON.stringify(result)).not.toMatch(/hunter2|someone/);
  });

  test('repeats nothing of a proxy that is no address', async () => {
    vi.stubEnv('https_proxy', 'http://someone:hunter2@:bad port');
    const result = await runSelfTest(parts(), signal);
    expect(result.checks.find(({ id }) => id === 'proxy')).toMatchObject({
      state: 'failed',
      values: { variable: 'https_proxy' },
    });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('takes the proxy of the settings before that of the environment', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://other:1');
    const result = await runSelfTest(parts({ setProxy: async () => 'http://u:p@set:8080' }), signal);
    expect(result.checks.find(({ id }) => id === 'proxy')?.values).toEqual({ proxy: 'http://set:8080' });
  });

  test('ends a check that never ends, and goes on', async () => {
    const clock = new FakeClock();
    const running = runSelfTest(parts({ clock, setProxy: () => new Promise(() => {}) }), signal);
    let isOver = false;
    void running.then(() => (isOver = true));
    await expect.poll(async () => (await clock.advance(20_000), isOver)).toBe(true);
    const result = await running;
    expect(result.checks.find(({ id }) => id === 'proxy')).toMatchObject({ code: 'check-late', state: 'failed' });
    expect(codes(result).libraries).toBeDefined();
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const setProxy = (): Promise<undefined> => {
      controller.abort(new Error('enough'));
      return new Promise(() => {});
    };
    await expect(runSelfTest(parts({ setProxy }), controller.signal)).rejects.toThrow('enough');
    expect(readdirSync(folder)).toEqual([]);
  });
});
