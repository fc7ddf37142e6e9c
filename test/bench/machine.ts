import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where and when the figures were taken. */
export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly registry: string;
  /** Processes that wanted a core in the minute before. */
  readonly load: number;
}

/** This machine, now. */
export function machineFacts(): Machine {
  const cores = cpus();
  const asked = spawnSync('docker-registry', ['--version'], { encoding: 'utf8' });
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cores.length,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    registry: /(\d+\.\d+\.\d+\S*)\s*$/.exec(asked.stdout)?.[1] ?? 'unknown',
    load: loadavg()[0] ?? 0,
  };
}
