import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hasPeer } from '../fakes/peers.ts';
import { whyUnmeasurable } from './measure.ts';

const program = fileURLToPath(new URL('bench.ts', import.meta.url));
const reason = hasPeer('docker-registry') ? whyUnmeasurable() : 'docker-registry is not installed';

test.skipIf(reason !== undefined)(
  `the comparison of what crosses a gap runs${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 100_000 },
  () => {
    const run = spawnSync(process.execPath, [program, 'gap', '--scale', '0.01'], { encoding: 'utf8', timeout: 90_000 });
    expect(run.status, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/\n\| \*\*our bundle\*\* \| \d+\.\d+ \| 1\.00 \| \d+\.\d \|\n/);
    expect(run.stdout).toMatch(/\n\| \*\*our bundle of the next release, `--base` receipt\*\* \| \d/);
  },
);
