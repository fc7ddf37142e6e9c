import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ExportOrder } from '../../../../electron/contract/bundles.ts';
import { startFaultProxy } from '../../../fakes/fault-proxy.ts';
import { image, type SampleManifest } from '../../../fakes/images.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../../../fakes/quirk-registry/server.ts';
import { freshFolder, openProgram, type Program } from './stage.ts';

const copyOptions = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  force: false,
  referrers: true,
} as const;
const app = image({ seed: 'app', layers: [90_000, 80_000] });
const tool = image({ seed: 'tool', layers: [70_000] });

async function registry(content: Readonly<Record<string, SampleManifest>> = {}): Promise<QuirkRegistry> {
  const started = await startQuirkRegistry({ content });
  onTestFinished(() => started.close());
  return started;
}

function orderOf(id: string, more: Partial<ExportOrder> = {}): ExportOrder {
  const place = { kind: 'registry', id } as const;
  return {
    images: [
      { place, repository: 'team/app', tag: '1' },
      { place, repository: 'team/tool', tag: '2' },
    ],
    format: 'bundle',
    zstd: false,
    bases: [],
    platforms: [],
    attestations: 'keep',
    referrers: true,
    ...more,
  };
}

/** Writes two images into volumes of at most 100 KB. */
async function exported(program: Program, id: string): Promise<number> {
  const target = { folder: program.handle('.'), name: 'out.tar' };
  const { job } = await program.call('exports.start', { order: orderOf(id, { volumeBytes: 100_000 }), target });
  await program.until('bundles', {}, ({ exports }) => exports[0]?.files.at(-1)?.sha256 !== undefined);
  return job;
}

/** Opens what a job wrote and waits until it is known. */
async function opened(program: Program, job: number): Promise<string> {
  const { bundle } = await program.call('bundles.open', { job });
  await program.until('bundles', {}, ({ bundles }) => bundles[0]?.contentBytes !== undefined);
  return bundle;
}

describe('an export', () => {
  test('is foreseen, written in volumes, and told with what has to be carried', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const program = await openProgram();
    const id = await program.know(source.host);
    const order = orderOf(id, { volumeBytes: 100_000 });
    const foreseen = await program.call('exports.estimate', { order });
    expect(foreseen).toMatchObject({ images: 2, leftOut: 0 });
    const job = await exported(program, id);
    const { exports } = await program.until('bundles', {}, () => true);
    const names = (await readdir(program.folder)).sort();
    expect(exports[0]).toMatchObject({ job, name: 'out.tar', state: 'written', volumes: foreseen.volumes });
    expect(exports[0]?.totalBytes).toBe(foreseen.totalBytes);
    expect(exports[0]?.files.map(({ name }) => name)).toEqual(names);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(program.folder, name))).size));
    expect(exports[0]?.files.map(({ size }) => size)).toEqual(sizes);
    const { jobs } = await program.call('history.list', { most: 1 });
    expect(jobs[0]).toMatchObject({ command: 'export', state: 'finished', images: { total: 2, copied: 2 } });
  });

  test('leaves out what a receipt says', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const site = await registry({ 'team/app:1': app });
    const program = await openProgram();
    const id = await program.know(source.host);
    const registryThere = await program.know(site.host);
    const target = { folder: program.handle('.'), name: 'site.json' };
    const { receipt } = await program.call('receipts.make', { registry: registryThere, prefix: '', target });
    const { receipts } = await program.until('bundles', {}, (now) => now.receipts[0]?.state === 'written');
    expect(receipts[0]).toMatchObject({ name: 'site.json', tags: 1, repositories: 1, unread: [] });
    const sums = await program.call('exports.estimate', { order: orderOf(id, { bases: [{ receipt }] }) });
    expect(sums).toMatchObject({ leftOut: app.blobs.length, blobs: tool.blobs.length });
  });

  test('names no path of this machine to a window', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const program = await openProgram();
    const job = await exported(program, await program.know(source.host));
    await opened(program, job);
    const told = [
      await program.until('bundles', {}, () => true),
      await program.until('jobs', {}, () => true),
      await program.until('job', { job, from: 0, most: 10 }, () => true),
      await program.call('history.job', { job }),
      await program.call('history.images', { job, most: 10 }),
    ];
    expect(JSON.stringify(told)).not.toContain(program.folder);
  });

  test('that was broken off is taken up again at the next start, under its number', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const line = await startFaultProxy(source.host);
    onTestFinished(() => line.close());
    const [data, folder] = [await freshFolder(), await freshFolder()];
    const before = await openProgram({ data, folder });
    const id = await before.know(new URL(line.url).host);
    const slow = new RegExp(`/blobs/${tool.blobs.at(-1)?.digest ?? ''}`);
    line.addRule({ path: slow, direction: 'response', action: { kind: 'drip', bytesPerSecond: 2000 } });
    const order = orderOf(id, { volumeBytes: 100_000 });
    const target = { folder: before.handle('.'), name: 'out.tar' };
    const { job } = await before.call('exports.start', { order, target });
    await before.until('jobs', {}, ({ jobs }) => (jobs[0]?.progress.bytesDone ?? 0) > 0);
    await before.close();
    line.clearRules();
    const after = await openProgram({ data, folder });
    expect(await after.call('jobs.unfinished', {})).toMatchObject([{ job, command: 'export' }]);
    await after.call('jobs.adopt', { job });
    const { jobs } = await after.until('jobs', {}, (now) => now.jobs[0]?.endedAt !== undefined);
    expect(jobs[0]).toMatchObject({ job, state: 'finished', attempts: 2 });
    const { exports } = await after.until('bundles', {}, (now) => now.exports[0]?.state === 'written');
    expect((await readdir(folder)).sort()).toEqual(exports[0]?.files.map(({ name }) => name));
  });

  test('that was given up is cancelled, and nothing is left under its name', async () => {
    const source = await startQuirkRegistry({ content: { 'team/app:1': app, 'team/tool:2': tool } });
    onTestFinished(() => source.close());
    const program = await openProgram();
    const id = await program.know(source.host);
    const target = { folder: program.handle('.'), name: 'out.tar' };
    const { job } = await program.call('exports.start', { order: orderOf(id), target });
    await program.call('jobs.control', { job, action: 'cancel' }).catch(() => {});
    const { jobs } = await program.until('jobs', {}, (now) => now.jobs[0]?.endedAt !== undefined);
    // it may have been faster than we were
    const isDone = jobs[0]?.state === 'finished';
    expect(isDone || jobs[0]?.state === 'cancelled').toBe(true);
    expect((await readdir(program.folder)).includes('out.tar')).toBe(isDone);
    expect(await program.call('jobs.unfinished', {})).toEqual([]);
  });
});

describe('an open file', () => {
  test('shows what is in it and is found right', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const program = await openProgram();
    const bundle = await opened(program, await exported(program, await program.know(source.host)));
    const { bundles } = await program.until('bundles', {}, () => true);
    expect(bundles[0]).toMatchObject({ bundle, kind: 'bundle', images: 2, sender: 'unsigned', problems: [] });
    const { rows, total } = await program.until('bundle', { bundle, from: 0, most: 10 }, () => true);
    expect(total).toBe(2);
    expect(rows.map(({ name }) => name)).toEqual([`${source.host}/team/app:1`, `${source.host}/team/tool:2`]);
    expect(rows.map(({ digest }) => digest)).toEqual([app.digest, tool.digest]);
    await program.call('bundles.check', { bundle, action: 'start' });
    const end = await program.until('bundles', {}, (now) => now.bundles[0]?.check?.state === 'finished');
    expect(end.bundles[0]?.check).toMatchObject({ whole: 2, damaged: 0, problems: [] });
  });

  test('lacks a volume until it is looked at again', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const program = await openProgram();
    const job = await exported(program, await program.know(source.host));
    const { exports } = await program.until('bundles', {}, () => true);
    const last = join(program.folder, exports[0]?.files.at(-1)?.name ?? '');
    const first = program.handle(exports[0]?.files[0]?.name ?? '');
    const aside = join(await freshFolder(), 'aside');
    await rename(last, aside);
    expect(job).toBe(1);
    const { bundle } = await program.call('bundles.open', { files: [first] });
    const lacking = await program.until('bundles', {}, (now) => now.bundles[0]?.state === 'open');
    expect(lacking.bundles[0]?.problems).toMatchObject([{ kind: 'missing-content' }]);
    await rename(aside, last);
    await program.call('bundles.reopen', { bundle });
    const whole = await program.until('bundles', {}, (now) => now.bundles[0]?.problems.length === 0);
    expect(whole.bundles[0]?.bundle).toBe(bundle);
  });

  test('that is none says so and can be closed', async () => {
    const program = await openProgram();
    await program.call('bundles.open', { files: [program.handle('nothing.tar')] });
    const { bundles } = await program.until('bundles', {}, (now) => now.bundles[0]?.state === 'failed');
    expect(bundles[0]?.failure).toMatchObject({ kind: 'not-found' });
    await program.call('bundles.close', { bundle: bundles[0]?.bundle ?? '' });
    await program.until('bundles', {}, (now) => now.bundles.length === 0);
  });
});

describe('an import', () => {
  test('is planned, changes nothing before it is begun, and brings the images', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const site = await registry();
    const program = await openProgram();
    const bundle = await opened(program, await exported(program, await program.know(source.host)));
    const order = {
      bundle,
      only: [0],
      registry: await program.know(site.host),
      prefix: 'mirror',
      maps: [],
      createsProjects: false,
      isPartial: false,
      acceptsSender: false,
      options: copyOptions,
    };
    const { plan } = await program.call('plans.make', { order });
    const planned = await program.until('plan', { plan, from: 0, most: 10 }, ({ state }) => state === 'ready');
    expect(planned.rows).toMatchObject([{ action: 'copy', destination: `${site.host}/mirror/team/app:1` }]);
    expect(site.records.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
    const { job } = await program.call('jobs.start', { plan });
    const { jobs } = await program.until(
      'jobs',
      {},
      (now) => now.jobs[0]?.job === job && now.jobs[0].endedAt !== undefined,
    );
    expect(jobs[0]).toMatchObject({ command: 'import', state: 'finished', images: { copied: 1 } });
    expect(site.state.repositories.get('mirror/team/app')?.tags.get('1')).toBe(app.digest);
    const again = await program.call('history.again', { job, failedOnly: false });
    const second = await program.until(
      'jobs',
      {},
      (now) => now.jobs[0]?.job === again.job && now.jobs[0].endedAt !== undefined,
    );
    expect(second.jobs[0]).toMatchObject({ state: 'finished', images: { total: 1, unchanged: 1 } });
  });

  test('of a file that is not whole is refused before anything is sent', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const site = await registry();
    const program = await openProgram();
    await exported(program, await program.know(source.host));
    const { exports } = await program.until('bundles', {}, () => true);
    await rm(join(program.folder, exports[0]?.files.at(-1)?.name ?? ''));
    const { bundle } = await program.call('bundles.open', {
      files: [program.handle(exports[0]?.files[0]?.name ?? '')],
    });
    const order = {
      bundle,
      registry: await program.know(site.host),
      prefix: '',
      maps: [],
      createsProjects: false,
      isPartial: false,
      acceptsSender: false,
      options: copyOptions,
    };
    const { plan } = await program.call('plans.make', { order });
    const { failure } = await program.until('plan', { plan, from: 0, most: 10 }, ({ state }) => state === 'failed');
    expect(failure?.kind).toBe('missing-content');
    expect(site.records).toEqual([]);
  });
});

describe('a dock', () => {
  test('serves an open file as it lies, says who pulled what, and ends', async () => {
    const source = await registry({ 'team/app:1': app, 'team/tool:2': tool });
    const program = await openProgram();
    const bundle = await opened(program, await exported(program, await program.know(source.host)));
    const serve = { kind: 'bundle', id: bundle } as const;
    expect(await program.call('docks.content', { serve })).toMatchObject({
      repositories: [
        { path: 'team/app', tags: 1 },
        { path: 'team/tool', tags: 1 },
      ],
    });
    const order = { serve, address: '127.0.0.1', port: 0, isWritable: false, hasCatalog: false };
    const { dock } = await program.call('docks.start', { ...order, repositories: ['team/app'], allow: [] });
    const { docks } = await program.until('docks', {}, (now) => now.docks[0]?.state === 'serving');
    const url = `${docks[0]?.url ?? ''}/v2`;
    const answer = await fetch(`${url}/team/app/manifests/1`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(app.raw)).toBe(true);
    expect((await fetch(`${url}/team/tool/manifests/2`)).status).toBe(404);
    const told = await program.until('docks', {}, (now) => (now.docks[0]?.pulls.length ?? 0) > 1);
    expect(told.docks[0]?.pulls.find(({ repository }) => repository === 'team/app')).toMatchObject({
      client: '127.0.0.1',
      references: ['1'],
      pulls: 1,
    });
    await program.call('docks.stop', { dock });
    await program.until('docks', {}, (now) => now.docks[0]?.state === 'ended');
    await expect(fetch(url)).rejects.toThrow();
  });

  test('takes pushes on loopback alone', async () => {
    const program = await openProgram();
    const order = { serve: { kind: 'library' }, port: 0, hasCatalog: true, repositories: [], allow: [] } as const;
    expect(await program.failure('docks.start', { ...order, address: '0.0.0.0', isWritable: true })).toMatchObject({
      kind: 'invalid',
    });
    await program.call('docks.start', { ...order, address: '127.0.0.1', isWritable: true });
    const { docks } = await program.until('docks', {}, (now) => now.docks.length === 1);
    const begun = await fetch(`${docks[0]?.url ?? ''}/v2/team/app/blobs/uploads/`, { method: 'POST' });
    expect(begun.status).toBe(202);
  });
});
