// Loaded before a program with `--import`: writes the 99th percentile of its event-loop delay, in milliseconds, when it ends.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = process.env['FERRY_BENCH_DELAY_FILE'];
if (file !== undefined) {
  const resolution = 5;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  let isCopying = false;
  setTimeout(() => {
    // what came before was loading the program
    histogram.reset();
    isCopying = true;
  }, 500).unref();
  process.once('exit', () => {
    // what it measures is the time between two looks, so the time it meant to wait is in it
    if (isCopying) writeFileSync(file, String(Math.max(0, histogram.percentile(99) / 1e6 - resolution)));
  });
}
