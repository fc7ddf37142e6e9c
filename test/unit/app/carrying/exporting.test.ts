import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Carrier, type Recorder } from '../../../../electron/app/carrying/carrier.ts';
import { readExport } from '../../../../electron/app/carrying/export-plan.ts';
import type { ExportWish } from '../../../../electron/app/carrying/wishes.ts';
import type { Engine, ExportEnd } from '../../../../electron/engine/engine.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { engine, proxy, registerEnds, registry } from '../../../engine/harness.ts';
import { temporaryFolder } from '../../../fakes/bundle-files.ts';
import { blobsOf, image, type SampleManifest } from '../../../fakes/images.ts';
import { MemoryCache } from '../../../fakes/memory-cache.ts';

registerEnds();

const content = image({ seed: 'carried', layers: [3_000_000, 400_000] });
const [, large] = blobsOf(content);
const unending = new AbortController().signal;
const intent = { command: 'export', fingerprint: '', title: '', wish: {}, account: '' };
/** A machine without a history. */
const unrecorded: Recorder = (_, __, copy, observer, ___, signal) => copy(observer, signal);

/** Writes images into one file and proves that it is whole. */
async function exported(using: Engine, references: readonly string[], signal = unending): Promise<ExportEnd> {
  const path = join(await temporaryFolder(), 'out.tar');
  const wish: ExportWish = {
    references,
    path,
    format: 'bundle',
    bases: [],
    compression: 'none',
    options: {
      platforms: [],
      attestations: 'keep',
      onConflict: 'overwrite',
      force: false,
      referrers: true,
      concurrency: 4,
    },
  };
  const carrier = new Carrier(using, undefined, unrecorded);
  try {
    const end = await carrier.export(await readExport(wish), { intent }, {}, signal);
    if (end.file === undefined) return end;
    const file = await carrier.open(end.file.paths, {}, unending);
    expect((await file.verify(() => {}, unending)).problems).toEqual([]);
    return end;
  } finally {
    await carrier.close();
  }
}

function bytesOf(sample: SampleManifest): number {
  return blobsOf(sample).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

describe('a line that breaks', () => {
  test('is gone on with where it broke, without asking for a byte twice', async () => {
    const line = await proxy((await registry({ content: { 'a:1': content } })).host);
    line.addRule({
      direction: 'response',
      path: new RegExp(large?.digest ?? ''),
      nth: 1,
      action: { kind: 'reset', atByte: 1_500_000 },
    });
    const end = await exported(engine(), [`${line.host}/a:1`]);
    expect(end.ok).toBe(true);
    expect(end.bytes.received).toBe(bytesOf(content));
  });

  test('that spoils a byte costs another reading, never a wrong file', async () => {
    const line = await proxy((await registry({ content: { 'a:1': content } })).host);
    const struck = line.addRule({
      direction: 'response',
      path: new RegExp(large?.digest ?? ''),
      nth: 1,
      action: { kind: 'flip', atByte: 9 },
    });
    expect((await exported(engine(), [`${line.host}/a:1`])).ok).toBe(true);
    expect(struck()).toBe(1);
  });
});

describe('the cache', () => {
  test('gives what it holds, and nothing is asked of the source', async () => {
    const source = await registry({ content: { 'a:1': content } });
    const cache = new MemoryCache();
    await exported(engine({ cache }), [`${source.host}/a:1`]);
    const asked = source.requestCount('GET', /\/blobs\//);
    const again = await exported(engine({ cache }), [`${source.host}/a:1`]);
    expect(source.requestCount('GET', /\/blobs\//)).toBe(asked);
    expect(again.bytes).toMatchObject({ received: 0, reused: bytesOf(content) });
  });

  test('that holds rotten bytes costs one reading of the source', async () => {
    const source = await registry({ content: { 'a:1': content } });
    const cache = new MemoryCache();
    const bytes = Buffer.from(large?.bytes() ?? '');
    bytes.writeUInt8(bytes.readUInt8(2_000_000) ^ 1, 2_000_000);
    cache.blobs.set(parseDigest(large?.digest ?? ''), bytes);
    expect((await exported(engine({ cache }), [`${source.host}/a:1`])).ok).toBe(true);
    expect(source.requestCount('GET', new RegExp(large?.digest ?? ''))).toBe(1);
  });

  test.each([
    ['has no room', { room: 0 }],
    ['becomes full in the middle of a blob', { fullAfter: 1_000_000 }],
  ])('that %s is done without', async (_, limits) => {
    const source = await registry({ content: { 'a:1': content } });
    const cache = Object.assign(new MemoryCache(), limits);
    expect((await exported(engine({ cache }), [`${source.host}/a:1`])).ok).toBe(true);
  });
});

test('with a cache the blobs that come next are on their way meanwhile', async () => {
  const many = image({ seed: 'many', layers: Array.from({ length: 12 }, (_, at) => 1_100_000 + at) });
  const line = await proxy((await registry({ content: { 'a:1': many } })).host);
  line.addRule({ direction: 'response', path: /\/blobs\//, action: { kind: 'stall', atByte: 500_000 } });
  const ended = exported(engine({ cache: new MemoryCache() }), [`${line.host}/a:1`]);
  const asked = (): number => line.exchanges.filter(({ request }) => request.url.includes('/blobs/')).length;
  while (asked() < 6) await new Promise((resolve) => setTimeout(resolve, 5));
  line.clearRules();
  line.resetAll();
  expect((await ended).ok).toBe(true);
});

test('a blob that one repository has lost is read from another one', async () => {
  const source = await registry({ content: { 'a:1': content, 'b:1': content } });
  const line = await proxy(source.host);
  const lost = { kind: 'answer', status: 404, body: '{"errors":[{"code":"BLOB_UNKNOWN"}]}' } as const;
  line.addRule({ direction: 'request', path: new RegExp(`/a/blobs/${large?.digest}`), action: lost });
  const end = await exported(engine(), [`${line.host}/a:1`, `${line.host}/b:1`]);
  expect(end.ok).toBe(true);
});

test('an export that is cancelled leaves every image cancelled and no file', async () => {
  const line = await proxy((await registry({ content: { 'a:1': content } })).host);
  line.addRule({
    direction: 'response',
    path: new RegExp(large?.digest ?? ''),
    action: { kind: 'stall', atByte: 900_000 },
  });
  const controller = new AbortController();
  const ended = exported(engine(), [`${line.host}/a:1`], controller.signal);
  while (line.bytes('GET', /\/blobs\//).received < 900_000) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error('enough'));
  const end = await ended;
  expect(end).toMatchObject({ ok: false, images: { cancelled: 1, failed: 0 } });
  expect(end.file).toBeUndefined();
});
