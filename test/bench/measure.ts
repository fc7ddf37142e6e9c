import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A program to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a run of a program took. */
export interface Measurement {
  readonly wallMs: number;
  /** User and system time of the program and of all that it started. */
  readonly cpuMs: number;
  /** The largest resident set of any process of it. */
  readonly rssBytes: number;
}

/** How a run ended. */
export interface Run extends Measurement {
  /** Null if it was killed. */
  readonly status: number | null;
  /** The end of what it wrote. */
  readonly output: string;
}

const gnuTime = '/usr/bin/time';
const running = new Set<() => void>();

/** Kills what runs: it is in groups of its own, and would live on when this process is interrupted. */
export function killRunning(): void {
  for (const kill of running) kill();
}

/** Why nothing can be measured on this machine; undefined if it can. */
export function whyUnmeasurable(): string | undefined {
  const asked = spawnSync(gnuTime, ['--version'], { encoding: 'utf8' });
  if (asked.status === 0 && /GNU/.test(asked.stdout + asked.stderr)) return undefined;
  return `${gnuTime} is not GNU time; on Debian: apt-get install time`;
}

/** Runs a program to its end, or until `until` resolves or the time is up: then it and all that it started is killed. */
export async function measure(
  command: Command,
  folder: string,
  timeoutMs: number,
  until?: (isOver: () => boolean) => Promise<void>,
): Promise<Run> {
  const usageFile = join(folder, 'usage');
  const outputFile = join(folder, 'output');
  rmSync(usageFile, { force: true });
  const output = openSync(outputFile, 'w');
  const startedMs = performance.now();
  // exec'd by GNU time, whose own resident set is smaller than that of any program here
  const child = spawn(gnuTime, ['-q', '-f', '%U %S %M', '-o', usageFile, command.program, ...command.args], {
    cwd: folder,
    stdio: ['ignore', output, output],
    detached: true,
    env: {
      // A home of its own: whatever logins or proxies the machine has must not decide a measurement.
      PATH: process.env['PATH'],
      HOME: folder,
      TMPDIR: folder,
      REGISTRY_AUTH_FILE: join(folder, 'no-logins.json'),
      ...command.environment,
    },
  });
  closeSync(output);
  let isOver = false;
  const kill = (): void => {
    // the group, which is ours: GNU time and the program under it
    if (!isOver && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  running.add(kill);
  const timer = setTimeout(kill, timeoutMs);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  void until?.(() => isOver).then(kill, kill);
  try {
    const status = await ended;
    const wallMs = performance.now() - startedMs;
    isOver = true;
    return { status, wallMs, ...readUsage(usageFile), output: readFileSync(outputFile, 'utf8').slice(-2000) };
  } finally {
    isOver = true;
    running.delete(kill);
    clearTimeout(timer);
  }
}

function readUsage(file: string): { readonly cpuMs: number; readonly rssBytes: number } {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // killed before it could say
  }
  const [user = 0, system = 0, kibibytes = 0] = text.trim().split(' ').map(Number);
  return { cpuMs: Math.round((user + system) * 1000), rssBytes: kibibytes * 1024 };
}
