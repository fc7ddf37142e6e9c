// `npm run bench -- gap`: what ten images weigh and take on their way across a gap, in the forms that people carry them in.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dockerSaveFiles } from '../fakes/bundle-files.ts';
import { blobsOf, closureOf, type SampleManifest } from '../fakes/images.ts';
import { type DockerRegistry, hasPeer, startDockerRegistry } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { tarFile } from '../fakes/tar-files.ts';
import { gapImages, imageCount } from './gap-images.ts';
import { machineFacts } from './machine.ts';
import { measure } from './measure.ts';
import { markdownTable } from './table.ts';

/** One form, what it weighs and what it took to make. */
interface Row {
  readonly form: string;
  readonly bytes: number;
  readonly seconds: number;
}

const ferryFile = fileURLToPath(new URL('../../build/ferry.mjs', import.meta.url));
const limitMs = 900_000;

/** Runs the comparison and writes its table to standard output; gives an exit status. */
export async function gapBench(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { scale: { type: 'string', default: '1' } } });
  const scale = Number(values.scale);
  if (!hasPeer('docker-registry') || !(scale > 0)) {
    process.stderr.write('gap wants docker-registry, and --scale X of more than 0\n');
    return 2;
  }
  const home = mkdtempSync(join(tmpdir(), 'ferry-gap-'));
  const registries: DockerRegistry[] = [];
  const registry = async (): Promise<DockerRegistry> => {
    const started = await startDockerRegistry();
    registries.push(started);
    return started;
  };
  try {
    const images = gapImages(scale);
    const source = await registry();
    for (const [tag, contents] of Object.entries(images)) {
      for (const [at, content] of contents.entries()) await push(source.url, `team/app-${at}`, tag, content);
    }
    const rows = [
      ...(hasPeer('skopeo') ? [await savedOneByOne(source, home)] : []),
      ...(await savedTogether(images.v1, home)),
      await registryFolder(source, await registry(), home),
      ...(await bundles(source, await registry(), home)),
    ];
    process.stdout.write(`${page(rows, images)}\n`);
    return 0;
  } finally {
    for (const one of registries) await one.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** What skopeo writes as `docker save` does: layers unpacked, one file an image. */
async function savedOneByOne(source: DockerRegistry, home: string): Promise<Row> {
  const folder = made(home, 'saved');
  let seconds = 0;
  for (let at = 0; at < imageCount; at++) {
    const name = `team/app-${at}:v1`;
    const from = [`--src-tls-verify=false`, `docker://${source.host}/${name}`];
    seconds += await run(
      'skopeo',
      ['--insecure-policy', 'copy', '-q', ...from, `docker-archive:${folder}/${at}.tar:x/${name}`],
      home,
    );
  }
  return { form: 'docker-archive, one file an image (skopeo)', bytes: sizeOf(folder), seconds };
}

/** `docker save` of all images into one file, as docker lays it out, and the same packed by xz. */
async function savedTogether(contents: readonly SampleManifest[], home: string): Promise<readonly Row[]> {
  const folder = made(home, 'together');
  const file = join(folder, 'all.tar');
  const startedMs = performance.now();
  const named = contents.map((content, at) => ({ content, tags: [`x/team/app-${at}:v1`] }));
  writeFileSync(file, tarFile(dockerSaveFiles(named)));
  const seconds = (performance.now() - startedMs) / 1000;
  const tar = { form: 'docker save of all into one file (laid out from memory)', bytes: statSync(file).size, seconds };
  if (spawnSync('xz', ['--version']).status !== 0) return [tar];
  const packing = await run('xz', ['-6', '-T0', file], home);
  return [tar, { form: 'the same through `xz -6 -T0`', bytes: sizeOf(folder), seconds: seconds + packing }];
}

/** A registry's data folder as one tar: filled by a copy, packed up. */
async function registryFolder(source: DockerRegistry, between: DockerRegistry, home: string): Promise<Row> {
  const list = join(home, 'images.txt');
  writeFileSync(list, references(source, 'v1').join('\n'));
  const copying = await ferry(['copy', '--list', list, between.host, '--no-cache'], home);
  const file = join(made(home, 'folder'), 'data.tar');
  const packing = await run('tar', ['-C', between.dataDir, '-cf', file, '.'], home);
  return {
    form: 'folder of a registry, filled and packed by tar',
    bytes: statSync(file).size,
    seconds: copying + packing,
  };
}

/** Ours: everything, and what the next release adds for a site that has the first. */
async function bundles(source: DockerRegistry, site: DockerRegistry, home: string): Promise<readonly Row[]> {
  const folder = made(home, 'bundle');
  const [all, next, receipt] = ['all.tar', 'next.tar', 'receipt'].map((name) => join(folder, name));
  if (all === undefined || next === undefined || receipt === undefined) throw new Error('there are three names');
  const seconds = await ferry(['export', '-o', all, ...references(source, 'v1'), '--no-cache'], home);
  await ferry(['import', all, '--to', site.host], home);
  const walking = await ferry(['receipt', site.host, '-o', receipt], home);
  const delta = await ferry(['export', '-o', next, ...references(source, 'v2'), '--base', receipt, '--no-cache'], home);
  return [
    { form: '**our bundle**', bytes: statSync(all).size, seconds },
    { form: '**our bundle of the next release, `--base` receipt**', bytes: statSync(next).size, seconds: delta },
    { form: 'the receipt for that, made at the site', bytes: statSync(receipt).size, seconds: walking },
  ];
}

function references(source: DockerRegistry, tag: string): readonly string[] {
  return Array.from({ length: imageCount }, (_, at) => `${source.host}/team/app-${at}:${tag}`);
}

function ferry(args: readonly string[], home: string): Promise<number> {
  return run(process.execPath, [ferryFile, ...args, '--quiet', '--data-dir', join(home, 'data')], home);
}

async function run(program: string, args: readonly string[], home: string): Promise<number> {
  const done = await measure({ program, args }, home, limitMs);
  if (done.status !== 0) throw new Error(`${program} ended with ${done.status}:\n${done.output}`);
  return done.wallMs / 1000;
}

function made(home: string, name: string): string {
  const folder = join(home, name);
  mkdirSync(folder);
  return folder;
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function page(rows: readonly Row[], { v1, v2 }: Readonly<Record<'v1' | 'v2', readonly SampleManifest[]>>): string {
  const { date, cores, cpu, registry, load } = machineFacts();
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1);
  const ours = rows.find(({ form }) => form === '**our bundle**')?.bytes ?? Number.NaN;
  const table = markdownTable({
    head: ['form', 'MiB', '× our bundle', 's'],
    rows: rows.map(({ form, bytes, seconds }) => [
      form,
      mebibytes(bytes),
      (bytes / ours).toFixed(2),
      seconds.toFixed(1),
    ]),
  });
  const unique = uniqueBytes(v1);
  const fresh = uniqueBytes([...v1, ...v2]) - unique;
  return [
    `${imageCount} images of 5 layers; 3 of these are shared by all or by half of them. Unique content: ${mebibytes(unique)} MiB, of which`,
    `our bundle is ${((ours / unique - 1) * 100).toFixed(2)} % more; the next release has ${mebibytes(fresh)} MiB that are new.`,
    `${date}, ${cores} × ${cpu}, docker-registry ${registry} on loopback, load before ${load.toFixed(1)}.`,
    '',
    table,
  ].join('\n');
}

function uniqueBytes(contents: readonly SampleManifest[]): number {
  const sizes = new Map<string, number>();
  for (const content of contents) {
    for (const { digest, sizeBytes } of [...closureOf(content), ...blobsOf(content)]) sizes.set(digest, sizeBytes);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
