import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { hasPeer } from '../fakes/peers.ts';
import { jsonOf } from '../fakes/listening.ts';
import { whyUnmeasurable } from './measure.ts';
import type { CaseResult } from './results.ts';

const program = fileURLToPath(new URL('bench.ts', import.meta.url));
const reason = hasPeer('docker-registry') ? whyUnmeasurable() : 'docker-registry is not installed';

test.skipIf(reason !== undefined)(`the benchmark runs${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-bench-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'results.json');
  const flags = ['--scale', '0.001', '--runs', '1', '--cases', 'a,c1,c2,d', '--peers', 'none', '--dir', folder];
  const run = spawnSync(process.execPath, [program, ...flags, '--json', file], { encoding: 'utf8', timeout: 50_000 });
  expect(run.status, run.stderr).toBe(0);
  const { cases } = jsonOf<{ cases: readonly CaseResult[] }>(readFileSync(file));
  expect(cases.map(({ id }) => id)).toEqual(['a', 'c1', 'c2', 'd']);
  for (const { tools } of cases) {
    const [ours] = tools;
    expect(ours).toMatchObject({ tool: 'image-ferry', runs: [{ wallMs: expect.any(Number) }] });
    expect(ours?.requests?.source.total).toBeGreaterThan(0);
    expect(ours?.requests?.destination.total).toBeGreaterThan(0);
  }
});

test('the benchmark says what is wrong with its arguments', () => {
  const run = spawnSync(process.execPath, [program, '--cases', 'z'], { encoding: 'utf8', timeout: 30_000 });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('there is no case z; there are a, b, c1, c2, d, e');
});
