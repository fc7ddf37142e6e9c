import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** True when the program is on the PATH. */
export function hasProgram(name: string): boolean {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => names.some((file) => existsSync(join(folder, file))));
}

/** Runs a program to its end and gives what it printed. Throws with what it complained about. */
export function run(program: string, args: readonly string[], folder?: string): string {
  const { status, signal, error, stdout, stderr } = spawnSync(program, [...args], {
    encoding: 'utf8',
    // in a locale of ASCII alone makensis dies of the first Chinese character
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    maxBuffer: 64 * 1024 * 1024,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  if (status !== 0)
    throw new Error(`${program} ended with ${status ?? signal ?? error?.message}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Runs npm, the one that runs us if there is one. */
export function npm(args: readonly string[], folder: string): string {
  const script = process.env['npm_execpath'];
  return script?.endsWith('.js') ? run(process.execPath, [script, ...args], folder) : run('npm', args, folder);
}
