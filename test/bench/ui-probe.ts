// Loaded before a program with `--import`: from SIGUSR2 on it looks every 5 ms how late it comes and how long the thread worked
// meanwhile, and writes the 99th percentiles of both, in milliseconds, when the program ends.
import { writeFileSync } from 'node:fs';

const file = process.env['FERRY_BENCH_DELAY_FILE'];
const everyMs = 5;

if (file !== undefined) {
  const late: number[] = [];
  const worked: number[] = [];
  process.once('SIGUSR2', () => {
    let before = { at: performance.now(), cpu: threadMs() };
    setInterval(() => {
      const now = { at: performance.now(), cpu: threadMs() };
      late.push(Math.max(0, now.at - before.at - everyMs));
      worked.push(now.cpu - before.cpu);
      before = now;
    }, everyMs).unref();
  });
  process.once('exit', () => {
    if (late.length > 0) writeFileSync(file, JSON.stringify({ wallMs: p99(late), cpuMs: p99(worked) }));
  });
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}
