import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonOf } from '../fakes/listening.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

/** CLI.md's last line, as far as it is looked at here. */
export interface Summary {
  readonly event: string;
  readonly ok: boolean;
  readonly images: Readonly<Record<'total' | 'copied' | 'unchanged' | 'failed' | 'cancelled', number>>;
  readonly bytes: Readonly<Record<'received' | 'sent' | 'reused', number>>;
  readonly failures: readonly { readonly kind: string; readonly message: string }[];
}

/** How a run of the command line ended. */
export interface CommandEnd {
  /** Null when it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  /** Resident bytes and open files, every 50 ms. */
  readonly samples: readonly Sample[];
}

/** What the system says of a process at a moment. */
export interface Sample {
  readonly residentBytes: number;
  readonly openFiles: number;
}

/** A command line that runs. */
export interface RunningCommand {
  readonly ended: Promise<CommandEnd>;
  isOver(): boolean;
  /** Ends it at once, as a loss of the process does. */
  kill(): void;
}

/** Makes the bundled command line when it is not there or older than its sources; gives its file. */
export function bundledCommandLine(): string {
  const made = spawnSync(process.execPath, [join(top, 'build', 'ferry.mjs'), '--version'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the command line does not start:\n${made.stderr}`);
  return join(top, 'dist', 'cli.js');
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the bundled command line with a home of its own. */
export function startCommand(
  args: readonly string[],
  home: string,
  node: readonly string[] = [],
  mostMs = 120_000,
): RunningCommand {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...node, join(top, 'dist', 'cli.js'), ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home, LANG: 'C.UTF-8' },
  });
  running.add(child);
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const samples: Sample[] = [];
  const sampling = setInterval(() => {
    const sample = sampleOf(child.pid);
    if (sample !== undefined) samples.push(sample);
  }, 50);
  const timer = setTimeout(() => child.kill('SIGKILL'), mostMs);
  let isOver = false;
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      isOver = true;
      running.delete(child);
      clearInterval(sampling);
      clearTimeout(timer);
      resolve({ status, ...texts, wallMs: performance.now() - startedMs, samples });
    });
  });
  return { ended, isOver: () => isOver, kill: () => void child.kill('SIGKILL') };
}

/** The last line of `--json`; throws with all that was printed when there is none. */
export function summaryOf({ stdout, stderr, status }: CommandEnd): Summary {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"event":"summary"')) {
    throw new Error(`no summary (status ${String(status)}): ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  }
  return jsonOf<Summary>(last);
}

function sampleOf(pid: number | undefined): Sample | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return { residentBytes: pages * 4096, openFiles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    // over, or a system without /proc
    return undefined;
  }
}
