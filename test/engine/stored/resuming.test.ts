import { stat, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { JobSummary } from '../../../electron/contract/models.ts';
import type { FaultProxy } from '../../fakes/fault-proxy.ts';
import type { FaultAction } from '../../fakes/fault-rules.ts';
import { image } from '../../fakes/images.ts';
import { hasPeer, startDockerRegistry } from '../../fakes/peers.ts';
import { push } from '../../fakes/push.ts';
import {
  afterwards,
  copy,
  destination,
  engine,
  proxy,
  registerEnds,
  registry,
  request,
  watch,
  well,
} from '../harness.ts';
import { cacheIn, dataFolder, sizeOf, unfinishedFile, wholeFile } from './shelf.ts';

registerEnds();

const content = image({ seed: 'resume', layers: [3_000_000] });
const [config, large] = content.blobs;
const size = large?.sizeBytes ?? 0;
const digest = large?.digest ?? '';
const largePath = new RegExp(`/blobs/${digest}$`);
const heldBytes = 1_234_567;

/** A copy in a data folder where an earlier process left the first bytes of the large layer. */
async function stage(): Promise<{ line: FaultProxy; folder: string; run: () => Promise<JobSummary> }> {
  const source = await registry({ content: { 'a:1': content } });
  const target = await destination();
  const line = await proxy(source.host);
  const folder = await dataFolder();
  await cacheIn(folder);
  await writeFile(unfinishedFile(folder, digest), large?.bytes().subarray(0, heldBytes) ?? '');
  const run = async (): Promise<JobSummary> =>
    copy([request(`${line.host}/a:1`, `${target.host}/b:1`)], {}, engine({ cache: await cacheIn(folder) }));
  return { line, folder, run };
}

function rangesOf(line: FaultProxy): readonly (string | undefined)[] {
  return line.exchanges
    .filter(({ request }) => request.method === 'GET' && largePath.test(request.url))
    .map(({ request }) => request.headers.find(([name]) => name.toLowerCase() === 'range')?.[1]);
}

test('after a restart the source is asked only for the bytes that are missing', async () => {
  const { line, folder, run } = await stage();
  const summary = await well(run());
  expect(rangesOf(line)).toEqual([`bytes=${heldBytes}-`]);
  expect(line.bytes('GET', largePath).received).toBe(size - heldBytes);
  expect(summary.bytes).toMatchObject({ received: size - heldBytes + (config?.sizeBytes ?? 0), reused: heldBytes });
  expect(await sizeOf(wholeFile(folder, digest))).toBe(size);
});

describe('F-22 a source that does not take the range', () => {
  const odd: readonly (readonly [string, FaultAction])[] = [
    ['416', { kind: 'replace', status: 416, body: '' }],
    ['416 with a length that is not true', { kind: 'replace', status: 416, headers: { 'content-length': '999999' } }],
    [
      '200 and the whole blob',
      { kind: 'replace', status: 200, headers: { 'content-range': undefined }, body: large?.bytes() ?? '' },
    ],
    ['206 from another place', { kind: 'replace', headers: { 'content-range': `bytes 0-${size - 1}/${size}` } }],
    [
      '206 of another size',
      { kind: 'replace', headers: { 'content-range': `bytes ${heldBytes}-${size}/${size + 1}` } },
    ],
    ['206 that does not say what it is', { kind: 'replace', headers: { 'content-range': undefined } }],
    [
      '206 of several parts',
      { kind: 'replace', headers: { 'content-type': 'multipart/byteranges; boundary=x', 'content-range': undefined } },
    ],
  ];

  test.each(odd)('%s: all arrives, and nothing is joined wrongly', async (_name, action) => {
    const { line, folder, run } = await stage();
    line.addRule({ method: 'GET', path: largePath, direction: 'response', action, times: 1 });
    await well(run());
    expect(await sizeOf(wholeFile(folder, digest))).toBe(size);
    expect(rangesOf(line).length).toBeLessThanOrEqual(3);
  });
});

test.skipIf(!hasPeer('docker-registry'))(
  'a source that stops and starts in mid-job is gone on with (skipped without docker-registry)',
  async () => {
    const source = await startDockerRegistry();
    afterwards(() => source.stop());
    const target = await destination();
    const flowing = image({ seed: 'flowing', layers: [6_000_000, 2_000_000] });
    await push(source.url, 'a', '1', flowing);
    const line = await proxy(source.host);
    line.addRule({
      method: 'GET',
      path: /\/blobs\//,
      direction: 'response',
      action: { kind: 'drip', bytesPerSecond: 6_000_000 },
    });
    const folder = await dataFolder();
    const copying = copy(
      [request(`${line.host}/a:1`, `${target.host}/b:1`)],
      {},
      engine({ cache: await cacheIn(folder) }),
    );
    const layer = flowing.blobs[1]?.digest ?? '';
    while (line.bytes('GET', new RegExp(layer)).received < 1_000_000)
      await new Promise((resolve) => setImmediate(resolve));
    await source.restart();
    line.resetAll();
    await well(copying);
    const total = flowing.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    // what was on the way when the line broke is all that comes twice
    expect(line.bytes('GET', /\/blobs\//).received).toBeLessThan(total + 2_000_000);
  },
);

describe('an upload that breaks', () => {
  test('at docker-registry, which has lost its place, begins again from here and not at the source', async ({
    skip,
  }) => {
    if (!hasPeer('docker-registry')) skip('docker-registry is not installed');
    const source = await registry({ content: { 'a:1': content } });
    const target = await startDockerRegistry({ relativeUrls: true });
    afterwards(() => target.stop());
    watch({ url: target.url });
    const [from, to] = [await proxy(source.host), await proxy(target.host)];
    const action = { kind: 'reset', atByte: 1_500_000 } as const;
    to.addRule({ direction: 'request', path: /\/uploads\/.+/, action, times: 2 });
    const cache = await cacheIn(await dataFolder());
    await well(copy([request(`${from.host}/a:1`, `${to.host}/b:1`)], {}, engine({ cache })));
    expect(from.bytes('GET', largePath).received).toBe(size);
    // all of it again: a session is gone on with only where the server proves what it holds
    expect(to.bytes(undefined, /\/uploads\//).sent).toBeGreaterThan(size + 1_400_000);
  });

  test('when the registry is restarted with another secret: new session, nothing asked of the source again', async ({
    skip,
  }) => {
    if (!hasPeer('docker-registry')) skip('docker-registry is not installed');
    const source = await registry({ content: { 'a:1': content } });
    const target = await startDockerRegistry({ relativeUrls: true });
    afterwards(() => target.stop());
    watch({ url: target.url });
    const [from, to] = [await proxy(source.host), await proxy(target.host)];
    to.addRule({ direction: 'request', path: /\/uploads\/.+/, action: { kind: 'drip', bytesPerSecond: 4_000_000 } });
    const cache = await cacheIn(await dataFolder());
    const copying = copy([request(`${from.host}/a:1`, `${to.host}/b:1`)], {}, engine({ cache }));
    while (to.bytes(undefined, /\/uploads\//).sent < 1_000_000) await new Promise((resolve) => setImmediate(resolve));
    await target.restart({ secret: 'another secret' });
    to.clearRules();
    await well(copying);
    expect(from.bytes('GET', largePath).received).toBe(size);
  });
});

test('what is unfinished stays unfinished after a cancel, and is gone on with', async () => {
  const { line, folder, run } = await stage();
  line.addRule({
    method: 'GET',
    path: largePath,
    direction: 'response',
    action: { kind: 'drip', bytesPerSecond: 2_000_000 },
  });
  const target = await destination({}, { repositories: {} });
  const controller = new AbortController();
  const using = engine({ cache: await cacheIn(folder) });
  const copying = copy([request(`${line.host}/a:1`, `${target.host}/b:1`)], {}, using, controller.signal);
  while (line.bytes('GET', largePath).received < 300_000) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  await copying;
  line.clearRules();
  const { size: kept } = await stat(unfinishedFile(folder, digest));
  expect(kept).toBeGreaterThan(heldBytes);
  const before = line.bytes('GET', largePath).received;
  await well(run());
  expect(line.bytes('GET', largePath).received - before).toBe(size - kept);
});
