import { accessSync, closeSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder `data` beside the program; undefined when there is none or it cannot be written. `program` is the file that was
 * started. The desktop and the command line of one package have the same one.
 */
export function portableFolder(program: string, environment: Environment): string | undefined {
  const folder = join(programFolder(resolve(program), environment), 'data');
  return isWritableFolder(folder) ? folder : undefined;
}

/** Where people see the program lie. */
function programFolder(program: string, environment: Environment): string {
  const folder = dirname(program);
  // the command line of a package lies in resources/cli, below the folder of the desktop
  if (basename(folder) === 'cli' && basename(dirname(folder)) === 'resources') return dirname(dirname(folder));
  // an AppImage runs from where it is mounted
  const { APPIMAGE, APPDIR } = environment;
  if (APPIMAGE && APPDIR && isBelow(folder, APPDIR)) return dirname(APPIMAGE);
  return folder;
}

function isBelow(path: string, folder: string): boolean {
  const rest = relative(folder, path);
  return !isAbsolute(rest) && rest.split(sep)[0] !== '..';
}

function isWritableFolder(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!statSync(folder).isDirectory()) return false;
    if (process.platform === 'win32') touchIn(folder);
    return true;
  } catch {
    return false;
  }
}

/** Throws when no file can be made there: Windows tells the right to write in no other way. */
function touchIn(folder: string): void {
  const file = join(folder, `.writable-${process.pid}`);
  closeSync(openSync(file, 'w'));
  rmSync(file, { force: true });
}
