import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Prefix, windowsNode } from './prefix.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const home = String.raw`C:\Image Ferry`;
const longestMs = 150_000;

/** How a command line ended. */
export interface End {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs under Wine. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<End>;
}

/** How a command line is started. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Through `image-ferry.cmd`, as people do; it cannot be given options of Node. */
  readonly byScript?: boolean;
}

/** The program as the zip unpacks it, in a Windows of its own, with a data folder beside. */
export class WinePackage {
  readonly prefix: Prefix;
  #runs = 0;

  private constructor(prefix: Prefix) {
    this.prefix = prefix;
  }

  /** Bundles the command line and lays it out as the package does. */
  static async layOut(prefix: Prefix): Promise<WinePackage> {
    const { ensureBundle, bundleFile }: { readonly ensureBundle: () => Promise<void>; readonly bundleFile: string } =
      await import(join(top, 'build', 'bundle.mjs'));
    await ensureBundle();
    const made = new WinePackage(prefix);
    const cli = made.here(String.raw`${home}\resources\cli`);
    await mkdir(cli, { recursive: true });
    await mkdir(made.here(String.raw`${home}\data`));
    const dist = join(bundleFile, '..');
    for (const name of await readdir(dist))
      if (/^cli(?:-.*)?\.js$/.test(name)) await cp(join(dist, name), join(cli, name));
    for (const name of ['better-sqlite3/package.json', 'better-sqlite3/lib', 'electron-log'])
      await cp(join(top, 'node_modules', name), join(cli, 'node_modules', name), { recursive: true });
    const prebuild = 'better-sqlite3/prebuilds/win32-x64.node';
    await cp(join(top, 'node_modules', prebuild), join(cli, 'node_modules', prebuild));
    await cp(await windowsNode(), join(cli, 'node.exe'));
    await writeFile(join(cli, 'package.json'), '{"type":"module"}');
    const script = join(top, 'build', 'package', 'beside', 'image-ferry.cmd');
    if (existsSync(script)) await cp(script, made.here(String.raw`${home}\image-ferry.cmd`));
    return made;
  }

  /** A path of Windows as this machine sees it. */
  here(path: string): string {
    return join(this.prefix.drive, ...path.replace(/^C:\\/i, '').split('\\'));
  }

  /** Starts the command line; it is killed if it outlives the test. Output goes to files, for Wine's pipes lose some. */
  start(args: readonly string[], { env = {}, byScript = false }: StartOptions = {}): Running {
    const name = join(this.prefix.drive, `run-${++this.#runs}`);
    const files = [openSync(`${name}.out`, 'w'), openSync(`${name}.err`, 'w')] as const;
    const node = String.raw`${home}\resources\cli\node.exe`;
    const begin = byScript
      ? ['cmd', '/c', String.raw`${home}\image-ferry.cmd`]
      : // Wine refuses the second of two sockets that connect at once
        [node, '--no-network-family-autoselection', String.raw`${home}\resources\cli\cli.js`];
    const child = spawn('wine', [...begin, ...args], {
      cwd: this.prefix.drive,
      env: { ...this.prefix.environment, ...env },
      stdio: ['ignore', ...files],
      timeout: longestMs,
      killSignal: 'SIGKILL',
    });
    for (const file of files) closeSync(file);
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = new Promise<End>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status) => {
        const [stdout, stderr] = ['out', 'err'].map((kind) => readFileSync(`${name}.${kind}`, 'utf8'));
        resolve({ status, stdout: lines(stdout ?? ''), stderr: lines(stderr ?? '') });
      });
    });
    return { child, ended };
  }

  /** Runs the command line to its end. */
  run(...args: readonly string[]): Promise<End> {
    return this.start(args).ended;
  }
}

/** Without Wine's advice to install its 32-bit half. */
function lines(text: string): string {
  return text
    .split(/\r?\n/)
    .filter((line) => !/wine32|multiarch|apt-get|dpkg/.test(line))
    .join('\n');
}

/** The lines of a command with `--json`. */
export function eventsOf(end: End): readonly Readonly<Record<string, unknown>>[] {
  return end.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
