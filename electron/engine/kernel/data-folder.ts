import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix, resolve, win32 } from 'node:path';
import { copyError } from './errors.ts';
import { portableFolder } from './portable-folder.ts';

/** Everything the choice of a data folder depends on. */
export interface DataFolderFacts {
  /** Named by the operator. */
  readonly explicit?: string;
  /** `data` beside the program; undefined when there is none or it cannot be written. */
  readonly portable?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
}

/** A data folder that is ready to be used. */
export interface DataFolder {
  readonly path: string;
  /** Which rule found it. */
  readonly chosenBy: 'operator' | 'environment' | 'portable' | 'user';
  /** True when others on this machine may read it; undefined where the system does not tell (Windows). */
  readonly isOpenToOthers: boolean | undefined;
}

/** Where data lies: the folder named, else `IMAGE_FERRY_DATA`, else `data` beside the program, else the user's own place. */
export function chooseDataFolder(facts: DataFolderFacts): Pick<DataFolder, 'path' | 'chosenBy'> {
  const { explicit, portable, environment, platform, home } = facts;
  if (explicit) return { path: explicit, chosenBy: 'operator' };
  if (environment['IMAGE_FERRY_DATA']) return { path: environment['IMAGE_FERRY_DATA'], chosenBy: 'environment' };
  if (portable !== undefined) return { path: portable, chosenBy: 'portable' };
  return { path: userFolder(environment, platform, home), chosenBy: 'user' };
}

function userFolder(environment: DataFolderFacts['environment'], platform: string, home: string): string {
  if (platform === 'win32') {
    return win32.join(environment['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local'), 'Image Ferry');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Image Ferry');
  const named = environment['XDG_DATA_HOME'];
  // XDG Base Directory 0.8: a path that is not absolute is to be ignored.
  const base = named?.startsWith('/') ? named : posix.join(home, '.local', 'share');
  return posix.join(base, 'image-ferry');
}

/**
 * Finds the data folder of this process and makes it, readable by its user only. Rights of a folder that was there are left.
 * `program` is the file that was started, for the portable place. Rejects with `disk` when the folder cannot be used.
 */
export async function openDataFolder(explicit: string | undefined, program: string | undefined): Promise<DataFolder> {
  const { env: environment, platform } = process;
  const portable = program === undefined ? undefined : portableFolder(program, environment);
  const choice = chooseDataFolder({
    environment,
    platform,
    home: homedir(),
    ...(explicit === undefined ? {} : { explicit }),
    ...(portable === undefined ? {} : { portable }),
  });
  const path = resolve(choice.path);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const { mode } = await stat(path);
    return { path, chosenBy: choice.chosenBy, isOpenToOthers: platform === 'win32' ? undefined : (mode & 0o077) !== 0 };
  } catch (thrown) {
    throw copyError('disk', {
      side: 'local',
      op: 'data-folder.open',
      subject: path,
      message: `data folder ${path} cannot be made or written`,
      advice: { do: 'ask' },
      cause: thrown,
    });
  }
}
