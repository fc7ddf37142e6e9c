import { describe, expect, test } from 'vitest';
import { readEntry, startProgram } from './program.ts';

describe('the window', () => {
  test('S-SHELL-1: is made with every protection on', async () => {
    const { window } = await startProgram();
    expect(window.options.webPreferences).toEqual({
      preload: expect.stringMatching(/preload\.cjs$/),
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      experimentalFeatures: false,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: true,
    });
  });

  test('S-SHELL-11: has no developer tools once it is packaged', async () => {
    const { window } = await startProgram({ before: ({ control }) => (control.isPackaged = true) });
    expect(window.options.webPreferences).toMatchObject({ devTools: false });
  });

  test('S-SHELL-2, 3: sandbox and scheme are declared before the app is ready, and the scheme may nothing but be secure', async () => {
    const { electron } = await readEntry();
    expect(electron.app.isReady()).toBe(false);
    expect(electron.app.isSandboxed).toBe(true);
    expect([...electron.protocol.schemes]).toEqual([['app', { standard: true, secure: true }]]);
  });

  test('shows itself when its page has been drawn', async () => {
    const { window } = await startProgram();
    expect(window.isVisible()).toBe(true);
  });

  test('has a page again after its page broke down', async () => {
    const { window, logged } = await startProgram();
    let loads = 0;
    window.webContents.on('did-finish-load', () => loads++);
    window.webContents.forcefullyCrashRenderer();
    await expect.poll(() => loads).toBe(1);
    expect(logged).toContainEqual(['error', 'the page of the window broke down', { reason: 'crashed' }]);
  });

  test('an entry of the menu neither reloads nor opens tools', async () => {
    const { electron } = await startProgram();
    const items = (electron.Menu.applicationMenu?.items ?? []).flatMap(({ submenu = [] }) => submenu);
    const roles = items.flatMap(({ role }) => role ?? []);
    expect(roles).toContain('zoomIn');
    expect(roles.filter((role) => /reload|devtools/i.test(role))).toEqual([]);
  });

  test('the menu and every question speak the language that is set', async () => {
    const { electron, parts, shell, asked, window } = await startProgram();
    const { plainSettings } = await import('../../../electron/app/window/setting-list.ts');
    expect(electron.Menu.applicationMenu?.items.map(({ label }) => label)).toEqual(['File', 'Edit', 'View', 'Help']);
    await parts.settings.set(plainSettings.language, 'zh');
    window.blur();
    window.focus();
    await expect.poll(() => electron.Menu.applicationMenu?.items[0]?.label).toBe('文件');
    await shell.confirm?.('trim-cache', 'cache', new AbortController().signal);
    expect(asked('showMessageBox')).toMatchObject([[{ message: '从缓存 cache 中删除层？' }]]);
  });
});

test('what cannot be opened is said in a box, and the program ends', async () => {
  const { electron, asked } = await readEntry({
    before: ({ protocol }) => {
      protocol.handle = () => {
        throw new Error('the scheme is taken');
      };
    },
  });
  await electron.app.start();
  await expect.poll(() => asked('exit')).toEqual([[1]]);
  expect(asked('showErrorBox')).toMatchObject([
    ['Image Ferry cannot start', expect.stringContaining('the scheme is taken')],
  ]);
});
