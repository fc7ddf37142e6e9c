import { open, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cosignSignature, signature } from '../../fakes/artifacts.ts';
import { dockerSaveFiles, writeFiles } from '../../fakes/bundle-files.ts';
import { image } from '../../fakes/images.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { push } from '../../fakes/push.ts';
import { ferry, folder } from './ferry.ts';
import { harborOver } from './harbor-stage.ts';
import { app, blobBytes, fileWith, openDock, openSource, otherApp } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

/** A bundle of two images, and the host they came from. */
async function bundle(...flags: readonly string[]) {
  const source = await openSource({ '1': app, '2': otherApp });
  const home = await mkdtemp(join(folder, 'import-'));
  const file = join(home, 'out.tar');
  const end = await ferry(['export', '-o', file, `${source.host}/team/app`, '--all-tags', '--no-cache', ...flags]);
  expect(end.status, end.stderr).toBe(0);
  return { source, home, file };
}

describe('import', () => {
  test('pushes every image of a bundle below the place, and says what the file is', async () => {
    const { file } = await bundle();
    const destination = await openDock();
    const end = await ferry(['import', file, '--to', `${destination.host}/mirror`]);
    expect(end.status, end.stderr).toBe(0);
    expect(end.stdout).toMatch(/^images: 2 copied\nblobs: 5 sent, 0 mounted, 0 already there\n/);
    expect(end.stderr).toMatch(/out\.tar: bundle, 2 images\nset sha256:[a-f0-9]{64} in 1 volume\nunsigned\n/);
    const { tags } = await assertWorldIsWhole({ url: destination.url });
    expect(tags).toEqual({ 'mirror/team/app:1': app.digest, 'mirror/team/app:2': otherApp.digest });
  });

  test('copies nothing that is there already when it is run again', async () => {
    const { file } = await bundle();
    const destination = await openDock();
    const args = ['import', file, '--to', destination.host, '--json'];
    const first = jsonOf(await ferry(args)).summary;
    expect(first.bytes).toEqual({
      received: blobBytes(app) + blobBytes(otherApp),
      sent: blobBytes(app) + blobBytes(otherApp),
      reused: 0,
    });
    const { summary } = jsonOf(await ferry(args));
    expect(summary).toMatchObject({ ok: true, images: { unchanged: 2 }, bytes: { received: 0, sent: 0 } });
  });

  test('sends images where rules and templates say', async () => {
    const { source, file } = await bundle();
    const destination = await openDock();
    const maps = [`${source.host}/team/app:2=special/other:stable`, `${source.host}/team={name}/of-{project}`];
    const flags = maps.flatMap((map) => ['--map', map]);
    const end = await ferry(['import', file, '--to', `${destination.host}/p`, ...flags]);
    expect(end.status, end.stderr).toBe(0);
    const { tags } = await assertWorldIsWhole({ url: destination.url });
    expect(tags).toEqual({ 'p/app/of-team:1': app.digest, 'p/special/other:stable': otherApp.digest });
  });

  test('fails both images that want one tag, and copies the rest', async () => {
    const third = image({ seed: 'third', layers: [9000] });
    const source = await openSource({ '1': app });
    await push(source.url, 'other/app', '1', otherApp);
    await push(source.url, 'third', '1', third);
    const file = join(await mkdtemp(join(folder, 'import-')), 'out.tar');
    await ferry([
      'export',
      '-o',
      file,
      ...['team/app', 'other/app', 'third'].map((path) => `${source.host}/${path}:1`),
    ]);
    const destination = await openDock();
    const args = ['import', file, '--to', destination.host, '--map', `${source.host}=flat/{name}`, '--json'];
    const end = await ferry(args);
    const { summary } = jsonOf(end);
    expect(end.status).toBe(1);
    expect(summary.images).toMatchObject({ total: 3, copied: 1, failed: 2 });
    expect(summary.failures.map(({ kind }) => kind)).toEqual(['conflict', 'conflict']);
    expect((await assertWorldIsWhole({ url: destination.url })).tags).toEqual({ 'flat/third:1': third.digest });
  });

  test('keeps to the policy for tags that hold another image', async () => {
    const { file } = await bundle();
    const destination = await openDock();
    await push(destination.url, 'team/app', '1', otherApp);
    const end = await ferry(['import', file, '--to', destination.host, '--on-conflict', 'skip', '--json']);
    expect(jsonOf(end).summary.images).toMatchObject({ copied: 1, skipped: 1 });
    expect((await assertWorldIsWhole({ url: destination.url })).tags['team/app:1']).toBe(otherApp.digest);
  });

  test('carries signatures by the referrers list and by cosign tags, each once', async () => {
    const source = await openSource();
    await push(source.url, 'team/app', undefined, signature(app));
    const cosign = cosignSignature(app);
    await push(source.url, 'team/app', cosign.tag, cosign.content);
    const file = join(await mkdtemp(join(folder, 'import-')), 'out.tar');
    await ferry(['export', '-o', file, `${source.host}/team/app:1`]);
    const destination = await openDock();
    const { events, summary } = jsonOf(await ferry(['import', file, '--to', destination.host, '--json']));
    expect(summary.images).toMatchObject({ total: 1, copied: 1 });
    expect(events.find(({ event }) => event === 'result')).toMatchObject({ referrers: 2 });
    const { tags } = await assertWorldIsWhole({ url: destination.url, withReferrers: true });
    expect(tags[`team/app:${cosign.tag}`]).toBe(cosign.content.digest);
  });

  test('refuses a bundle with one wrong bit before anything is pushed, and names the blob', async () => {
    const { file } = await bundle();
    const bytes = await readFile(file);
    const at = bytes.indexOf(app.blobs[1]?.bytes().subarray(0, 64) ?? '') + 1000;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
    await writeFile(file, bytes);
    const destination = await openDock();
    const end = await ferry(['import', file, '--to', destination.host]);
    expect(end.status).toBe(1);
    expect(end.stderr).toContain(app.blobs[1]?.digest);
    expect(end.stdout).toMatch(/not whole: out\.tar:.*team\/app:1\n/);
    expect(destination.requests).toEqual([]);
  });

  test('names the volumes that are missing, and goes on when they are there', async () => {
    const { home, file } = await bundle('--volume-size', '64KiB');
    const names = (await readdir(home)).filter((name) => name.endsWith('.tar')).toSorted();
    const [first = '', second = ''] = names.map((name) => join(home, name));
    const kept = await readFile(second);
    await rm(second);
    const destination = await openDock();
    const args = ['import', first, '--to', destination.host];
    const end = await ferry(args);
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/the set sha256:\S+ is not whole: volume 2 of \d is missing/);
    expect(destination.requests).toEqual([]);
    await writeFile(join(home, 'renamed'), kept);
    expect((await ferry(args)).status).toBe(0);
    expect(Object.keys((await assertWorldIsWhole({ url: destination.url })).tags)).toHaveLength(2);
    expect(file).toContain(home);
  });

  test('takes on request what is whole out of a file that is not, and the rest when it is', async () => {
    const { file } = await bundle();
    const bytes = await readFile(file);
    const damaged = Buffer.from(bytes);
    const at = bytes.indexOf(app.blobs[1]?.bytes().subarray(0, 64) ?? '') + 1000;
    damaged.writeUInt8(damaged.readUInt8(at) ^ 4, at);
    await writeFile(file, damaged);
    const destination = await openDock();
    const args = ['import', file, '--to', destination.host];
    const end = await ferry([...args, '--partial']);
    expect(end.status).toBe(1);
    expect(end.stderr).toContain(app.blobs[1]?.digest);
    expect(end.stderr).toMatch(/team\/app:1.*not all of this image is in the file out\.tar/);
    expect(end.stdout).toMatch(/^images: 1 copied, 1 failed\n/m);
    expect((await assertWorldIsWhole({ url: destination.url })).tags).toEqual({ 'team/app:2': otherApp.digest });
    await writeFile(file, bytes);
    expect(jsonOf(await ferry([...args, '--json'])).summary.images).toMatchObject({ copied: 1, unchanged: 1 });
  });

  test('takes nothing out of a file of which no image is whole', async () => {
    const { file } = await bundle();
    const handle = await open(file, 'r+');
    await handle.truncate(20_000);
    await handle.close();
    const destination = await openDock();
    const end = await ferry(['import', file, '--to', destination.host, '--partial']);
    expect(end).toMatchObject({ status: 1, stderr: expect.stringContaining('cut off') });
    expect(destination.requests).toEqual([]);
  });

  test('makes the projects that a Harbor lacks, private, before anything is pushed, and only when asked', async () => {
    const { file } = await bundle();
    const { host, world, target } = await harborOver(await openDock());
    const auth = await fileWith(
      JSON.stringify({ [host]: { username: 'robot$copy', password: 'harbor-password-1' } }),
      '.json',
    );
    const args = ['import', file, '--to', `${host}/mirror`, '--auth', auth];
    const without = await ferry(args);
    expect(without.status).toBe(1);
    expect(world.projects).toEqual({});
    const end = await ferry([...args, '--create-projects']);
    expect(end.status, end.stderr).toBe(0);
    expect(world.projects['mirror']).toMatchObject({ isPublic: false });
    expect(Object.keys((await assertWorldIsWhole({ url: target.url })).tags)).toHaveLength(2);
    expect((await ferry([...args, '--create-projects'])).status).toBe(0);
  });

  test('says which blobs the site was believed to hold when it does not', async () => {
    const { home, file, source } = await bundle();
    const delta = join(home, 'delta.tar');
    await push(source.url, 'team/app', '3', image({ seed: 'three', layers: [5000] }));
    await ferry(['export', '-o', delta, `${source.host}/team/app`, '--all-tags', '--base', file]);
    const [empty, site] = [await openDock(), await openDock()];
    const end = await ferry(['import', delta, '--to', empty.host, '--json']);
    expect(end.status).toBe(1);
    expect(jsonOf(end).summary.failures[0]).toMatchObject({
      kind: 'missing-content',
      message: expect.stringContaining('because the site was known to hold it'),
    });
    await ferry(['import', file, '--to', site.host]);
    expect(jsonOf(await ferry(['import', delta, '--to', site.host, '--json'])).summary.images).toMatchObject({
      copied: 1,
      unchanged: 2,
    });
  });

  test('mounts what a delta leaves out from wherever the site holds it', async () => {
    const { home, file, source } = await bundle();
    await push(source.url, 'new/place', '1', app);
    const delta = join(home, 'delta.tar');
    await ferry(['export', '-o', delta, `${source.host}/new/place:1`, '--base', file]);
    const site = await openDock();
    await ferry(['import', file, '--to', `${site.host}/mirror`]);
    const { summary } = jsonOf(await ferry(['import', delta, '--to', site.host, '--json']));
    expect(summary).toMatchObject({ ok: true, bytes: { received: 0, sent: 0 } });
    expect((await assertWorldIsWhole({ url: site.url })).tags['new/place:1']).toBe(app.digest);
  });

  test('pushes what docker save wrote, under the names it has there', async () => {
    const home = await mkdtemp(join(folder, 'import-'));
    const docker = image({ seed: 'docker', layers: [40_000, 7000], flavour: 'docker' });
    await writeFiles(home, dockerSaveFiles([{ content: docker, tags: ['nginx:1.25', 'quay.io/a/b:x'] }]));
    const destination = await openDock();
    const end = await ferry(['import', home, '--to', destination.host]);
    expect(end.status, end.stderr).toBe(0);
    expect(Object.keys((await assertWorldIsWhole({ url: destination.url })).tags).toSorted()).toEqual([
      'a/b:x',
      'library/nginx:1.25',
    ]);
    expect(end.stderr).toMatch(/warning: .*uncompressed/);
  });

  test('wants a repository for images that the file does not name', async () => {
    const source = await openSource();
    const home = await mkdtemp(join(folder, 'import-'));
    await ferry(['copy', `${source.host}/team/app:1`, `oci:${home}/layout`]);
    const index = join(home, 'layout', 'index.json');
    const plain = JSON.parse(await readFile(index, 'utf8'));
    plain.manifests[0].annotations = { 'org.opencontainers.image.ref.name': 'v7' };
    await writeFile(index, JSON.stringify(plain));
    const destination = await openDock();
    const nameless = await ferry(['import', join(home, 'layout'), '--to', destination.host]);
    expect(nameless).toMatchObject({ status: 1, stderr: expect.stringMatching(/wants path/) });
    expect((await ferry(['import', join(home, 'layout'), '--to', `${destination.host}/team/web`])).status).toBe(0);
    expect((await assertWorldIsWhole({ url: destination.url })).tags).toEqual({ 'team/web:v7': app.digest });
  });

  test('leaves no copy of the file in the data folder, and is in the history', async () => {
    const { home, file } = await bundle('--zstd');
    const destination = await openDock();
    const data = ['--data-dir', join(home, 'data')];
    expect((await ferry(['import', `${file}.zst`, '--to', destination.host, ...data])).status).toBe(0);
    expect((await readdir(join(home, 'data'))).filter((name) => /^(?:scratch|cache)/.test(name))).toEqual([]);
    expect((await ferry(['history', ...data])).stdout).toMatch(/out\.tar\.zst → /);
  });
});

describe('verify FILE', () => {
  test('tells a file that was cut off from one that is whole, with status 1', async () => {
    const { file } = await bundle();
    expect((await ferry(['verify', file])).status).toBe(0);
    const handle = await open(file, 'r+');
    await handle.truncate(70_000);
    await handle.close();
    const end = await ferry(['verify', file, '--json']);
    expect(end.status).toBe(1);
    expect(jsonOf(end).summary.failures.length).toBeGreaterThan(0);
  });

  test('makes names of a hostile file harmless', async () => {
    const source = await openSource();
    const home = await mkdtemp(join(folder, 'import-'));
    await ferry(['copy', `${source.host}/team/app:1`, `oci:${home}/layout`]);
    const index = join(home, 'layout', 'index.json');
    const hostile = JSON.parse(await readFile(index, 'utf8'));
    hostile.manifests[0].annotations = { 'org.opencontainers.image.ref.name': 'a\u001b[2Jb\nc' };
    await writeFile(index, JSON.stringify(hostile));
    const end = await ferry(['verify', join(home, 'layout')]);
    expect(end.status).toBe(0);
    // oxlint-disable-next-line no-control-regex -- that is what must not come
    expect(end.stdout + end.stderr).not.toMatch(/\u001b/);
  });
});

test.each<[what: string, args: readonly string[], cause: RegExp]>([
  ['no file', ['--to', 'x.example'], /missing required argument 'files'/],
  ['a signer that is none', ['a.tar', '--signer', 'AAAA'], /--signer AAAA is neither any nor an Ed25519 key/],
  ['a digest that is none', ['a.tar', '--expect-digest', 'sha256:1'], /digest/],
  ['a destination that is none', ['a.tar', '--to', 'not a host'], /is not a registry host/],
  ['a mapping that is none', ['a.tar', '--to', 'x.example', '--map', 'quay.io'], /--map quay\.io is not FROM=TO/],
  ['a file that is not there', ['none.tar', '--to', 'x.example'], /none\.tar/],
])('an import with %s is refused', async (_, args, cause) => {
  const end = await ferry(['import', ...args]);
  expect(end.status, end.stderr).toBe(2);
  expect(end.stderr).toMatch(cause);
});
