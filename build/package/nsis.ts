import { readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifest } from './product.ts';
import { run } from './programs.ts';

/** What an installer is made of. */
export interface InstallerOrder {
  /** All that is to be installed. */
  readonly folder: string;
  readonly icon: string;
  /** The installer. */
  readonly file: string;
  /** For what is written on the way. */
  readonly work: string;
  /** More `NAME` or `NAME=VALUE` for the script. */
  readonly defines?: readonly string[];
}

/** Compiles `installer.nsi`: for one user, and with `ALL_USERS` for the machine. */
export async function writeInstaller(order: InstallerOrder): Promise<void> {
  const list = join(order.work, 'installed-files.nsh');
  await writeFile(list, await removalOf(order.folder));
  compile('installer.nsi', { ...order, defines: [`INSTALLED_FILES=${list}`, ...(order.defines ?? [])] });
}

/** Compiles `portable.nsi`: one program that unpacks itself, runs, and leaves nothing. */
export function writePortable(order: InstallerOrder): void {
  compile('portable.nsi', order);
}

function compile(script: string, { folder, icon, file, defines = [] }: InstallerOrder): void {
  const facts = [`VERSION=${manifest.version}`, `SOURCE=${folder}`, `ICON=${icon}`, `OUTPUT=${file}`, ...defines];
  const path = fileURLToPath(new URL(script, import.meta.url));
  run('makensis', ['-V2', '-WX', '-INPUTCHARSET', 'UTF8', ...facts.map((fact) => `-D${fact}`), path]);
}

/** Removes what was installed, file by file: a folder that somebody chose may hold other things too. */
async function removalOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const path = (entry: { parentPath: string; name: string }): string => {
    const name = relative(folder, join(entry.parentPath, entry.name)).replaceAll('/', '\\').replaceAll('$', '$$$$');
    return `"$INSTDIR\\${name}"`;
  };
  const files = entries.filter((entry) => entry.isFile()).map((entry) => `Delete ${path(entry)}`);
  // the longest paths first, so that a folder is empty when its turn comes
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => `RMDir ${path(entry)}`);
  return `${[...files, ...folders.sort((a, b) => b.length - a.length)].join('\n')}\n`;
}
