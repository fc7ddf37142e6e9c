import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { profileFolder } from '../../../electron/shells/desktop/profile.ts';
import { readLaunch, refusedSwitch } from '../../../electron/shells/desktop/arguments.ts';
import { type Program, readEntry, startProgram, testFolder } from './program.ts';

/** A second start, as the first one hears of it. */
function startAgain(
  { electron }: Program,
  sent: unknown,
  argv: readonly string[] = ['image-ferry', '--x', '/etc/passwd'],
): void {
  electron.app.emit('second-instance', electron.fakeEvent({}), argv, '/nowhere', sent);
}

describe('S-SHELL-10: a second start', () => {
  test('gives the first one its arguments and ends, without a window or a back end', async () => {
    const { electron, shells, asked } = await readEntry({
      given: ['/list.txt'],
      before: ({ control }) => (control.isFirst = false),
    });
    expect(asked('requestSingleInstanceLock')).toEqual([[{ arguments: ['/list.txt'] }]]);
    await expect.poll(() => asked('exit')).toEqual([[0]]);
    await electron.app.start();
    expect([electron.BrowserWindow.getAllWindows(), shells]).toEqual([[], []]);
  });

  test('brings the window up', async () => {
    const program = await startProgram();
    program.window.minimize();
    startAgain(program, { arguments: [] });
    await expect.poll(() => [program.window.isMinimized(), program.window.isFocused()]).toEqual([false, true]);
  });

  test.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['null', null],
    ['no list', { arguments: 'x' }],
    ['numbers', { arguments: [1] }],
    ['two files', { arguments: ['/a', '/b'] }],
    ['a switch', { arguments: ['--inspect'] }],
    ['a switch before a file', { arguments: ['--gpu-launcher=/bin/sh', '/a'] }],
    ['a path that is not absolute', { arguments: ['list.txt'] }],
    ['a share', { arguments: ['//host/share/list.txt'] }],
    ['an address', { arguments: ['https://evil.example/'] }],
    ['our own scheme', { arguments: ['app://ferry/'] }],
    ['NUL', { arguments: ['/a\0b'] }],
    ['a very long path', { arguments: [`/${'x'.repeat(5000)}`] }],
  ])('that sends %s only brings the window up', async (_, sent) => {
    const program = await startProgram();
    program.window.blur();
    startAgain(program, sent);
    await expect.poll(() => program.window.isFocused()).toBe(true);
    expect(program.asked('showMessageBox')).toEqual([]);
  });

  test('with a file gives it to the page as a handle, once a person has confirmed it', async () => {
    const program = await startProgram();
    const file = join(testFolder(), 'images.yaml');
    await writeFile(file, 'x: y');
    const sent: unknown[] = [];
    program.window.webContents.on('sent', (...line) => sent.push(line));
    startAgain(program, { arguments: [file] });
    await expect.poll(() => program.asked('showMessageBox')).toMatchObject([[{ message: 'Open images.yaml?' }]]);
    expect(sent).toEqual([]);
    program.electron.control.answers.push(1);
    startAgain(program, { arguments: [file] });
    await expect
      .poll(() => sent)
      .toEqual([['feed', { opened: { handle: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'images.yaml' } }]]);
  });
});

test('S-SHELL-10: what a start may ask for is a file or nothing', () => {
  expect(readLaunch(['/tmp/images.yaml'])).toEqual({ kind: 'open-file', path: '/tmp/images.yaml' });
  expect(readLaunch([])).toEqual({ kind: 'focus' });
});

describe('S-SHELL-11: switches', () => {
  const dangerous = [
    '--inspect',
    '--inspect=0',
    '--inspect-brk',
    '-inspect',
    '--INSPECT',
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--remote-allow-origins=*',
    '--load-extension=/x',
    '--disable-web-security',
    '--no-sandbox',
    '--js-flags=--x',
    '--renderer-cmd-prefix=x',
    '--gpu-launcher=x',
    '--host-rules=MAP * x',
    '--ignore-certificate-errors',
    '--enable-logging',
    '--user-data-dir=/x',
    '-r',
    '--require',
    '--import',
    '-e',
  ];

  test('that open the program to others are refused', () => {
    for (const given of dangerous) expect(refusedSwitch(['x', given], 'linux')).toBe(given);
    expect(refusedSwitch(['/inspect'], 'win32')).toBe('/inspect');
  });

  test('that do no harm are not', () => {
    expect(
      refusedSwitch(['/inspect/list.txt', '--disable-gpu', '--lang=zh-CN', 'inspect', '-'], 'linux'),
    ).toBeUndefined();
  });

  test('end the packaged program before it does anything', async () => {
    const { electron, asked } = await readEntry({
      given: ['--inspect=0'],
      before: ({ control }) => (control.isPackaged = true),
    });
    await expect.poll(() => asked('exit')).toEqual([[2]]);
    expect(asked('showErrorBox')).toEqual([
      ['Image Ferry cannot start', 'Image Ferry does not start with the switch --inspect=0.'],
    ]);
    expect([electron.app.isSandboxed, asked('requestSingleInstanceLock')]).toEqual([false, []]);
  });

  test('are let through while the program is developed', async () => {
    const { window } = await startProgram({ given: ['--inspect=0'] });
    expect(window.isVisible()).toBe(true);
  });
});

describe('the profile of the browser inside', () => {
  test('goes where the data folder is named', async () => {
    const data = testFolder();
    const { electron } = await readEntry({ before: () => vi.stubEnv('IMAGE_FERRY_DATA', data) });
    expect(electron.app.getPath('userData')).toBe(join(data, 'window'));
  });

  test('goes along with a data folder beside the program, and else where the system has it', async () => {
    const folder = testFolder();
    expect(profileFolder({}, join(folder, 'image-ferry'))).toBeUndefined();
    await mkdir(join(folder, 'data'));
    expect(profileFolder({}, join(folder, 'image-ferry'))).toBe(join(folder, 'data', 'window'));
  });
});
