import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerEnds, watch } from '../engine/harness.ts';
import { blobsOf, image, layerBlob, type SampleManifest, types } from '../fakes/images.ts';
import { verifyWorld } from '../fakes/oracle.ts';
import { skopeo } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { ferry, folder, startFerry } from '../shells/cli/ferry.ts';
import { jsonOf, type JsonLine, type Summary } from '../shells/cli/summary-shape.ts';
import { missing, type Peer, peer, requestsOf } from './registries.ts';

registerEnds();

const noRegistry = missing('docker-registry');
const notBoth = missing('docker-registry', 'skopeo');
const count = 20;

/** Layers that all images of one release begin with. */
const base = [3_000_000, 1_000_000, 500_000].map((size, at) => layerBlob(size, `base-${at}`, types.ociLayer));

function release(name: string): readonly SampleManifest[] {
  return Array.from({ length: count }, (_, at) => image({ seed: `${name}-${at}`, layers: [...base, 300_000, 90_000] }));
}

const first = release('first');
const second = release('second');
const uniqueBytes = (contents: readonly SampleManifest[]): number => {
  const sizes = new Map(
    contents.flatMap((content) => [content, ...blobsOf(content)]).map((one) => [one.digest, one.sizeBytes]),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
};
const repository = (at: number): string => `team/app-${at}`;
const expectedTags = (tag: string, contents: readonly SampleManifest[], prefix = ''): Record<string, string> =>
  Object.fromEntries(contents.map(({ digest }, at) => [`${prefix}${repository(at)}:${tag}`, digest]));

async function registryWith(releases: Readonly<Record<string, readonly SampleManifest[]>>): Promise<Peer> {
  const at = await peer();
  for (const [tag, contents] of Object.entries(releases)) {
    for (const [number, content] of contents.entries()) await push(at.registry.url, repository(number), tag, content);
  }
  return at;
}

const references = (host: string, tag: string): readonly string[] =>
  first.map((_, at) => `${host}/${repository(at)}:${tag}`);
const newFolder = (): Promise<string> => mkdtemp(join(folder, 'carry-'));

/** What `--json` says of a run that must have gone well. */
interface Well {
  readonly events: readonly JsonLine[];
  readonly summary: Summary;
  readonly fact: (name: string) => Readonly<Record<string, unknown>>;
}

async function well(args: readonly string[]): Promise<Well> {
  const end = await ferry([...args, '--json']);
  const { events, summary } = jsonOf(end);
  expect(summary.failures, end.stderr).toEqual([]);
  expect(end.status).toBe(0);
  return { events, summary, fact: (name: string) => events.find(({ event }) => event === name) ?? {} };
}

/** The files that a run of `export` wrote. */
function pathsOf({ fact }: Well): readonly string[] {
  const { paths } = fact('exported');
  return Array.isArray(paths) ? paths.map(String) : [];
}

async function sizeOf(run: Well): Promise<number> {
  const sizes = await Promise.all(pathsOf(run).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe.skipIf(noRegistry !== '')(`${count} images across a gap${noRegistry}`, { timeout: 120_000 }, () => {
  beforeAll(() => expect(uniqueBytes(second)).toBeGreaterThan(10_000_000));

  test('one file holds each blob once, and fills an empty and a partly filled registry', async () => {
    const from = await registryWith({ v1: first });
    const file = join(await newFolder(), 'release.tar');
    const out = await well(['export', '-o', file, ...references(from.host, 'v1'), '--no-cache']);
    expect(await sizeOf(out)).toBeLessThan(uniqueBytes(first) * 1.01);
    const bodies = requestsOf(from, 'GET', /\/blobs\//);
    expect(bodies).toHaveLength(new Set(first.flatMap(blobsOf).map(({ digest }) => digest)).size);

    const [empty, partly] = [await peer(), await registryWith({ v1: first.slice(0, 7) })];
    for (const site of [empty, partly]) watch({ url: site.registry.url });
    const into = await well(['import', file, '--to', empty.host]);
    expect(into.summary.images.copied).toBe(count);
    expect((await well(['import', file, '--to', partly.host])).summary.images).toMatchObject({
      copied: count - 7,
      unchanged: 7,
    });
    for (const site of [empty, partly])
      expect((await verifyWorld({ url: site.registry.url })).tags).toEqual(expectedTags('v1', first));
  });

  test('the next release carries only what is new, by a receipt of the site', async () => {
    const from = await registryWith({ v1: first, v2: second });
    const home = await newFolder();
    const site = await peer();
    watch({ url: site.registry.url });
    await well(['export', '-o', join(home, 'v1.tar'), ...references(from.host, 'v1')]);
    await well(['import', join(home, 'v1.tar'), '--to', `${site.host}/mirror`]);
    await well(['receipt', `${site.host}/mirror`, '-o', join(home, 'site.receipt')]);
    const delta = ['export', ...references(from.host, 'v2'), '--no-cache'];
    const out = await well([...delta, '-o', join(home, 'v2.tar'), '--base', join(home, 'site.receipt')]);
    const known = new Set(first.flatMap(blobsOf).map(({ digest }) => digest));
    const fresh = second
      .flatMap((content) => [content, ...blobsOf(content)])
      .filter(({ digest }) => !known.has(digest));
    const freshBytes = fresh.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(out.fact('exported')).toMatchObject({ leftOut: base.length });
    expect(await sizeOf(out)).toBeLessThan(freshBytes * 1.03);
    // a bundle that was carried there before says the same as a receipt
    const same = await well([...delta, '-o', join(home, 'same.tar'), '--base', join(home, 'v1.tar')]);
    expect(same.fact('exported')['set']).toBe(out.fact('exported')['set']);

    const into = await well(['import', join(home, 'v2.tar'), '--to', `${site.host}/mirror`]);
    expect(into.summary.images.copied).toBe(count);
    expect((await verifyWorld({ url: site.registry.url })).tags).toEqual({
      ...expectedTags('v1', first, 'mirror/'),
      ...expectedTags('v2', second, 'mirror/'),
    });
  });

  test('a volume that was lost is made again alone, byte for byte', async () => {
    const from = await registryWith({ v1: first });
    const home = await newFolder();
    const args = [
      'export',
      '-o',
      join(home, 'out.tar'),
      ...references(from.host, 'v1'),
      '--volume-size',
      '2MiB',
      '--no-cache',
    ];
    const out = await well(args);
    const names = (await readdir(home)).filter((name) => name.endsWith('.tar')).toSorted();
    expect(names.length).toBeGreaterThan(4);
    const lost = join(home, names[1] ?? '');
    const before = await readFile(lost);
    await rm(lost);
    const again = await well([...args, '--set', String(out.fact('exported')['set']), '--volume', '2']);
    expect(again.fact('exported')['paths']).toEqual([lost]);
    expect((await readFile(lost)).equals(before)).toBe(true);
    expect((await well(['verify', join(home, names[0] ?? '')])).fact('verified')).toMatchObject({
      ok: true,
      complete: count,
    });
  });

  test('an export that was killed goes on with what it has finished, and comes out the same', async () => {
    const from = await registryWith({ v1: first });
    const home = await newFolder();
    const flags = [...references(from.host, 'v1'), '--volume-size', '1MiB', '--no-cache'];
    const whole = join(home, 'whole.tar');
    await well(['export', '-o', whole, ...flags]);
    from.line.addRule({
      direction: 'response',
      path: /\/blobs\//,
      action: { kind: 'drip', bytesPerSecond: 4_000_000 },
    });
    const broken = startFerry(['export', '-o', join(home, 'killed.tar'), ...flags]);
    const finished = async (): Promise<readonly string[]> =>
      (await readdir(home)).filter((name) => name.startsWith('killed.') && name.endsWith('.tar'));
    while ((await finished()).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    broken.child.kill('SIGKILL');
    await broken.ended;
    const kept = await finished();
    expect((await readdir(home)).filter((name) => name.startsWith('killed.')).length).toBeLessThan(12);
    from.line.clearRules();
    const goneOn = await well(['export', '-o', join(home, 'killed.tar'), ...flags]);
    const written = pathsOf(goneOn).map((path) => path.slice(home.length + 1));
    expect(written.filter((name) => kept.includes(name))).toEqual([]);
    for (const name of await finished()) {
      const undisturbed = await readFile(join(home, name.replace('killed', 'whole')));
      expect((await readFile(join(home, name))).equals(undisturbed), name).toBe(true);
    }
    expect((await readdir(home)).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
  });

  test('an import that was killed goes on when it is run again', async () => {
    const from = await registryWith({ v1: first });
    const home = await newFolder();
    const file = join(home, 'out.tar');
    await well(['export', '-o', file, ...references(from.host, 'v1'), '--no-cache']);
    const site = await peer();
    watch({ url: site.registry.url });
    site.line.addRule({
      direction: 'request',
      method: 'PUT',
      path: /\/blobs\//,
      action: { kind: 'drip', bytesPerSecond: 2_000_000 },
    });
    const env = { IMAGE_FERRY_DATA: join(home, 'data') };
    const broken = startFerry(['import', file, '--to', site.host, '--concurrency', '2'], { env });
    await broken.said('copied ');
    broken.child.kill('SIGKILL');
    await broken.ended;
    site.line.clearRules();
    const end = await ferry(['import', file, '--to', site.host, '--concurrency', '2', '--json'], { env });
    const { events, summary } = jsonOf(end);
    expect(summary).toMatchObject({ ok: true, images: { total: count } });
    expect(summary.images.unchanged).toBeGreaterThan(0);
    expect(events.find(({ event }) => event === 'job')).toMatchObject({ job: '1', attempt: 2 });
    expect((await verifyWorld({ url: site.registry.url })).tags).toEqual(expectedTags('v1', first));
  });
});

describe.skipIf(notBoth !== '')(`files of ours and skopeo${notBoth}`, { timeout: 120_000 }, () => {
  async function run(...args: readonly string[]): Promise<Buffer> {
    const done = await skopeo(args);
    expect(done.status, done.stderr).toBe(0);
    return done.stdout;
  }

  test('skopeo reads what copy and export wrote, and import what skopeo wrote', async () => {
    const from = await registryWith({ v1: first.slice(0, 2) });
    const home = await newFolder();
    const [one, two] = references(from.host, 'v1');
    const raw = first[0]?.raw;
    await well(['copy', one ?? '', `oci:${home}/layout:mine`]);
    expect(await run('inspect', '--raw', `oci:${home}/layout:mine`)).toEqual(raw);
    await well(['copy', one ?? '', `docker-archive:${home}/docker.tar:x.example/a/b:1`]);
    await run('copy', `docker-archive:${home}/docker.tar:x.example/a/b:1`, `dir:${home}/loaded`);
    await well(['export', '-o', join(home, 'out.tar'), one ?? '', two ?? '']);
    expect(await run('inspect', '--raw', `oci-archive:${home}/out.tar:${one}`)).toEqual(raw);

    await run(
      'copy',
      '--src-tls-verify=false',
      '--preserve-digests',
      `docker://${from.host}/team/app-0:v1`,
      `oci-archive:${home}/theirs.tar:x.example/p/q:7`,
    );
    const site = await peer();
    watch({ url: site.registry.url });
    await well(['import', join(home, 'theirs.tar'), '--to', site.host]);
    expect((await verifyWorld({ url: site.registry.url })).tags).toEqual({ 'p/q:7': first[0]?.digest });
  });
});
