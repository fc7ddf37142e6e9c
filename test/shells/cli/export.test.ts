import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signature } from '../../fakes/artifacts.ts';
import { amd64, arm64, image, index } from '../../fakes/images.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { push } from '../../fakes/push.ts';
import { ferry, folder } from './ferry.ts';
import { app, blobBytes, fileWith, openDock, openSource, otherApp } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

const emptyFolder = (): Promise<string> => mkdtemp(join(folder, 'export-'));

/** The event `exported` of a run that must have gone well. */
async function exported(args: readonly string[]) {
  const end = await ferry(['export', ...args, '--json']);
  const { events, summary } = jsonOf(end);
  expect(summary.failures).toEqual([]);
  expect(end.status).toBe(0);
  const fact: Readonly<Record<string, unknown>> = events.find(({ event }) => event === 'exported') ?? {};
  return { fact, events, summary };
}

describe('export', () => {
  test('tells what was written, and the file is whole', async () => {
    const source = await openSource({ '1': app, '2': otherApp });
    const file = join(await emptyFolder(), 'out.tar');
    const end = await ferry(['export', '-o', file, `${source.host}/team/app:1`, `${source.host}/team/app:2`]);
    expect(end.status, end.stderr).toBe(0);
    expect(end.stdout).toMatch(
      /^written: \S+out\.tar\nset sha256:[a-f0-9]{64} in 1 volume\ncontents: 5 blobs of .+\nimages: 2 copied\n/,
    );
    expect(end.stderr).toContain(`copied ${source.host}/team/app:1 → ${file}`);
    const checked = await ferry(['verify', file]);
    expect(checked.status, checked.stderr).toBe(0);
    expect(checked.stdout).toContain(`${source.host}/team/app:2 ${otherApp.digest}`);
  });

  test('reads every blob once and counts it, and from the cache the next time', async () => {
    const shared = image({ seed: 'shared', layers: [60_000, 20_000] });
    const source = await openSource({ '1': app, again: app, '2': shared });
    const home = await emptyFolder();
    const run = (name: string) =>
      exported(['-o', join(home, name), `${source.host}/team/app`, '--all-tags', '--data-dir', join(home, 'data')]);
    const first = await run('a.tar');
    expect(first.summary.bytes).toEqual({ received: blobBytes(app) + blobBytes(shared), sent: 0, reused: 0 });
    const blobs = source.requests.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    expect(blobs).toHaveLength(6);
    const second = await run('b.tar');
    expect(second.summary.bytes).toEqual({ received: 0, sent: 0, reused: blobBytes(app) + blobBytes(shared) });
    expect(second.fact['set']).toBe(first.fact['set']);
    expect(await readFile(join(home, 'b.tar'))).toEqual(await readFile(join(home, 'a.tar')));
  });

  test('keeps nothing of the images beside the file with --no-cache', async () => {
    const source = await openSource();
    const home = await emptyFolder();
    await exported([
      '-o',
      join(home, 'a.tar'),
      `${source.host}/team/app:1`,
      '--no-cache',
      '--data-dir',
      join(home, 'data'),
    ]);
    expect(existsSync(join(home, 'data', 'cache'))).toBe(false);
  });

  test('takes signatures along, with --no-referrers not', async () => {
    const source = await openSource();
    await push(source.url, 'team/app', undefined, signature(app));
    const home = await emptyFolder();
    const one = `${source.host}/team/app:1`;
    const { events } = await exported(['-o', join(home, 'with.tar'), one]);
    expect(events.find(({ event }) => event === 'result')).toMatchObject({ referrers: 1 });
    const without = await exported(['-o', join(home, 'without.tar'), one, '--no-referrers']);
    expect(without.events.find(({ event }) => event === 'result')).toMatchObject({ referrers: 0 });
  });

  test('writes one platform of several, and says that the digest changed', async () => {
    const source = await openDock();
    const both = index([image({ seed: 'amd', platform: amd64 }), image({ seed: 'arm', platform: arm64 })]);
    await push(source.url, 'team/app', '1', both);
    const home = await emptyFolder();
    const { events } = await exported([
      '-o',
      join(home, 'a.tar'),
      `${source.host}/team/app:1`,
      '--platform',
      'linux/arm64',
    ]);
    expect(events.find(({ event }) => event === 'result')).toMatchObject({
      digest: both.children[1]?.digest,
      notices: [{ kind: 'digest-changed' }],
    });
  });

  test('writes nothing when one of the images cannot be read, and names it', async () => {
    const source = await openSource();
    const file = join(await emptyFolder(), 'out.tar');
    const end = await ferry([
      'export',
      '-o',
      file,
      `${source.host}/team/app:1`,
      `${source.host}/team/app:none`,
      '--json',
    ]);
    const { summary } = jsonOf(end);
    expect(end.status).toBe(1);
    expect(summary.images).toMatchObject({ total: 2, failed: 1, cancelled: 1 });
    expect(summary.failures).toMatchObject([
      { source: `${source.host}/team/app:none`, kind: 'not-found', side: 'source' },
    ]);
    expect(existsSync(file)).toBe(false);
  });

  test('makes volumes, keeps those that are there, and one of them again by its number', async () => {
    const source = await openSource({ '1': app, '2': otherApp });
    const home = await emptyFolder();
    const args = [
      '-o',
      join(home, 'out.tar'),
      `${source.host}/team/app`,
      '--all-tags',
      '--volume-size',
      '64KiB',
      '--no-cache',
    ];
    const { fact } = await exported(args);
    const names = (await readdir(home)).filter((name) => name.endsWith('.tar')).toSorted();
    expect(names.length).toBeGreaterThan(2);
    const second = join(home, names[1] ?? '');
    const before = await readFile(second);
    await rm(second);
    const made = await exported(args);
    expect(made.fact['paths']).toEqual([second]);
    expect(await readFile(second)).toEqual(before);

    await rm(second);
    const alone = await exported([...args, '--set', String(fact['set']), '--volume', '2']);
    expect(alone.fact['paths']).toEqual([second]);
    expect(await readFile(second)).toEqual(before);
  });

  test('refuses to make a volume of another set', async () => {
    const source = await openSource();
    const file = join(await emptyFolder(), 'out.tar');
    const end = await ferry([
      'export',
      '-o',
      file,
      `${source.host}/team/app:1`,
      '--set',
      'sha256:12ab',
      '--volume',
      '1',
    ]);
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/the images make the set sha256:[a-f0-9]{64} now, not sha256:12ab/);
    expect(existsSync(file)).toBe(false);
  });

  test('leaves out what a receipt or a bundle says that the site holds', async () => {
    const source = await openSource({ '1': app, '2': otherApp });
    const home = await emptyFolder();
    const [first, receipt] = [join(home, 'first.tar'), join(home, 'site.receipt')];
    await exported(['-o', first, `${source.host}/team/app:1`]);
    const both = [`${source.host}/team/app:1`, `${source.host}/team/app:2`];
    const delta = await exported(['-o', join(home, 'delta.tar'), ...both, '--base', first]);
    expect(delta.fact).toMatchObject({ blobs: 2, leftOut: 3, leftOutBytes: blobBytes(app) });

    const site = await openSource();
    expect((await ferry(['receipt', site.host, '-o', receipt])).status).toBe(0);
    const byReceipt = await exported(['-o', join(home, 'by-receipt.tar'), ...both, '--base', receipt]);
    expect(byReceipt.fact['set']).toBe(delta.fact['set']);
  });

  test('is signed with an Ed25519 key, and says by whom', async () => {
    const source = await openSource();
    const home = await emptyFolder();
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = await fileWith(String(privateKey.export({ type: 'pkcs8', format: 'pem' })), '.pem');
    await exported(['-o', join(home, 'a.tar'), `${source.host}/team/app:1`, '--sign', key]);
    const { stderr } = await ferry(['verify', join(home, 'a.tar')]);
    expect(stderr).toMatch(/\nsigned by [A-Za-z0-9+/]{43}=\n/);
  });

  test('reads a list, and compresses when asked', async () => {
    const source = await openSource({ '1': app, '2': otherApp });
    const home = await emptyFolder();
    const list = await fileWith(`${source.host}/team/app:1\n# the other\n${source.host}/team/app:2\n`, '.txt');
    const { summary, fact } = await exported(['-o', join(home, 'a.tar'), '--list', list, '--zstd']);
    expect(summary.images.total).toBe(2);
    expect(fact['paths']).toEqual([join(home, 'a.tar.zst')]);
    expect((await ferry(['verify', join(home, 'a.tar.zst')])).status).toBe(0);
  });

  test('is in the history, and is run again by its number', async () => {
    const source = await openSource();
    const home = await emptyFolder();
    const data = ['--data-dir', join(home, 'data')];
    await exported(['-o', join(home, 'a.tar'), `${source.host}/team/app:1`, ...data]);
    const shown = await ferry(['history', '1', ...data]);
    expect(shown.stdout).toContain(`copied ${source.host}/team/app:1 → ${join(home, 'a.tar')}`);
    const done = await ferry(['retry', '1', ...data]);
    expect(done).toMatchObject({ status: 0, stderr: expect.stringContaining('has nothing that failed') });
    await rm(join(home, 'a.tar'));
    const again = await ferry(['retry', '1', '--all', ...data]);
    expect(again.status, again.stderr).toBe(0);
    expect((await ferry(['verify', join(home, 'a.tar')])).status).toBe(0);
  });

  test.each(['oci', 'docker-archive', 'registry-storage'])('writes %s, which verify reads', async (format) => {
    const source = await openSource();
    const path = join(await emptyFolder(), 'out');
    const { fact } = await exported(['-o', path, `${source.host}/team/app:1`, '--format', format]);
    expect(fact).toMatchObject({ format, paths: [path] });
    expect((await ferry(['verify', path])).status).toBe(0);
  });

  test('writes an image that is named twice once, and nothing when no tag is chosen', async () => {
    const source = await openSource();
    const home = await emptyFolder();
    const one = `${source.host}/team/app:1`;
    expect((await exported(['-o', join(home, 'a.tar'), one, one])).summary.images.total).toBe(1);
    const end = await ferry(['export', '-o', join(home, 'b.tar'), `${source.host}/team/app`, '--tags', 'none-*']);
    expect(end).toMatchObject({ status: 1, stderr: expect.stringMatching(/there is nothing to export/) });
    expect(existsSync(join(home, 'b.tar'))).toBe(false);
  });

  test('does not touch what is there under the name', async () => {
    const source = await openSource();
    const file = await fileWith('precious', '.tar');
    const end = await ferry(['export', '-o', file, `${source.host}/team/app:1`]);
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/is there already and is not a volume of this export/);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });
});

describe('copy to and from files', () => {
  test.each(['oci', 'oci-archive', 'docker-archive'])('writes %s: and pushes it again', async (kind) => {
    const [source, destination] = [await openSource(), await openDock()];
    const path = join(await emptyFolder(), 'out');
    const there = await ferry(['copy', `${source.host}/team/app:1`, `${kind}:${path}:x.example/named:v1`]);
    expect(there.status, there.stderr).toBe(0);
    const back = await ferry(['copy', `${kind}:${path}:x.example/named:v1`, `${destination.host}/x/y`]);
    expect(back.status, back.stderr).toBe(0);
    const { tags } = await assertWorldIsWhole({ url: destination.url });
    expect(Object.keys(tags)).toEqual(['x/y:v1']);
    if (kind !== 'docker-archive') expect(tags).toEqual({ 'x/y:v1': app.digest });
  });

  test('takes one file into another without any registry', async () => {
    const source = await openSource();
    const home = await emptyFolder();
    await ferry(['copy', `${source.host}/team/app:1`, `oci:${home}/layout:1`]);
    const end = await ferry(['copy', `oci:${home}/layout:1`, `oci-archive:${home}/a.tar:2`]);
    expect(end.status, end.stderr).toBe(0);
    expect((await stat(join(home, 'a.tar'))).size).toBeGreaterThan(blobBytes(app));
    expect((await ferry(['verify', `oci-archive:${home}/a.tar`])).stdout).toContain(app.digest);
  });

  test('names the images of a file when none of them was meant', async () => {
    const source = await openSource({ '1': app, '2': otherApp });
    const path = join(await emptyFolder(), 'layout');
    await ferry(['export', '-o', path, '--format', 'oci', `${source.host}/team/app`, '--all-tags']);
    const unnamed = await ferry(['copy', `oci:${path}`, 'x.example/y:1']);
    expect(unnamed).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/has 2 images, and one is wanted: 127\S+\/team\/app:1, /),
    });
    const unknown = await ferry(['copy', `oci:${path}:3`, 'x.example/y:1']);
    expect(unknown.stderr).toMatch(/has no image 3; it has .*team\/app:1, .*team\/app:2/);
  });
});

test.each<[what: string, args: readonly string[], cause: RegExp]>([
  ['no image', [], /missing required argument 'references'/],
  ['a volume without its set', ['x.example/a:1', '--volume', '1'], /--set and --volume go together/],
  ['a base for another format', ['x.example/a:1', '--format', 'oci', '--base', 'b'], /go with --format bundle/],
  ['a compressed folder', ['x.example/a:1', '--format', 'oci', '--zstd'], /a folder cannot be compressed/],
  ['a size that is none', ['x.example/a:1', '--volume-size', 'big'], /give a size such as 20GiB/],
  ['a tiny size', ['x.example/a:1', '--volume-size', '10'], /holds next to nothing/],
  ['an unknown format', ['x.example/a:1', '--format', 'zip'], /Allowed choices are bundle, oci, docker-archive/],
  ['a bad reference', ['X.example/A:1'], /upper-case/],
  ['a key that is none', ['x.example/a:1', '--sign', 'none.pem'], /the key none\.pem cannot be read/],
  ['a base that is not there', ['x.example/a:1', '--base', 'none.receipt'], /none\.receipt/],
  ['a list beside tags', ['--list', 'l', '--tags', '1'], /leave the choice of tags out/],
  ['a report of an unknown kind', ['x.example/a:1', '--report', 'r.txt'], /ends in none of/],
])('an export with %s ends with 2', async (_, args, cause) => {
  const end = await ferry(['export', '-o', join(folder, 'never.tar'), ...args]);
  expect(end, end.stderr).toMatchObject({ status: 2, stdout: '' });
  expect(end.stderr).toMatch(cause);
  expect(existsSync(join(folder, 'never.tar'))).toBe(false);
});

test('a key that signs nothing of ours is refused, and nothing of it is told', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = join(folder, 'ec.pem');
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const end = await ferry(['export', '-o', join(folder, 'never.tar'), 'x.example/a:1', '--sign', file]);
  expect(end.status).toBe(2);
  expect(end.stderr).toMatch(/ec\.pem is not an Ed25519 private key/);
});
