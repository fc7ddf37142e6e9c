// `npm run demo`: images move between two registries through a line that breaks. `-- --real` uses Debian's docker-registry.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '../../electron/app/app.ts';
import { openWorkspace } from '../../electron/app/home.ts';
import { intentOf } from '../../electron/app/intents.ts';
import { readSyncWish } from '../../electron/app/wishes.ts';
import { formatBytes, shortDigest } from '../../electron/contract/format.ts';
import type { HistoryJob } from '../../electron/contract/history.ts';
import type { JobSummary } from '../../electron/contract/models.ts';
import { isDigest } from '../../electron/oci/digest.ts';
import { Console } from '../../electron/shells/cli/console.ts';
import { showSummary } from '../../electron/shells/cli/summary.ts';
import { type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { verifyWorld } from '../fakes/oracle.ts';
import { hasPeer } from '../fakes/peers.ts';
import { baseLayer, sampleShelf } from './shelf.ts';
import { clerk, dockerRegistryStage, dockStage, type Stage } from './stage.ts';

const console = new Console({ json: false, quiet: true });
const say = (line = ''): void => console.result(line);

/** Plays the demo; true when everything was as it must be. */
async function play(stage: Stage, line: FaultProxy): Promise<boolean> {
  const shelf = sampleShelf();
  const breaks = line.addRule({
    method: 'GET',
    path: new RegExp(`/blobs/${baseLayer.digest}$`),
    direction: 'response',
    nth: 1,
    action: { kind: 'reset', atByte: Math.floor(baseLayer.sizeBytes * 0.6) },
  });
  say(`source       ${line.host}  ${stage.kind}, ${shelf.length} images, one of them behind a token`);
  say(`destination  ${stage.destination}  ${stage.kind}, empty`);
  for (const item of shelf) say(`  ${`${item.repository}:${item.tag}`.padEnd(18)} ${item.what}`);

  const folder = await mkdtemp(join(tmpdir(), 'image-ferry-demo-'));
  const files = await writeSyncFiles(folder, line.host, stage.destination);
  say();
  say("image-syncer's images file, as it is:");
  for (const text of files.images.trimEnd().split('\n')) say(`  ${text}`);
  try {
    say();
    say('1. Copy; the line breaks in the middle of the large layer');
    const first = await sync(files);
    showTable(first);
    say(`the line broke ${breaks()} time, and ${formatBytes(first.bytes.received - first.bytes.sent)} came twice`);

    say();
    say('2. Read everything at the destination again, by a program that shares no code with the engine');
    const world = await verifyWorld({ url: `http://${stage.destination}`, withReferrers: true });
    for (const { repository, path, problem } of world.problems)
      say(`  WRONG ${repository} ${path.join(' > ')}: ${problem}`);
    say(
      `${Object.keys(world.tags).length} tags, ${world.manifestCount} manifests and ${world.blobCount} blobs hashed, ${world.problems.length} problems`,
    );

    say();
    say('3. The same again; nothing needs to move');
    const second = await sync(files);
    showTable(second);

    say();
    say('4. What the history kept of it');
    const jobs = await history(files);
    for (const { number, title, state, images, bytes } of jobs)
      say(
        `  ${number}  ${title}  ${state}  ${images.copied} copied, ${images.unchanged} unchanged, ${formatBytes(bytes.received)} received`,
      );

    const isRight =
      first.ok &&
      first.images.copied === shelf.length &&
      breaks() === 1 &&
      world.problems.length === 0 &&
      Object.keys(world.tags).length >= shelf.length &&
      second.ok &&
      second.images.unchanged === shelf.length &&
      second.bytes.sent === 0 &&
      second.bytes.received === 0 &&
      jobs.map(({ state }) => state).join(' ') === 'finished finished';
    say();
    say(
      isRight
        ? 'Everything arrived, byte for byte, and the second run moved nothing.'
        : 'Something is not as it must be.',
    );
    return isRight;
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface SyncFiles {
  readonly images: string;
  readonly imagesFile: string;
  readonly authFile: string;
  /** Where history and cache of the demo lie. */
  readonly dataDir: string;
}

/** What an operator would have: rules in one file, a credential in the other, its password in the environment. */
async function writeSyncFiles(folder: string, source: string, destination: string): Promise<SyncFiles> {
  const images = [
    `${source}/demo/web:1.27: ${destination}/mirror/demo/web`,
    `${source}/demo/app: ${destination}/mirror/demo/app`,
    `${source}/demo/tool:/^0\\./: ${destination}/mirror/demo/tool`,
    `${source}/demo/signed:2.0: ${destination}/mirror/demo/signed`,
    `${source}/demo/chart:1.0.0: ${destination}/mirror/demo/chart`,
    `${source}/private/ledger:3: ${destination}/mirror/private/ledger`,
  ]
    .map((text) => `${text}\n`)
    .join('');
  process.env['FERRY_DEMO_PASSWORD'] = clerk.password;
  const auth = `${source}/private:\n  username: ${clerk.user}\n  password: $FERRY_DEMO_PASSWORD\n`;
  const [imagesFile, authFile] = [join(folder, 'images.yaml'), join(folder, 'auth.yaml')];
  await writeFile(imagesFile, images);
  await writeFile(authFile, auth, { mode: 0o600 });
  return { images, imagesFile, authFile, dataDir: join(folder, 'data') };
}

/** What ran, newest first. */
async function history({ dataDir }: SyncFiles): Promise<readonly HistoryJob[]> {
  const workspace = await openWorkspace({ dataDir });
  try {
    return await workspace.store.history.list({ most: 10 }, new AbortController().signal);
  } finally {
    await workspace.close();
  }
}

/** `sync --images images.yaml --auth auth.yaml`, in this process. */
async function sync({ imagesFile, authFile, dataDir }: SyncFiles): Promise<JobSummary> {
  const signal = new AbortController().signal;
  const options = {
    platforms: [],
    attestations: 'keep',
    onConflict: 'overwrite',
    force: false,
    referrers: true,
    concurrency: 8,
  } as const;
  const asked = { imagesFile, os: [], arch: [], options };
  const wish = await readSyncWish(asked);
  const connection = { plainHttp: [], insecure: [], authFile, retries: 5, waitMs: 60_000 };
  const listener = { warn: (text: string) => console.warn(text), found: () => {}, paused: () => {} };
  const intent = intentOf({ command: 'sync', title: 'images.yaml', asked, options, rounds: 0, connection });
  const app = await App.open(connection, listener, signal, { dataDir, cache: true });
  try {
    return await app.copy(await app.prepare(wish, signal), wish.options, { rounds: 0, intent }, {}, signal);
  } finally {
    await app.close();
  }
}

function showTable(summary: JobSummary): void {
  for (const result of summary.results) {
    const { sent, mounted, present } = result.blobs;
    const name = result.destination.slice(result.destination.indexOf('/') + 1);
    const digest = result.digest !== undefined && isDigest(result.digest) ? shortDigest(result.digest) : '';
    const extras = result.referrers > 0 ? `, ${result.referrers} referrers` : '';
    say(
      `  ${result.outcome.padEnd(9)} ${name.padEnd(26)} ${digest}  ${sent} sent, ${mounted} mounted, ${present} present${extras}`,
    );
  }
  showSummary(console, summary);
}

async function main(): Promise<number> {
  const isReal = process.argv.includes('--real');
  if (isReal && !hasPeer('docker-registry')) {
    say('--real needs the program docker-registry; on Debian: apt-get install docker-registry');
    return 2;
  }
  const shelf = sampleShelf();
  const stage = await (isReal ? dockerRegistryStage : dockStage)(shelf);
  const line = await startFaultProxy(stage.source);
  try {
    return (await play(stage, line)) ? 0 : 1;
  } finally {
    await line.close();
    await stage.close();
  }
}

process.exitCode = await main();
