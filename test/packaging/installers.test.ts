import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { icoFile } from '../../build/package/ico.ts';
import { drawIcon } from '../../build/package/icon.ts';
import { type InstallerOrder, writeInstaller, writePortable } from '../../build/package/nsis.ts';
import { hasProgram } from '../../build/package/programs.ts';

let work: string;
let order: Omit<InstallerOrder, 'file'>;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ferry-installers-'));
  const folder = join(work, 'program');
  await mkdir(join(folder, 'resources', '文件'), { recursive: true });
  await writeFile(join(folder, 'Image Ferry.exe'), 'in place of a program');
  await writeFile(join(folder, 'resources', '文件', 'costs $5.txt'), 'of a name that scripts stumble over');
  await writeFile(join(work, 'icon.ico'), icoFile(await drawIcon()));
  order = { folder, icon: join(work, 'icon.ico'), work };
});

afterAll(() => rm(work, { recursive: true, force: true }));

/** What Windows asks a person before it starts the program. */
const levelOf = async (file: string): Promise<string | undefined> =>
  /requestedExecutionLevel level="(\w+)"/.exec(await readFile(file, 'latin1'))?.[1];

describe.runIf(hasProgram('makensis'))('The installers, by makensis', () => {
  test('the installer compiles without a warning, in any locale, and asks for no rights', async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('LANG', 'C').stubEnv('LC_ALL', 'C');
    const file = join(work, 'one-user.exe');
    await writeInstaller({ ...order, file });
    expect(await levelOf(file)).toBe('asInvoker');
  });

  test('the one for all users asks for an administrator', async () => {
    const file = join(work, 'all-users.exe');
    await writeInstaller({ ...order, file, defines: ['ALL_USERS'] });
    expect(await levelOf(file)).toBe('requireAdministrator');
  });

  test('the portable program compiles without a warning and asks for no rights', async () => {
    const file = join(work, 'portable.exe');
    writePortable({ ...order, file });
    expect(await levelOf(file)).toBe('asInvoker');
  });

  test('what is removed is named file by file, folders last', async () => {
    await writeInstaller({ ...order, file: join(work, 'list.exe') });
    expect((await readFile(join(work, 'installed-files.nsh'), 'utf8')).trim().split('\n')).toEqual([
      'Delete "$INSTDIR\\Image Ferry.exe"',
      'Delete "$INSTDIR\\resources\\文件\\costs $$5.txt"',
      'RMDir "$INSTDIR\\resources\\文件"',
      'RMDir "$INSTDIR\\resources"',
    ]);
  });
});

// 64-bit installers of the same scripts, because a Wine that runs 32-bit ones is not everywhere
const here = ['STUB=amd64-unicode'];

describe.runIf(hasProgram('makensis') && hasProgram('wine') && hasProgram('wineserver'))(
  'The installers, run by Wine',
  () => {
    const windows = (...parts: readonly string[]): string => join(work, 'wine', 'drive_c', ...parts);
    const surroundings = (): NodeJS.ProcessEnv => ({
      ...process.env,
      // Wine makes UTF-8 of the names of Windows only in such a locale
      LC_ALL: 'C.UTF-8',
      WINEPREFIX: join(work, 'wine'),
      WINEDEBUG: '-all',
      DISPLAY: '',
    });
    const wine = (program: string, ...args: readonly string[]): { status: number | null; stdout: string } => {
      const { status, stdout } = spawnSync(program, [...args], {
        env: surroundings(),
        encoding: 'utf8',
        timeout: 120_000,
      });
      return { status, stdout };
    };
    let local: string;
    let roaming: string;
    let installed: string;

    beforeAll(async () => {
      // it stays for a minute after its last program, which saves its start for each of them
      wine('wineserver', '-p60');
      wine('wineboot', '-i');
      const [person = ''] = (await readdir(windows('users'))).filter((name) => name !== 'Public');
      local = windows('users', person, 'AppData', 'Local');
      roaming = windows('users', person, 'AppData', 'Roaming');
      installed = join(local, 'Programs', 'Image Ferry');
      await writeInstaller({ ...order, file: join(work, 'wine.exe'), defines: here });
    }, 180_000);

    afterAll(() => void wine('wineserver', '-k'));

    const install = (): number | null => wine('wine', join(work, 'wine.exe'), '/S').status;
    /** Waits for it: told where it lies, an uninstaller does not go on as a copy of itself, and so cannot remove itself either. */
    const uninstall = async (...args: readonly string[]): Promise<void> => {
      const place = `C:\\${relative(windows(), installed).replaceAll('/', '\\')}`;
      // what follows has spaces and must have no quotes, which only a script can say
      await writeFile(windows('remove.cmd'), `"${place}\\uninstall.exe" /S ${args.join(' ')} _?=${place}\r\n`);
      wine('wine', 'cmd', '/c', 'C:\\remove.cmd');
      await rm(join(installed, 'uninstall.exe'), { force: true });
    };
    const registered = (): string =>
      wine('wine', 'reg', 'query', 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\ImageFerry', '/s')
        .stdout;

    test('it installs for one user, with an entry for removal and one in the start menu', async () => {
      expect(install()).toBe(0);
      expect((await readdir(installed)).sort()).toEqual(['Image Ferry.exe', 'resources', 'uninstall.exe']);
      expect(await readdir(join(installed, 'resources', '文件'))).toEqual(['costs $5.txt']);
      expect(registered()).toContain('QuietUninstallString');
      expect(await readdir(join(roaming, 'Microsoft', 'Windows', 'Start Menu', 'Programs'))).toContain(
        'Image Ferry.lnk',
      );
    });

    test('a newer one takes the place of an older one, whose files go', async () => {
      const { folder } = order;
      const older = join(work, 'older');
      await cp(folder, older, { recursive: true });
      await writeFile(join(older, 'of the older.txt'), '');
      await writeInstaller({ ...order, folder: older, file: join(work, 'older.exe'), defines: here });
      expect([wine('wine', join(work, 'older.exe'), '/S').status, install()]).toEqual([0, 0]);
      expect((await readdir(installed)).sort()).toEqual(['Image Ferry.exe', 'resources', 'uninstall.exe']);
    });

    test('while the program runs, nothing is put over it', async () => {
      install();
      const program = join(installed, 'Image Ferry.exe');
      await cp(windows('windows', 'system32', 'cmd.exe'), program);
      const running = spawn('wine', [program], { env: surroundings(), stdio: ['pipe', 'pipe', 'ignore'] });
      const ended = once(running, 'exit');
      try {
        await once(running.stdout, 'data');
        expect(install()).toBe(2);
        expect(await readFile(program, 'latin1')).toMatch(/^MZ/);
      } finally {
        running.stdin.end('exit\r\n');
        await ended;
      }
      expect(install()).toBe(0);
      expect(await readFile(program, 'latin1')).toBe('in place of a program');
    });

    test('removed without a word about data, it leaves data and what others put there', async () => {
      install();
      await mkdir(join(local, 'Image Ferry', 'cache'), { recursive: true });
      await writeFile(join(installed, 'of somebody.txt'), '');
      await uninstall();
      expect(await readdir(installed)).toEqual(['of somebody.txt']);
      expect(await readdir(join(local, 'Image Ferry'))).toEqual(['cache']);
      expect(registered()).not.toContain('Image Ferry');
      expect(await readdir(join(roaming, 'Microsoft', 'Windows', 'Start Menu', 'Programs'))).not.toContain(
        'Image Ferry.lnk',
      );
    });

    test('S-PKG-6: asked to, it removes cache, history and vault', async () => {
      install();
      for (const place of [local, roaming]) await mkdir(join(place, 'Image Ferry', 'cache'), { recursive: true });
      await writeFile(join(local, 'Image Ferry', 'vault.json'), '{}');
      await uninstall('/REMOVEDATA');
      expect([...(await readdir(local)), ...(await readdir(roaming))]).not.toContain('Image Ferry');
    });

    test('the portable program runs out of a folder of its own, uses the data folder beside it, and leaves nothing', async () => {
      const folder = join(work, 'shell');
      await mkdir(folder);
      await cp(windows('windows', 'system32', 'cmd.exe'), join(folder, 'Image Ferry.exe'));
      await mkdir(windows('portable', 'data'), { recursive: true });
      writePortable({ ...order, folder, file: windows('portable', 'ferry.exe'), defines: here });
      const { status } = wine(
        'wine',
        windows('portable', 'ferry.exe'),
        '/c',
        'echo %IMAGE_FERRY_DATA%>C:\\portable\\said.txt&exit 3',
      );
      expect(status).toBe(3);
      expect((await readFile(windows('portable', 'said.txt'), 'latin1')).trim()).toBe('C:\\portable\\data');
      expect(await readdir(windows('portable'))).toEqual(['data', 'ferry.exe', 'said.txt']);
      expect((await readdir(join(local, 'Temp')).catch(() => [])).filter((name) => /^ns.*\.tmp$/.test(name))).toEqual(
        [],
      );
    });
  },
);
