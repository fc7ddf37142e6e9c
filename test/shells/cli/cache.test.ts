import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { ferry, type FerryEnd, folder, startFerry } from './ferry.ts';
import { slowCopy } from './slow-copy.ts';
import { app, blobBytes, openDock, openSource, type WatchedDock } from './stage.ts';

type Line = Readonly<Record<string, unknown>>;

interface Stage {
  readonly data: string;
  readonly run: (...args: string[]) => Promise<FerryEnd>;
  readonly source: WatchedDock;
}

/** A data folder whose cache holds the blobs of an image that was copied once. */
async function filled(): Promise<Stage> {
  const data = mkdtempSync(join(folder, 'data-'));
  const run = (...args: string[]): Promise<FerryEnd> => ferry(args, { env: { IMAGE_FERRY_DATA: data } });
  const [source, destination] = [await openSource(), await openDock()];
  expect((await run('copy', `${source.host}/team/app:1`, `${destination.host}/x/y`)).status).toBe(0);
  return { data, run, source };
}

function eventOf(end: FerryEnd, event: string): Line {
  const lines: readonly Line[] = end.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.find((line) => line['event'] === event) ?? {};
}

const layers = app.blobs.filter((blob) => blob.sizeBytes > 10_000);

/** The file in which the cache holds a blob of this size. */
function cachedFile(data: string, sizeBytes: number): string {
  const found = readdirSync(join(data, 'cache'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .find((file) => readFileSync(file).length === sizeBytes);
  if (found === undefined) throw new Error(`the cache holds no blob of ${sizeBytes} bytes`);
  return found;
}

test('cache status says what it holds and what it may hold', async () => {
  const { data, run } = await filled();
  const end = await run('cache', 'status');
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(end.stdout).toMatch(/^cache: \d+ blobs?, [\d.]+ KiB of at most 50\.0 GiB$/m);
  expect(end.stdout).toContain(data);
  const status = eventOf(await run('cache', 'status', '--json'), 'cache');
  expect(status).toMatchObject({ folder: data, quarantined: 0, unfinished: 0, budgetBytes: 50 * 1024 ** 3 });
  const bytes = Number(status['blobBytes']);
  expect(bytes).toBeGreaterThanOrEqual(layers.reduce((sum, blob) => sum + blob.sizeBytes, 0));
  expect(bytes).toBeLessThanOrEqual(blobBytes(app));
});

test('cache verify finds nothing wrong with what is whole', async () => {
  const { run } = await filled();
  const end = await run('cache', 'verify');
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(end.stdout).toMatch(/^\d+ blobs? read \(.*\), 0 rotten$/m);
});

test('cache verify puts aside what rotted, names it, and the next copy fetches it anew', async () => {
  const { data, run, source } = await filled();
  const [layer] = layers;
  const file = cachedFile(data, layer?.sizeBytes ?? 0);
  const bytes = readFileSync(file);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const end = await run('cache', 'verify', '--json');
  expect(end.status).toBe(1);
  expect(eventOf(end, 'cache-verified')).toMatchObject({ rotten: [layer?.digest] });
  expect(eventOf(end, 'summary')).toMatchObject({
    ok: false,
    failures: [{ source: layer?.digest, kind: 'integrity', side: 'cache' }],
  });
  expect(eventOf(await run('cache', 'status', '--json'), 'cache')).toMatchObject({ quarantined: 1 });
  const other = await openDock();
  expect((await run('copy', `${source.host}/team/app:1`, `${other.host}/x/y`)).status).toBe(0);
  await assertWorldIsWhole({ url: other.url });
  expect((await run('cache', 'verify')).status).toBe(0);
});

test('cache trim deletes down to the size, and what is gone is fetched anew', async () => {
  const { run, source } = await filled();
  const trimmed = eventOf(await run('cache', 'trim', '--to', '0', '--json'), 'cache-trimmed');
  expect(trimmed).toMatchObject({ bytes: 0 });
  expect(Number(trimmed['deletedBytes'])).toBeGreaterThan(80_000);
  expect(eventOf(await run('cache', 'status', '--json'), 'cache')).toMatchObject({ blobs: 0, blobBytes: 0 });
  const other = await openDock();
  expect((await run('copy', `${source.host}/team/app:1`, `${other.host}/x/y`)).status).toBe(0);
  await assertWorldIsWhole({ url: other.url });
});

test('cache trim wants to know the size', async () => {
  const end = await ferry(['cache', 'trim']);
  expect(end).toMatchObject({ status: 2, stdout: '' });
  expect((await ferry(['cache', 'trim', '--to', 'little'])).status).toBe(2);
});

test('what is in the cache is not asked of the source again', async () => {
  const { run, source } = await filled();
  source.requests.length = 0;
  const other = await openDock();
  const end = await run('copy', `${source.host}/team/app:1`, `${other.host}/x/y`, '--json');
  expect(end.status).toBe(0);
  const layerPaths = layers.map((blob) => blob.digest);
  expect(source.requests.filter(({ path }) => layerPaths.some((digest) => path.endsWith(digest)))).toEqual([]);
  await assertWorldIsWhole({ url: other.url });
});

test('while another command owns the folder its cache is shown, and left alone', async () => {
  const data = mkdtempSync(join(folder, 'data-'));
  const env = { IMAGE_FERRY_DATA: data };
  const { args, inMidCopy } = await slowCopy();
  const owner = startFerry(args, { env });
  await inMidCopy;
  expect((await ferry(['cache', 'status'], { env })).status).toBe(0);
  for (const what of [['verify'], ['trim', '--to', '0']]) {
    const end = await ferry(['cache', ...what], { env });
    expect(end.status).not.toBe(0);
    expect(end.stderr).toContain(`is in use by process ${owner.child.pid} of `);
  }
  owner.child.kill('SIGINT');
  expect((await owner.ended).status).toBe(130);
});
