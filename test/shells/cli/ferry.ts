import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

const entry = fileURLToPath(new URL('../../../electron/cli.ts', import.meta.url));
/** A folder of this test file, gone after it. */
export const folder: string = mkdtempSync(join(tmpdir(), 'ferry-cli-'));
const printed: string[] = [];
/** Compiled once, or each of many starts would strip the types of all sources again. */
const compileCache = join(folder, 'compiled');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How a command line is run. */
export interface FerryOptions {
  /** Beside PATH, a home without docker's config, a data folder of its own, and English. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** The file descriptor for stdout; a pipe that is read to its end if not given. */
  readonly stdout?: number;
}

/** How a command line ended. */
export interface FerryEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs. */
export interface Ferry {
  readonly child: ChildProcess;
  readonly ended: Promise<FerryEnd>;
  /** Resolves once the text was printed on stderr or stdout; rejects when the process ends before. */
  said(text: string): Promise<void>;
}

/** Starts the real command line; it is killed if it outlives the test. */
export function startFerry(args: readonly string[], options: FerryOptions = {}): Ferry {
  const child = spawn(process.execPath, [...(options.node ?? []), entry, ...args], {
    cwd: options.cwd ?? folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      LANG: 'C.UTF-8',
      NODE_COMPILE_CACHE: compileCache,
      // its own, or commands that run at once would find it in use
      IMAGE_FERRY_DATA: mkdtempSync(join(folder, 'data-')),
      ...options.env,
    },
    // A pipe that nobody ever writes to or closes: whoever asks it something waits for ever.
    stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const texts = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<FerryEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      printed.push(texts.stdout, texts.stderr);
      resolve({ status, ...texts });
    });
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (texts.stdout.includes(text) || texts.stderr.includes(text)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without "${text}":\n${texts.stdout}${texts.stderr}`)));
    });
  return { child, ended, said };
}

/** Runs the real command line to its end. */
export function ferry(args: readonly string[], options: FerryOptions = {}): Promise<FerryEnd> {
  return startFerry(args, options).ended;
}

/** Options that have Node run some code before the command line, to break the program from inside. */
export async function planted(name: string, code: string): Promise<readonly string[]> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, code);
  return ['--import', pathToFileURL(file).href];
}

/** Everything that command lines of this test file have printed. */
export function allPrinted(): string {
  return printed.join('\n');
}
