import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import type { DockOptions } from '../../electron/engine/dock/options.ts';
import { type Dock, startDock } from '../../electron/engine/dock/server.ts';
import { generator } from '../fakes/fault-rules.ts';
import { arm64, blobsOf, image, index } from '../fakes/images.ts';
import { hasPeer, skopeo, skopeoRaw } from '../fakes/peers.ts';
import { call } from '../fakes/plain-http.ts';
import { push } from '../fakes/push.ts';
import { openKeptLibrary, type OpenedLibrary } from '../suites/library/opened-library.ts';
import { missing } from './registries.ts';

const seed = Number(process.env['SEED'] ?? 20_261_121);
const kills = Number(process.env['KILLS'] ?? 10);
const served = fileURLToPath(new URL('dock-served.ts', import.meta.url));
const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests', '--all'];
const content = index([image({ layers: [3_000_000, 0] }), image({ platform: arm64, seed: 'arm' })]);

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-dock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function diskDock(options: Partial<DockOptions> = {}): Promise<Dock & Pick<OpenedLibrary, 'cache'>> {
  const opened = await openKeptLibrary();
  const dock = await startDock({ library: opened.library, writable: true, ...options });
  onTestFinished(async () => {
    await dock.close();
    await opened.close();
  });
  return { ...dock, cache: opened.cache };
}

async function copy(from: string, to: string): Promise<void> {
  const run = await skopeo(['copy', ...plain, `docker://${from}`, `docker://${to}`]);
  expect(run.stderr, run.stdout.toString()).toBe('');
  expect(run.status).toBe(0);
}

describe.skipIf(!hasPeer('skopeo'))(`skopeo and the dock over the library on disk${missing('skopeo')}`, () => {
  test('skopeo pushes an index and pulls the same bytes; a second repository costs no second copy', async () => {
    const [from, to] = [await diskDock(), await diskDock()];
    await push(from.url, 'team/app', '1', content);
    await copy(`${from.host}/team/app:1`, `${to.host}/mirror/app:1`);
    await copy(`${to.host}/mirror/app:1`, `${to.host}/other/app:1`);
    expect(await skopeoRaw(to.host, 'other/app:1')).toEqual(content.raw);
    const { blobs, unfinished } = await to.cache.status(new AbortController().signal);
    expect([blobs, unfinished]).toEqual([new Set(blobsOf(content).map(({ digest }) => digest)).size, 0]);
  });

  test(`skopeo gets its image however often the dock is killed meanwhile (${kills} kills, SEED=${seed})`, {
    timeout: 600_000,
  }, async () => {
    const random = generator(seed);
    const folder = await temporaryFolder();
    let { child, host } = await serve(folder);
    onTestFinished(async () => end(child));
    await push(`http://${host}`, 'team/app', '1', content);
    for (let round = 0; round < kills; round++) {
      const target = join(folder, `pulled-${round}`);
      const pull = skopeo(['copy', ...plain.slice(0, 1), '--all', `docker://${host}/team/app:1`, `dir:${target}`]);
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      await end(child);
      ({ child, host } = await serve(folder, host));
      if ((await pull).status !== 0) {
        const again = await skopeo([
          'copy',
          ...plain.slice(0, 1),
          '--all',
          `docker://${host}/team/app:1`,
          `dir:${target}`,
        ]);
        expect(again.stderr).toBe('');
      }
      expect(await readFile(join(target, 'manifest.json'))).toEqual(content.raw);
      await rm(target, { recursive: true });
    }
    expect(await skopeoRaw(host, 'team/app:1')).toEqual(content.raw);
  });

  test('a push that was killed is done by pushing again', async () => {
    const folder = await temporaryFolder();
    const from = await diskDock();
    await push(from.url, 'a', '1', content);
    let { child, host } = await serve(folder);
    onTestFinished(async () => end(child));
    for (const delayMs of [30, 60, 90, 120, 200]) {
      const pushing = skopeo(['copy', ...plain, `docker://${from.host}/a:1`, `docker://${host}/b:1`]);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await end(child);
      ({ child, host } = await serve(folder, host));
      await pushing;
    }
    await copy(`${from.host}/a:1`, `${host}/b:1`);
    await copy(`${host}/b:1`, `${from.host}/c:1`);
    expect(await skopeoRaw(from.host, 'c:1')).toEqual(content.raw);
  });

  test('a blob cut short on the disk breaks the pull, is gone afterwards, and comes back by a push', async () => {
    const opened = await openKeptLibrary();
    const dock = await startDock({ library: opened.library, writable: true });
    onTestFinished(async () => {
      await dock.close();
      await opened.close();
    });
    await push(dock.url, 'a', '1', content);
    const layer = blobsOf(content).find(({ sizeBytes }) => sizeBytes > 1_000_000);
    const hex = layer?.digest.slice('sha256:'.length) ?? '';
    const url = `${dock.url}/v2/a/blobs/${layer?.digest}`;
    const file = join(opened.folder, 'cache/blobs/sha256', hex.slice(0, 2), hex);
    await rm(file);
    await writeFile(file, Buffer.alloc(layer?.sizeBytes ?? 0));
    await expect(call('GET', url)).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    expect((await call('GET', url)).status).toBe(404);
    await push(dock.url, 'a', '1', content);
    expect((await call('GET', url)).body).toEqual(layer?.bytes());
    await rm(file);
    expect((await call('HEAD', url)).status).toBe(404);
    await writeFile(file, layer?.bytes() ?? '');
    await truncate(file, 5);
    expect((await call('GET', url)).status).toBe(404);
  });
});

test.runIf(hasPeer('docker-registry'))(
  'docker-registry as a mirror takes from the dock what it is asked for',
  async () => {
    const dock = await diskDock({ catalog: true });
    await push(dock.url, 'team/app', '1', content);
    const mirror = await startMirror(dock.url);
    for (let round = 0; round < 2; round++) {
      expect((await call('GET', `${mirror}/v2/team/app/manifests/1`, accepting)).body).toEqual(content.raw);
      for (const blob of blobsOf(content)) {
        expect((await call('GET', `${mirror}/v2/team/app/blobs/${blob.digest}`)).body).toEqual(blob.bytes());
      }
    }
    expect((await call('GET', `${mirror}/v2/team/app/manifests/2`, accepting)).status).toBe(404);
  },
);

const accepting = { headers: { accept: content.mediaType } };

test('curl gets parts of a blob, and goes on with one', async () => {
  const dock = await diskDock();
  await push(dock.url, 'a', '1', content);
  const layer = blobsOf(content).find(({ sizeBytes }) => sizeBytes > 1_000_000);
  const bytes = Buffer.from(layer?.bytes() ?? '');
  const url = `${dock.url}/v2/a/blobs/${layer?.digest}`;
  expect(await curl(['--range', '100-199', url])).toEqual(bytes.subarray(100, 200));
  expect(await curl(['--range', '-77', url])).toEqual(bytes.subarray(-77));
  expect(await curl(['--range', '2999000-9999999', url])).toEqual(bytes.subarray(2_999_000));
  const file = join(await temporaryFolder(), 'part');
  await writeFile(file, bytes.subarray(0, 1_234_567));
  await curl(['--continue-at', '-', '--output', file, url]);
  expect(await readFile(file)).toEqual(bytes);
});

async function curl(args: readonly string[]): Promise<Buffer> {
  const child = spawn('curl', ['--silent', '--show-error', '--fail', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const [status] = await once(child, 'close');
  expect(status).toBe(0);
  return Buffer.concat(pieces);
}

/** A process that serves the library of a folder, on the port of `before` if given. */
async function serve(folder: string, before = ':0'): Promise<{ child: ChildProcess; host: string }> {
  const port = before.slice(before.lastIndexOf(':') + 1);
  const child = spawn(process.execPath, [served, folder, port], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [host] = await once(createInterface(child.stdout), 'line');
  return { child, host: String(host) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A docker-registry that fetches what it lacks from `upstream`; gives its URL. */
async function startMirror(upstream: string): Promise<string> {
  const folder = await temporaryFolder();
  const file = join(folder, 'config.yml');
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: '127.0.0.1:0' },
    proxy: { remoteurl: upstream },
  };
  await writeFile(file, stringify(config));
  const child = spawn('docker-registry', ['serve', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  });
  onTestFinished(() => end(child));
  const lines = createInterface(child.stderr);
  const port = await new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      const [, found] = /listening on 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return `http://127.0.0.1:${port}`;
}
