import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** Which process of which machine; a process number alone is given to others after a while. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly machine: string;
  /** Differs after every start of the machine: Linux's own, on Windows the moment of the start; empty elsewhere. */
  readonly bootId: string;
  /** When the process started: on Linux in the system's own ticks, elsewhere as the process itself measured it. */
  readonly startedAt: string;
}

const bootToleranceMs = 120_000;

/** The process this code runs in. */
export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, machine: hostname(), bootId: bootId(), startedAt: startOf(pid) ?? '' };
}

/** False when the process has certainly ended; a process of another machine counts as alive, for nobody here can tell. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.machine !== hostname()) return true;
  if (!isSameBoot(identity.bootId, bootId())) return false;
  const startedAt = startOf(identity.pid);
  return isRunning(identity.pid) && (startedAt === undefined || startedAt === identity.startedAt);
}

/** The identity in a JSON value; undefined when it is none. */
export function readProcessIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('pid' in value && 'machine' in value && 'bootId' in value && 'startedAt' in value)) return undefined;
  const { pid, machine, bootId, startedAt } = value;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (typeof machine !== 'string' || typeof bootId !== 'string' || typeof startedAt !== 'string') return undefined;
  return { pid, machine, bootId, startedAt };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it runs and belongs to somebody else.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** True when both were read while the machine ran on; of two moments, what the clock was set meanwhile may lie between. */
export function isSameBoot(one: string, other: string): boolean {
  if (one === other) return true;
  const bothMoments = /^\d+$/.test(one) && /^\d+$/.test(other);
  return bothMoments && Math.abs(Number(one) - Number(other)) <= bootToleranceMs;
}

function bootId(): string {
  if (process.platform === 'win32') return String(Math.round(Date.now() - uptime() * 1000));
  return textOf('/proc/sys/kernel/random/boot_id');
}

/**
 * When a process started; undefined where only that process itself can know.
 * proc(5), /proc/pid/stat: field 22; the second one, in brackets, may hold anything. One that only waits to be reaped has none.
 */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    return pid === process.pid ? String(Math.round(performance.timeOrigin)) : undefined;
  }
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isEnded = fields[0] === 'Z' || fields[0] === 'X';
  return isEnded ? '' : (fields[19] ?? '');
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
