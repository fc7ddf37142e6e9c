import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { image } from '../fakes/images.ts';
import { type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { pause } from '../fakes/listening.ts';
import { assertWorldIsWhole } from '../fakes/oracle.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../fakes/quirk-registry/server.ts';
import { Ends } from '../torture/ends.ts';
import { temporaryFolder } from '../torture/ground.ts';
import { bundledCommandLine, type RunningCommand, startCommand, summaryOf } from './command-line.ts';

const ends = new Ends();
afterEach(() => ends.close());
beforeAll(() => void bundledCommandLine());

const content = image({ seed: 'folder', layers: [3_000_000, 5000] });
const slowly = {
  direction: 'response',
  path: /\/blobs\//,
  action: { kind: 'drip', bytesPerSecond: 3_000_000 },
} as const;

interface Stage {
  readonly source: QuirkRegistry;
  readonly destination: QuirkRegistry;
  readonly line: FaultProxy;
  readonly home: string;
  readonly data: string;
  /** Copies to a repository of that name in the data folder. */
  readonly start: (name: string) => RunningCommand;
}

async function openStage(): Promise<Stage> {
  const source = await startQuirkRegistry({ content: { 'a:1': content } });
  ends.add(() => source.close());
  const destination = await startQuirkRegistry();
  ends.add(() => destination.close());
  const line = await startFaultProxy(source.host);
  ends.add(() => line.close());
  const home = await temporaryFolder(ends);
  const data = join(home, 'data');
  await mkdir(data);
  const start: Stage['start'] = (name) => {
    const places = [`${line.host}/a:1`, `${destination.host}/${name}:1`];
    const command = startCommand(['copy', ...places, '--data-dir', data, '--json'], home);
    ends.add(async () => command.kill());
    return command;
  };
  return { source, destination, line, home, data, start };
}

/** Puts a file system of its own below a folder; false where none can be mounted. */
function mountBelow(folder: string, sizeMiB: number): boolean {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder], { timeout: 10_000 });
  if (mounted.status !== 0) return false;
  ends.add(async () => void spawnSync('umount', ['-l', folder], { timeout: 10_000 }));
  return true;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; turns < 3000 && !isSo(); turns++) await pause(10);
  expect(isSo()).toBe(true);
}

describe('F-58 two processes and one data folder', () => {
  test('the second one copies straight through and says whose folder it is', { timeout: 90_000 }, async () => {
    const { destination, line, start } = await openStage();
    line.addRule(slowly);
    const first = start('first');
    await until(() => line.bytes('GET', /\/blobs\//).received > 100_000);
    const second = await start('second').ended;
    expect(summaryOf(second)).toMatchObject({ ok: true, images: { copied: 1 } });
    expect(second.stdout).toContain('folder-owned');
    expect(summaryOf(await first.ended)).toMatchObject({ ok: true, images: { copied: 1 } });
    expect((await assertWorldIsWhole({ url: destination.url })).tags).toMatchObject({
      'first:1': content.digest,
      'second:1': content.digest,
    });
  });

  test('an owner that was killed is succeeded, and its unfinished blob is gone on with', {
    timeout: 90_000,
  }, async () => {
    const { line, start } = await openStage();
    line.addRule(slowly);
    const first = start('killed');
    await until(() => line.bytes('GET', /\/blobs\//).received > 2_000_000);
    first.kill();
    await first.ended;
    line.clearRules();
    const before = line.bytes('GET', /\/blobs\//).received;
    const second = await start('killed').ended;
    expect(summaryOf(second)).toMatchObject({ ok: true, images: { copied: 1 } });
    expect(second.stdout).not.toContain('folder-owned');
    expect(second.stdout).toContain('job-adopted');
    expect(line.bytes('GET', /\/blobs\//).received - before).toBeLessThan(2_500_000);
  });
});

describe('F-49 a data folder without room', () => {
  test('full from the start: the copy goes straight through and says so', { timeout: 90_000 }, async ({ skip }) => {
    const { data, start } = await openStage();
    if (!mountBelow(data, 2)) skip('a small file system can only be mounted by root');
    await writeFile(join(data, 'hog'), Buffer.alloc(4 * 2 ** 20)).catch(() => undefined);
    const end = await start('full').ended;
    expect(summaryOf(end)).toMatchObject({ ok: true, images: { copied: 1 } });
    expect(end.stdout).toContain('folder-unusable');
    expect(end.status).toBe(0);
  });

  test('read-only from the start: the same', { timeout: 90_000 }, async ({ skip }) => {
    const { data, start } = await openStage();
    if (!mountBelow(data, 2)) skip('a small file system can only be mounted by root');
    spawnSync('mount', ['-o', 'remount,ro', data], { timeout: 10_000 });
    const end = await start('frozen').ended;
    expect(summaryOf(end)).toMatchObject({ ok: true, images: { copied: 1 } });
    expect(end.stdout).toContain('folder-unusable');
  });

  test('full in mid-job: the job is held, says why, and ends once there is room', { timeout: 90_000 }, async ({
    skip,
  }) => {
    const { data, line, start } = await openStage();
    if (!mountBelow(data, 16)) skip('a small file system can only be mounted by root');
    line.addRule(slowly);
    const running = start('held');
    await until(() => line.bytes('GET', /\/blobs\//).received > 300_000);
    await writeFile(join(data, 'hog'), Buffer.alloc(32 * 2 ** 20)).catch(() => undefined);
    await pause(4000);
    spawnSync('rm', [join(data, 'hog')]);
    const end = await running.ended;
    expect(summaryOf(end)).toMatchObject({ ok: true, images: { copied: 1 } });
    expect(end.status).toBe(0);
  });
});
