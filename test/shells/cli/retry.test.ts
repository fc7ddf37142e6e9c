import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { image } from '../../fakes/images.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { call } from '../../fakes/plain-http.ts';
import { push } from '../../fakes/push.ts';
import { ferry, type FerryEnd, folder, startFerry } from './ferry.ts';
import { slowCopy } from './slow-copy.ts';
import { app, fileWith, openDock, openSource, otherApp, type WatchedDock } from './stage.ts';

type Line = Readonly<Record<string, unknown>>;

function linesOf(end: FerryEnd, event: string): readonly Line[] {
  const lines: readonly Line[] = end.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.filter((line) => line['event'] === event);
}

function runner(): (...args: string[]) => Promise<FerryEnd> {
  const env = { IMAGE_FERRY_DATA: mkdtempSync(join(folder, 'data-')) };
  return (...args) => ferry(args, { env });
}

interface Stage {
  readonly run: ReturnType<typeof runner>;
  readonly source: WatchedDock;
  readonly destination: WatchedDock;
}

/** Job 1 copied one image, and failed for another whose tag is there only now. */
async function halfDone(): Promise<Stage> {
  const run = runner();
  const [source, destination] = [await openSource({ '1': app }), await openDock()];
  const list = await fileWith(`${source.host}/team/app:1\n${source.host}/team/app:2\n`, '.txt');
  const end = await run('copy', '--list', list, `${destination.host}/copies/`);
  expect(end.status).toBe(1);
  await push(source.url, 'team/app', '2', otherApp);
  return { run, source, destination };
}

test('retry copies again what failed, as a job of its own, and asks for nothing else', async () => {
  const { run, source, destination } = await halfDone();
  source.requests.length = 0;
  const end = await run('retry', '1', '--json');
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(linesOf(end, 'job')).toMatchObject([{ job: '2', attempt: 1 }]);
  expect(linesOf(end, 'summary')).toMatchObject([{ job: '2', images: { total: 1, copied: 1 } }]);
  expect(source.requests.filter(({ path }) => path.endsWith('/manifests/1'))).toEqual([]);
  expect((await assertWorldIsWhole({ url: destination.url })).manifestCount).toBe(2);
  const jobs = linesOf(await run('history', '--json'), 'past-job');
  expect(jobs).toMatchObject([
    { job: '2', command: 'retry', state: 'finished' },
    { job: '1', command: 'copy', state: 'finished-with-failures' },
  ]);
  expect(String(jobs[0]?.['title'])).toContain('1');
});

test('retry --all copies every image of the job again', async () => {
  const { run } = await halfDone();
  const end = await run('retry', '1', '--all', '--json');
  expect(end.status).toBe(0);
  expect(linesOf(end, 'summary')).toMatchObject([{ images: { total: 2, copied: 1, unchanged: 1 } }]);
});

test('retry of a job that went well does nothing and is no failure', async () => {
  const run = runner();
  const [source, destination] = [await openSource(), await openDock()];
  await run('copy', `${source.host}/team/app:1`, `${destination.host}/x/y`);
  destination.requests.length = 0;
  const end = await run('retry', '1');
  expect(end).toMatchObject({ status: 0, stdout: '' });
  expect(end.stderr).toMatch(/^job 1 has nothing that failed or did not end; --all runs all of it again\n$/);
  expect(destination.requests).toEqual([]);
  expect(linesOf(await run('history', '--json'), 'past-job')).toHaveLength(1);
});

test('retry of a job that was stopped goes on under its number', async () => {
  const env = { IMAGE_FERRY_DATA: mkdtempSync(join(folder, 'data-')) };
  const { args, destination, line, inMidCopy } = await slowCopy();
  const stopped = startFerry(args, { env });
  await inMidCopy;
  stopped.child.kill('SIGINT');
  expect((await stopped.ended).status).toBe(130);
  const before = linesOf(await ferry(['history', '--json'], { env }), 'past-job');
  expect(before).toMatchObject([{ job: '1', state: 'interrupted', attempts: 1 }]);
  line.clearRules();
  const end = await ferry(['retry', '1', '--json'], { env });
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(linesOf(end, 'job')).toMatchObject([{ job: '1', attempt: 2 }]);
  expect(linesOf(end, 'summary')).toMatchObject([{ job: '1', images: { total: 1, copied: 1 } }]);
  await assertWorldIsWhole({ url: destination.url });
  const after = linesOf(await ferry(['history', '--json'], { env }), 'past-job');
  expect(after).toMatchObject([{ job: '1', state: 'finished', attempts: 2 }]);
});

test('retry of an import that a missing volume stopped goes on once it is there, and sends nothing twice', async () => {
  const env = { IMAGE_FERRY_DATA: mkdtempSync(join(folder, 'data-')) };
  const large = image({ seed: 'large', layers: [500_000] });
  const [source, destination] = [await openSource({ '1': app, '2': large }), await openDock()];
  const home = mkdtempSync(join(folder, 'files-'));
  const file = join(home, 'out.tar');
  const flags = ['--volume-size', '64KiB', '--no-cache'];
  await ferry(['export', '-o', file, `${source.host}/team/app`, '--all-tags', ...flags], { env });
  const volumes = readdirSync(home).toSorted();
  // somewhere inside the large layer
  const lost = join(home, volumes[4] ?? '');
  const kept = readFileSync(lost);
  rmSync(lost);
  const first = volumes[0] ?? '';
  const end = await ferry(['import', first, '--to', destination.host, '--partial'], { env, cwd: home });
  expect(end.status).toBe(1);
  expect(end.stdout).toMatch(/^.*: 1 copied, 1 failed\n/m);
  writeFileSync(lost, kept);
  const again = await ferry(['retry', '2', '--json'], { env });
  expect(again.status, again.stderr).toBe(0);
  expect(linesOf(again, 'summary')).toMatchObject([{ images: { total: 2, copied: 1, unchanged: 1 } }]);
  const words = await ferry(['retry', '2', '--all'], { env });
  expect(words.stderr).toContain(`image-ferry import ${join(home, first)} --to ${destination.host} --partial\n`);
  expect((await assertWorldIsWhole({ url: destination.url })).manifestCount).toBe(2);
});

test('retry of an export that failed writes the file, from any folder, with the key that signed', async () => {
  const env = { IMAGE_FERRY_DATA: mkdtempSync(join(folder, 'data-')) };
  const source = await openSource({ '1': app });
  const home = mkdtempSync(join(folder, 'files-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(home, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const args = ['export', '-o', 'out.tar', `${source.host}/team/app:1`, `${source.host}/team/app:2`];
  expect((await ferry([...args, '--sign', 'key.pem'], { env, cwd: home })).status).toBe(1);
  expect(readdirSync(home)).toEqual(['key.pem']);
  await push(source.url, 'team/app', '2', otherApp);
  const again = await ferry(['retry', '1'], { env });
  expect(again.status, again.stderr).toBe(0);
  expect(readdirSync(home).toSorted()).toEqual(['key.pem', 'out.tar']);
  expect((await ferry(['verify', join(home, 'out.tar')], { env })).stderr).toContain('signed by ');
});

test('retry of a copy out of a file copies it again', async () => {
  const env = { IMAGE_FERRY_DATA: mkdtempSync(join(folder, 'data-')) };
  const [source, destination] = [await openSource({ '1': app }), await openDock()];
  const home = mkdtempSync(join(folder, 'files-'));
  await ferry(['copy', `${source.host}/team/app:1`, `oci:${home}/layout`], { env });
  await push(destination.url, 'x', '1', otherApp);
  const args = ['copy', 'oci:layout:1', `${destination.host}/x:1`, '--on-conflict', 'fail'];
  expect((await ferry(args, { env, cwd: home })).status).toBe(1);
  expect((await call('DELETE', `${destination.url}/v2/x/manifests/1`)).status).toBe(202);
  const again = await ferry(['retry', '2'], { env });
  expect(again.status, again.stderr).toBe(0);
  expect((await assertWorldIsWhole({ url: destination.url })).tags).toEqual({ 'x:1': app.digest });
});

test.each(['99', 'first'])('retry of %s, which is no job, is refused before anything is tried', async (job) => {
  const end = await runner()('retry', job, '--json');
  expect(end.status).toBe(2);
  expect(linesOf(end, 'summary')).toMatchObject([{ ok: false, images: { total: 0 } }]);
});
