import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { DesktopKeys } from '../../../electron/shells/desktop/key-wrapper.ts';
import { type Electron, freshElectron, startProgram, testFolder } from './program.ts';

const never = new AbortController().signal;

async function keysOn(
  platform: NodeJS.Platform,
  keys: Electron['control']['keys'],
): Promise<{ readonly electron: Electron; readonly keys: DesktopKeys }> {
  const electron = await freshElectron();
  electron.control.keys = keys;
  const { desktopKeys } = await import('../../../electron/shells/desktop/key-wrapper.ts');
  const { textsIn } = await import('../../../electron/shells/desktop/texts.ts');
  return { electron, keys: desktopKeys(platform, () => Promise.resolve(textsIn('en'))) };
}

describe('S-CRED-5: keys are wrapped only where that protects', () => {
  test.each([
    ['linux', 'gnome_libsecret', true, true],
    ['linux', 'kwallet6', true, true],
    ['linux', 'basic_text', true, false],
    ['linux', 'unknown', true, false],
    ['linux', 'gnome_libsecret', false, false],
    ['win32', 'basic_text', true, true],
    ['win32', 'basic_text', false, false],
    ['darwin', 'unknown', true, true],
  ] as const)('%s with %s, encryption %s: %s', async (platform, backend, isAvailable, isGood) => {
    const { keys } = await keysOn(platform, { backend, isAvailable });
    expect([await keys.isAvailable(), await keys.problem()]).toEqual([
      isGood,
      isGood ? undefined : expect.stringContaining('key'),
    ]);
  });

  test('nothing is stored otherwise, and why is said', async () => {
    const { electron, shell } = await startProgram();
    electron.control.keys = { backend: 'basic_text', isAvailable: true };
    const { Workspace } = await import('../../../electron/engine/engine.ts');
    const workspace = await Workspace.open({ folder: testFolder() });
    try {
      const kept = await shell.vault(workspace, () => Promise.resolve(undefined));
      expect(kept).toEqual({
        why: 'the key store of this desktop only pretends to encrypt, so credentials are kept until the program ends',
      });
    } finally {
      await workspace.close();
    }
  });

  test('else a vault rests on disk under the wrapped key, and opens again', async () => {
    const { shell } = await startProgram();
    const { Workspace } = await import('../../../electron/engine/engine.ts');
    const folder = testFolder();
    const workspace = await Workspace.open({ folder });
    try {
      const credential = { kind: 'basic', user: 'robot', password: 'planted-vault-password' } as const;
      const first = await shell.vault(workspace, () => Promise.resolve(undefined));
      await first.vault?.set('one.example', credential, never);
      expect(first.vault?.kind).toBe('desktop');
      const second = await shell.vault(workspace, () => Promise.resolve(undefined));
      expect(await second.vault?.get('one.example', never)).toEqual(credential);
      expect(await readFile(join(folder, 'vault-desktop.json'), 'utf8')).not.toContain('planted-vault-password');
    } finally {
      await workspace.close();
    }
  });

  test('a key comes back as it went, and a changed one not at all', async () => {
    const { keys } = await keysOn('win32', { backend: '', isAvailable: true });
    const key = new Uint8Array([0, 1, 127, 128, 255]);
    const wrapped = await keys.wrap(key);
    expect(await keys.unwrap(wrapped)).toEqual(key);
    const changed = Uint8Array.from(wrapped, (byte, at) => (at === wrapped.length - 1 ? byte ^ 1 : byte));
    await expect(keys.unwrap(changed)).rejects.toThrow();
  });
});

describe("the machine's proxy", () => {
  test.each([
    ['DIRECT', undefined],
    ['PROXY proxy.example:3128', 'http://proxy.example:3128'],
    ['PROXY proxy.example:3128; DIRECT', 'http://proxy.example:3128'],
    ['HTTPS proxy.example:443;PROXY other.example:1', 'https://proxy.example:443'],
    ['SOCKS5 socks.example:1080; PROXY proxy.example:3128', 'http://proxy.example:3128'],
    ['SOCKS socks.example:1080; DIRECT; PROXY late.example:1', undefined],
    ['PROXY', undefined],
    ['', undefined],
    ['nonsense', undefined],
    ['proxy [::1]:3128', 'http://[::1]:3128'],
  ])('%j is %s', async (answer, proxy) => {
    const { shell } = await startProgram({ before: ({ control }) => (control.proxy = answer) });
    expect(await shell.systemProxy?.()).toBe(proxy);
  });
});

test('S-LOG-1: the log is written into the folder that the back end names, without live secrets', async () => {
  vi.stubEnv('IMAGE_FERRY_LOG', '');
  const { shell } = await startProgram();
  const folder = testFolder();
  const log = await shell.log(folder, (text) => text.replaceAll('planted-secret', '…'));
  log.log('info', 'a line', { host: 'one.example', said: 'planted-secret' });
  log.close();
  const text = await readFile(join(folder, 'image-ferry.log'), 'utf8');
  expect([text.includes('one.example'), text.includes('planted-secret')]).toEqual([true, false]);
});
