import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshElectron, startProgram, testFolder } from './program.ts';

describe('S-SHELL-8: links out of the window', () => {
  const known = [
    'https://goharbor.io/docs/',
    'https://docs.docker.com/reference/cli/',
    'https://distribution.github.io/distribution/spec/api/#x',
    'https://docs.docker.com/?q=1',
  ];
  const unknown = [
    'http://goharbor.io/',
    'HTTPS://goharbor.io/',
    'https://goharbor.io.evil.example/',
    'https://evil.example/goharbor.io',
    'https://evil.example#goharbor.io',
    'https://goharbor.io@evil.example/',
    'https://evil@goharbor.io/',
    'https://:x@goharbor.io/',
    'https://@goharbor.io/',
    'https://goharbor.io:8443/',
    'https://goharbor.io./',
    'https://sub.goharbor.io/',
    'https:goharbor.io',
    'https:/goharbor.io/',
    'https:\\\\goharbor.io\\',
    'https://goharbor.io\\@evil.example/',
    'https://goharbor.io/a b',
    'https://goharbor.io/\n',
    'https://goharbor.io/\0',
    ' https://goharbor.io/',
    `https://goharbor.io/${'x'.repeat(2048)}`,
    'javascript:alert(1)',
    'file:///etc/passwd',
    'file://host/share',
    '\\\\host\\share',
    'smb://host/share',
    'ms-msdt:/id',
    'search-ms:query=x',
    'ftp://goharbor.io/',
    'data:text/html,x',
    'vbscript:x',
    'app://ferry/',
    'C:\\Windows\\System32\\calc.exe',
    '',
  ];

  test('go to the browser when their site is known', async () => {
    const { window, asked } = await startProgram();
    for (const link of known) expect(window.webContents.mayOpen(link)).toBe(false);
    expect(asked('openExternal')).toEqual(known.map((link) => [link]));
  });

  test('go nowhere otherwise', async () => {
    const { window, asked } = await startProgram();
    for (const link of unknown) window.webContents.mayOpen(link);
    expect(asked('openExternal')).toEqual([]);
  });
});

describe('S-SHELL-8: files shown in their folder', () => {
  async function outsideOf(
    root: string,
  ): Promise<{ readonly show: (path: string) => boolean; readonly shown: () => unknown[] }> {
    const { calls } = await freshElectron();
    const { Outside } = await import('../../../electron/shells/desktop/outside.ts');
    const outside = new Outside();
    outside.allow(root);
    return { show: (path) => outside.showFile(path), shown: () => calls.map(([, path]) => path) };
  }

  test('are those below a folder that we made', async () => {
    const root = testFolder();
    await writeFile(join(root, 'image-ferry.log'), '');
    const { show, shown } = await outsideOf(root);
    expect([show(root), show(join(root, 'image-ferry.log'))]).toEqual([true, true]);
    expect(shown()).toEqual([root, join(root, 'image-ferry.log')]);
  });

  test('are no others', async () => {
    const folder = testFolder();
    const root = join(folder, 'logs');
    await mkdir(root);
    await mkdir(join(folder, 'logs-of-others'));
    const programs = ['x.exe', 'x.BAT', 'x.lnk', 'x.ps1', 'x.desktop', 'x.sh'];
    for (const name of [...programs, '../secret.txt']) await writeFile(join(root, name), '');
    await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
    const { show, shown } = await outsideOf(root);
    const paths = [
      ...programs.map((name) => join(root, name)),
      join(folder, 'secret.txt'),
      join(folder, 'logs-of-others'),
      `${root}/../secret.txt`,
      join(root, 'link.txt'),
      join(root, 'absent.log'),
      `${root}\0`,
      `${root}/image-ferry.log\0.txt`,
      'logs',
      '.',
      '/',
      '//host/share/x.log',
      '\\\\host\\share\\x.log',
      '\\\\?\\C:\\x.log',
      'file:///etc/passwd',
      'C:\\x.log',
      '',
    ];
    for (const path of paths) expect({ path, isShown: show(path) }).toEqual({ path, isShown: false });
    expect(shown()).toEqual([]);
  });

  test('the menu shows the logs', async () => {
    const { electron, asked } = await startProgram();
    electron.Menu.applicationMenu?.items.at(-1)?.submenu?.[0]?.click?.();
    expect(asked('showItemInFolder')).toHaveLength(1);
  });
});

test('S-SHELL-8: paths on Windows are those of a drive, without devices, streams and shares', async () => {
  const { isLocalPath } = await import('../../../electron/shells/desktop/local-path.ts');
  const local = ['C:\\Users\\o\\images.yaml', 'd:/list.txt', 'C:\\Users\\o\\console.txt'];
  const others = [
    '\\\\host\\share\\x',
    '//host/share/x',
    '\\\\?\\C:\\x',
    '\\\\.\\pipe\\x',
    'C:x',
    'C:',
    'x',
    '\\x',
    '/x',
    'C:\\con',
    'C:\\a\\NUL.txt',
    'C:\\a\\com1',
    'C:\\a.txt:stream',
    'C:\\a\0',
    'file:///C:/x',
    'https://x',
  ];
  expect(local.filter((path) => !isLocalPath(path, 'win32'))).toEqual([]);
  expect(others.filter((path) => isLocalPath(path, 'win32'))).toEqual([]);
});
