import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Program, startProgram, testFolder } from './program.ts';

const never = new AbortController().signal;

function drop({ electron, window }: Program, dropped: unknown): Promise<unknown> {
  const sender = window.webContents;
  return electron.ipcMain.receive({ sender, senderFrame: sender.mainFrame }, 'call', { dropped });
}

describe('S-IPC-4: the page knows files by handles', () => {
  test('that a person chose in a dialog', async () => {
    const { shell, electron, asked } = await startProgram();
    const file = join(testFolder(), 'images.yaml');
    await writeFile(file, 'docker.io/library/nginx: harbor.example/library/nginx');
    electron.control.choices.push([file]);
    const picked = await shell.files.pick({ purpose: 'images' }, never);
    expect(picked).toEqual({ files: [{ handle: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'images.yaml' }] });
    expect(JSON.stringify(picked)).not.toContain(file);
    const opened = await shell.files.open(picked.files[0]?.handle ?? '', never);
    expect([opened.name, await opened.text(never)]).toEqual([
      'images.yaml',
      'docker.io/library/nginx: harbor.example/library/nginx',
    ]);
    expect(asked('showOpenDialog')).toMatchObject([[{ properties: ['openFile'] }]]);
  });

  test('several at once, and none when the dialog was closed', async () => {
    const { shell, electron, asked } = await startProgram();
    electron.control.choices.push(['/a.tar', '/b.tar']);
    expect(
      (await shell.files.pick({ purpose: 'bundle', multiple: true }, never)).files.map(({ name }) => name),
    ).toEqual(['a.tar', 'b.tar']);
    expect((await shell.files.pick({ purpose: 'bundle' }, never)).files).toEqual([]);
    expect(asked('showOpenDialog')).toMatchObject([
      [{ properties: ['openFile', 'multiSelections'] }],
      [{ properties: ['openFile'] }],
    ]);
  });

  test('also those to be written', async () => {
    const { shell, electron } = await startProgram();
    electron.control.choices.push(['/somewhere/out.tar'], []);
    expect((await shell.files.pick({ purpose: 'export' }, never)).files).toMatchObject([{ name: 'out.tar' }]);
    expect((await shell.files.pick({ purpose: 'export' }, never)).files).toEqual([]);
  });

  test('and has no folders to look into', async () => {
    const { shell } = await startProgram();
    expect(await shell.files.list({}, never)).toEqual({ folder: '', entries: [], isCut: false });
  });

  test('a handle that was not given out opens nothing', async () => {
    const { shell } = await startProgram();
    for (const handle of ['/etc/passwd', 'x', '', '__proto__'])
      await expect(shell.files.open(handle, never)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('what is gone, or no file, says its last part only', async () => {
    const { shell, electron } = await startProgram();
    const folder = testFolder();
    await mkdir(join(folder, 'sub'));
    electron.control.choices.push([join(folder, 'gone.txt'), join(folder, 'sub')]);
    const { files } = await shell.files.pick({ purpose: 'images', multiple: true }, never);
    for (const { handle, name } of files)
      await expect(shell.files.open(handle, never)).rejects.toMatchObject({
        kind: 'not-found',
        message: `${name} cannot be read`,
      });
  });
});

describe('S-IPC-4: files dropped on the window', () => {
  test('become handles', async () => {
    const program = await startProgram();
    const file = join(testFolder(), 'list.txt');
    await writeFile(file, 'nginx:1');
    const answer = await drop(program, file);
    expect(answer).toEqual({ ok: true, value: { handle: expect.any(String), name: 'list.txt' } });
  });

  test('may be folders of images, whose place is known to the program alone', async () => {
    const program = await startProgram();
    const folder = testFolder();
    const answer = await drop(program, folder);
    expect(answer).toEqual({ ok: true, value: { handle: expect.any(String), name: basename(folder) } });
    const [, handle = ''] = /"handle":"([^"]+)"/.exec(JSON.stringify(answer)) ?? [];
    await expect(program.shell.files.place(handle, never)).resolves.toBe(folder);
    await expect(program.shell.files.place('made-up', never)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('become none where they are no files of this machine', async () => {
    const program = await startProgram();
    const folder = testFolder();
    await symlink('//host/share/x', join(folder, 'link'));
    const paths = [
      join(folder, 'absent'),
      join(folder, 'link'),
      '/dev/null',
      '/proc/self/environ/',
      '//host/share/list.txt',
      '\\\\host\\share\\list.txt',
      '\\\\?\\C:\\list.txt',
      'list.txt',
      'file:///etc/passwd',
      'https://evil.example/',
      '',
    ];
    for (const path of paths)
      expect({ path, answer: await drop(program, path) }).toEqual({ path, answer: { ok: true, value: null } });
  });
});

describe('S-IPC-9: what changes the world is asked by the program', () => {
  test('and done when a person says yes', async () => {
    const { shell, electron, asked } = await startProgram();
    electron.control.answers.push(1);
    expect(await shell.confirm?.('skip-certificate-checks', 'harbor.example', never)).toBe(true);
    expect(asked('showMessageBox')).toMatchObject([
      [
        {
          message: 'Trust harbor.example without checking its certificate?',
          buttons: ['Cancel', 'Do not check'],
          defaultId: 0,
          cancelId: 0,
        },
      ],
    ]);
  });

  test.each([
    'remove-registry',
    'skip-certificate-checks',
    'discard-job',
    'trim-cache',
    'approve-realm',
    'open-dock',
  ] as const)('%s is not done when the dialog is closed', async (what) => {
    const { shell } = await startProgram();
    expect(await shell.confirm?.(what, 'x', never)).toBe(false);
  });

  test('a page that says yes for itself is not believed: nothing is removed without the dialog', async () => {
    const program = await startProgram();
    const { electron, window, parts } = program;
    const sender = window.webContents;
    const call = (name: string, input: unknown): Promise<unknown> =>
      electron.ipcMain.receive({ sender, senderFrame: sender.mainFrame }, 'call', { name, input });
    await call('registries.save', { host: 'one.example', plainHttp: true, insecure: false, remember: 'no' });
    const [id] = parts.entries.keys();
    expect(await call('registries.remove', { id })).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect(parts.entries.size).toBe(1);
    electron.control.answers.push(1);
    expect(await call('registries.remove', { id })).toMatchObject({ ok: true });
    expect(parts.entries.size).toBe(0);
  });
});
