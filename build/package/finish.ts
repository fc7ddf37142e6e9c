import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFuses } from './fuses.ts';
import type { NodeFiles } from './node.ts';
import { top } from './product.ts';
import type { Target } from './target.ts';

/** What is added to Electron with our program in it. */
export interface Additions {
  readonly target: Target;
  /** The command line's folder. */
  readonly cli: string;
  readonly node: NodeFiles;
  readonly notices: string;
}

/** Adds the command line with its own Node, and the licences; locks the fuses last. */
export async function finishFolder(folder: string, { target, ...parts }: Additions): Promise<void> {
  const cli = join(folder, 'resources', 'cli');
  await cp(parts.cli, cli, { recursive: true });
  await copyProgram(parts.node.program, join(cli, target.node));
  await cp(parts.node.licence, join(cli, 'LICENSE.node.txt'));
  const script = await readFile(new URL(`beside/${target.launcher}`, import.meta.url), 'utf8');
  await writeFile(join(folder, target.launcher), forPlatform(target, script), { mode: 0o755 });
  await cp(join(top, 'LICENSE'), join(folder, 'LICENSE.txt'));
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), parts.notices);
  await lockFuses(join(folder, target.window));
}

/** Makes the folder whose being there makes a copy portable, with a word about what it is for. */
export async function writeDataFolder(folder: string): Promise<void> {
  await mkdir(folder);
  const text = await readFile(new URL('beside/data-readme.txt', import.meta.url), 'utf8');
  // Notepad of older Windows knows UTF-8 by its mark only
  await writeFile(join(folder, 'README.txt'), `\uFEFF${text.replaceAll('\n', '\r\n')}`);
}

function forPlatform({ platform }: Target, script: string): string {
  return platform === 'win' ? script.replaceAll('\n', '\r\n') : script;
}

async function copyProgram(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o755);
}
