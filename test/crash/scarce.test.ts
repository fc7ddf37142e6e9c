import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertArrived } from '../torture/checks.ts';
import { fleetOf, storeFleet, wantedOf } from '../torture/fleet.ts';
import { missingRegistry, openGround } from '../torture/ground.ts';
import { bundledCommandLine, type CommandEnd, type Summary, summaryOf } from './command-line.ts';

const hasShell = process.platform === 'linux';

// RELIABILITY F-55
test.skipIf(missingRegistry !== undefined || !hasShell).each([
  ['64 open files', 'ulimit -n 64; exec "$@"', []],
  ['a heap of 96 MiB', 'exec "$@"', ['--max-old-space-size=96']],
] as const)('a process with no more than %s finishes', { timeout: 180_000 }, async (_, script, node) => {
  const file = bundledCommandLine();
  const ground = await openGround();
  onTestFinished(() => ground.ends.close());
  const fleet = fleetOf(20, 4, 'scarce', [400_000, 70_000]);
  storeFleet(ground.source.dataDir, fleet);
  const images = wantedOf(fleet);
  const pairs = images.map(({ repository, tag }) => [
    `${ground.source.host}/${repository}:${tag}`,
    `${ground.destination.host}/${repository}:${tag}`,
  ]);
  const list = join(ground.folder, 'images.json');
  await writeFile(list, JSON.stringify(Object.fromEntries(pairs)));
  const args = ['sync', '--images', list, '--data-dir', join(ground.folder, 'data'), '--json'];
  const options = { maxBuffer: 2 ** 26, cwd: ground.folder, env: { PATH: process.env['PATH'], HOME: ground.folder } };
  const words = ['-c', script, 'sh', process.execPath, ...node, file, ...args];
  const { promise, resolve } = Promise.withResolvers<Pick<CommandEnd, 'status' | 'stdout' | 'stderr'>>();
  const child = execFile('sh', words, options, (_error, stdout, stderr) =>
    resolve({ status: child.exitCode, stdout, stderr }),
  );
  const summary: Summary = summaryOf({ ...(await promise), wallMs: 0, samples: [] });
  expect(summary.images).toMatchObject({ total: images.length, copied: images.length, failed: 0 });
  await assertArrived({ url: ground.destination.url }, fleet.images, '');
});
