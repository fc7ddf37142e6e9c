// `npm run bench -- dock`: the dock as a server, beside docker-registry: the same blobs pulled, the same tags asked for.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { image, layerBlob, types } from '../fakes/images.ts';
import { listen, pause } from '../fakes/listening.ts';
import { hasPeer } from '../fakes/peers.ts';
import { machineFacts } from './machine.ts';
import { measure } from './measure.ts';
import { BenchRegistry } from './registry.ts';
import { median } from './results.ts';
import { writeImages } from './storage.ts';
import { markdownTable } from './table.ts';

const mebibyte = 2 ** 20;
const blobs = 4;
const heads = 4000;
const headsAtOnce = 8;
const limitMs = 300_000;
const ferryFile = fileURLToPath(new URL('../../build/ferry.mjs', import.meta.url));
const name = 'bench/app';

/** Somebody who serves the image. */
interface Server {
  readonly title: string;
  readonly host: string;
  readonly pulls: number[];
  readonly headRates: number[];
}

/** Runs the comparison and writes its table to standard output; gives an exit status. */
export async function dockBench(argv: readonly string[]): Promise<number> {
  const options = { runs: { type: 'string', default: '5' }, scale: { type: 'string', default: '1' } } as const;
  const { values } = parseArgs({ args: [...argv], options });
  const [runs, scale] = [Number(values.runs), Number(values.scale)];
  if (!hasPeer('docker-registry') || !(runs > 0) || !(scale > 0)) {
    process.stderr.write('dock wants docker-registry and curl, --runs N and --scale X of more than 0\n');
    return 2;
  }
  const home = mkdtempSync(join(tmpdir(), 'ferry-dock-'));
  const ends: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })];
  try {
    const bytes = Math.max(1, Math.round(128 * mebibyte * scale));
    const layers = Array.from({ length: blobs }, (_, at) => layerBlob(bytes, `dock-${at}`, types.ociLayer));
    const content = image({ layers, seed: 'dock' });
    const registry = await BenchRegistry.create(join(home, 'registry'));
    ends.unshift(() => registry.stop());
    writeImages(registry.root, [{ repository: name, tag: 'v1', content }]);
    await registry.start();
    const bundle = join(home, 'bundle.tar');
    const [first, second] = [made(home, 'first'), made(home, 'second')];
    await ferry(['copy', `${registry.host}/${name}:v1`, `library:${name}:v1`, '--data-dir', first], home);
    await ferry(['export', '-o', bundle, `${registry.host}/${name}:v1`, '--data-dir', second], home);
    const served = async (title: string, args: readonly string[]): Promise<Server> => {
      const dock = await serve(args, home);
      ends.unshift(dock.stop);
      return { title, host: dock.host, pulls: [], headRates: [] };
    };
    const servers = [
      { title: 'docker-registry', host: registry.host, pulls: [], headRates: [] },
      await served('the dock, its library', ['--data-dir', first]),
      await served('the dock, a bundle as it lies', ['--bundle', bundle, '--data-dir', second]),
    ];
    const digests = layers.map(({ digest }) => digest);
    for (let round = 0; round <= runs; round++) {
      // the first round fills the page cache
      for (const server of servers) await measureOnce(server, digests, bytes * blobs, round > 0, home);
    }
    process.stdout.write(`${page(servers, runs, bytes)}\n`);
    return 0;
  } finally {
    for (const end of ends) await end();
  }
}

async function measureOnce(
  { host, pulls, headRates }: Server,
  digests: readonly string[],
  totalBytes: number,
  isKept: boolean,
  home: string,
): Promise<void> {
  const urls = digests.flatMap((digest) => ['-o', '/dev/null', `http://${host}/v2/${name}/blobs/${digest}`]);
  const pulled = await measure(
    { program: 'curl', args: ['-sSf', '-Z', '--parallel-immediate', '--parallel-max', String(blobs), ...urls] },
    home,
    limitMs,
  );
  if (pulled.status !== 0) throw new Error(`curl ended with ${pulled.status}:\n${pulled.output}`);
  const startedMs = performance.now();
  await askHeads(host);
  const headRate = heads / ((performance.now() - startedMs) / 1000);
  if (!isKept) return;
  pulls.push(totalBytes / mebibyte / (pulled.wallMs / 1000));
  headRates.push(headRate);
}

/** So many HEADs of the tag, some at a time over connections that are kept. */
async function askHeads(host: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: headsAtOnce });
  let left = heads;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { accept: types.ociManifest };
      const asked = request(`http://${host}/v2/${name}/manifests/v1`, { method: 'HEAD', agent, headers }, (answer) => {
        answer.resume().once('end', resolve);
        if (answer.statusCode !== 200) reject(new Error(`HEAD was answered with ${answer.statusCode}`));
      });
      asked.once('error', reject).end();
    });
  const worker = async (): Promise<void> => {
    while (left-- > 0) await ask();
  };
  await Promise.all(Array.from({ length: headsAtOnce }, worker));
  agent.destroy();
}

async function serve(args: readonly string[], home: string): Promise<{ host: string; stop: () => void }> {
  const probe = createServer();
  const port = await listen(probe);
  await new Promise((resolve) => probe.close(resolve));
  const host = `127.0.0.1:${port}`;
  const child = spawn(process.execPath, [ferryFile, 'serve', '--listen', host, '--quiet', ...args], {
    cwd: home,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: home },
  });
  const untilMs = performance.now() + 30_000;
  while (!(await answers(host))) {
    if (child.exitCode !== null || performance.now() > untilMs) throw new Error('the dock does not listen');
    await pause(20);
  }
  return { host, stop: () => child.kill('SIGKILL') };
}

function answers(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    request(`http://${host}/v2/`, (answer) => resolve(answer.resume().statusCode === 200))
      .once('error', () => resolve(false))
      .end();
  });
}

async function ferry(args: readonly string[], home: string): Promise<void> {
  const done = await measure({ program: process.execPath, args: [ferryFile, ...args, '--quiet'] }, home, limitMs);
  if (done.status !== 0) throw new Error(`${args[0] ?? ''} ended with ${done.status}:\n${done.output}`);
}

function made(home: string, folder: string): string {
  const path = join(home, folder);
  mkdirSync(path);
  return path;
}

function page(servers: readonly Server[], runs: number, bytes: number): string {
  const { date, cores, cpu, registry, load } = machineFacts();
  const what = `${blobs} blobs of ${Math.round(bytes / mebibyte)} MiB by ${blobs} clients (curl), ${heads} HEADs of a tag, ${headsAtOnce} at a time`;
  const facts = `${date}, ${cores} × ${cpu}, docker-registry ${registry}, medians of ${runs}, load ${load.toFixed(1)}; ${what}.`;
  const rows = servers.map(({ title, pulls, headRates }) => [
    title,
    median(pulls).toFixed(0),
    median(headRates).toFixed(0),
  ]);
  return `${facts}\n\n${markdownTable({ head: ['server', 'pull, MiB/s', 'HEADs/s'], rows })}`;
}
