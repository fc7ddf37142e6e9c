// Loaded before a program with `--import`: writes the 99th percentile of its event-loop delay, in milliseconds, when it ends.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = process.env['FERRY_BENCH_DELAY_FILE'];
if (file !== undefined) {
  const resolution = 5;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  // loading the program is no copying
  setTimeout(() => histogram.reset(), 500).unref();
  // what it measures is the time between two looks, so the time it meant to wait is in it
  process.once('exit', () => writeFileSync(file, String(Math.max(0, histogram.percentile(99) / 1e6 - resolution))));
}
