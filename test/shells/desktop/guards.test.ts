import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type Program, startProgram } from './program.ts';

const elsewhere = [
  'https://evil.example/',
  'http://127.0.0.1:8080/',
  'file:///etc/passwd',
  'about:blank',
  'javascript:alert(1)',
  'data:text/html,x',
  'app://other/',
  'app://ferry.evil/',
  'app://ferry/other.html',
  'mailto:a@b.example',
];

describe('S-SHELL-6: nothing leads away', () => {
  test.each(['will-navigate', 'will-redirect', 'will-frame-navigate'] as const)('%s is denied', async (name) => {
    const { window } = await startProgram();
    for (const url of elsewhere)
      expect({ url, may: window.webContents.mayNavigate(name, url) }).toEqual({ url, may: false });
  });

  test('a web view is denied', async () => {
    const { electron, window } = await startProgram();
    expect(electron.isPrevented(window.webContents, 'will-attach-webview')).toBe(true);
  });

  test('no window is opened, not even of our own page', async () => {
    const { window, asked } = await startProgram();
    for (const url of [...elsewhere, 'app://ferry/'])
      expect({ url, may: window.webContents.mayOpen(url) }).toEqual({ url, may: false });
    expect(asked('openExternal')).toEqual([]);
  });

  test('contents that come to be in any other way are guarded too', async () => {
    const { electron } = await startProgram();
    const stranger = new electron.BrowserWindow({});
    expect(stranger.webContents.mayNavigate('will-navigate', 'https://evil.example/')).toBe(false);
    expect(stranger.webContents.mayOpen('https://evil.example/')).toBe(false);
  });
});

describe('S-SHELL-7: nothing is permitted', () => {
  const permissions =
    'ar background-sync camera clipboard-read display-capture fileSystem fullscreen geolocation hid idle-detection local-fonts local-network-access media midi midiSysex mediaKeySystem nfc notifications openExternal pointerLock serial storage-access top-level-storage-access usb vr window-management unknown'.split(
      ' ',
    );

  test('of all that can be asked for, in either way', async () => {
    const { electron } = await startProgram();
    const { permissionRequest, permissionCheck } = electron.session.defaultSession;
    for (const permission of permissions) {
      const answers: boolean[] = [];
      permissionRequest?.(null, permission, (may) => answers.push(may), { requestingUrl: 'app://ferry/' });
      answers.push(permissionCheck?.(null, permission, 'app://ferry', {}) ?? true);
      expect({ permission, answers }).toEqual({ permission, answers: [false, false] });
    }
  });

  test('copying is permitted to our own page only', async () => {
    const { electron } = await startProgram();
    const may = (address: string): boolean =>
      electron.session.defaultSession.mayHave('clipboard-sanitized-write', address);
    expect(['app://ferry/', 'app://ferry'].map(may)).toEqual([true, true]);
    expect(['https://evil.example/', 'app://ferry.evil/', 'app://other', '', 'null'].map(may)).toEqual(
      Array(5).fill(false),
    );
  });

  test('devices, screens and pairings are denied', async () => {
    const { electron } = await startProgram();
    const { devicePermission, displayMedia, bluetoothPairing } = electron.session.defaultSession;
    const answers: unknown[] = [devicePermission?.({ deviceType: 'usb' })];
    displayMedia?.({}, (streams) => answers.push(streams));
    bluetoothPairing?.({}, (answer) => answers.push(answer));
    expect(answers).toEqual([false, null, { confirmed: false }]);
  });
});

test('S-SHELL-14: a page loads nothing but our own files', async () => {
  const { electron } = await startProgram();
  const own = electron.session.defaultSession;
  for (const url of ['app://ferry/', 'app://ferry/assets/main.js', 'blob:app://ferry/1', 'data:image/png;base64,'])
    expect({ url, may: own.mayLoad(url) }).toEqual({ url, may: true });
  const foreign = [
    'wss://evil.example/',
    'ftp://evil.example/',
    'devtools://x/',
    'chrome://gpu',
    'blob:https://evil.example/1',
  ];
  for (const url of [...elsewhere.filter((url) => !/^(?:data|app:\/\/ferry\/)/.test(url)), ...foreign])
    expect({ url, may: own.mayLoad(url) }).toEqual({ url, may: false });
});

test('S-SHELL-15: no dictionary is fetched', async () => {
  const { asked } = await startProgram();
  expect(asked('setSpellCheckerEnabled')).toEqual([[false]]);
});

describe('S-SHELL-6: downloads', () => {
  interface Item {
    readonly getURL: () => string;
    readonly getFilename: () => string;
    readonly setSaveDialogOptions: (options: object) => void;
  }

  function download(
    { electron }: Program,
    url: string,
    name: string,
  ): { readonly isDenied: boolean; readonly asked: object[] } {
    const asked: object[] = [];
    const item: Item = {
      getURL: () => url,
      getFilename: () => name,
      setSaveDialogOptions: (options) => asked.push(options),
    };
    return { isDenied: electron.isPrevented(electron.session.defaultSession, 'will-download', {}, item), asked };
  }

  test('of anything but a text that our page made are denied', async () => {
    const program = await startProgram();
    for (const url of [
      'https://evil.example/x.exe',
      'data:text/plain,x',
      'blob:https://evil.example/1',
      'app://ferry/assets/main.js',
      '',
    ])
      expect({ url, ...download(program, url, 'x') }).toEqual({ url, isDenied: true, asked: [] });
  });

  test('of a text that our page made ask a person where to, under a plain name', async () => {
    const program = await startProgram();
    const { isDenied, asked } = download(program, 'blob:app://ferry/1', '../../a:b|c.csv');
    expect([isDenied, asked]).toEqual([false, [{ defaultPath: 'a_b_c.csv' }]]);
  });
});

test('an emitter without the guards prevents nothing, so the tests above can fail', async () => {
  const { electron } = await startProgram();
  expect(electron.isPrevented(new EventEmitter(), 'will-navigate')).toBe(false);
});
