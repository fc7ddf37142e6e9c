import { describe, expect, test } from 'vitest';
import { image, type SampleManifest } from '../../fakes/images.ts';
import type { FaultAction, FaultRule } from '../../fakes/fault-rules.ts';
import type { Quirks } from '../../fakes/quirk-registry/server.ts';
import { onlyResult, quickLimits, type Scene } from '../quirks/scene.ts';
import { openLine } from './line.ts';

const content = image({ seed: 'upload', layers: [1_500_000] });
const tiny = image({ seed: 'tiny', layers: [2000] });
const size = content.blobs[1]?.sizeBytes ?? 0;
const uploads = /\/blobs\/uploads\//;
// the line stands in only where the registry does not name itself
const target = { quirks: { locationRelative: true } } as const;
const limits = { ...quickLimits, headersMs: 300, closingMs: 300, idleMs: 300 };
const places = [0, 1, 511, 65_535, Math.floor(size / 2), size - 1, size];
const sending = (method: string, action: FaultAction, times = 1): FaultRule => ({
  method,
  path: uploads,
  direction: 'request',
  action,
  times,
});
const answering = (method: string, path: RegExp, action: FaultAction, times = 1): FaultRule => ({
  method,
  path,
  direction: 'response',
  action,
  times,
});

/** The config is there already, so that a fault strikes the layer. */
function onlyTheLayer(scene: Scene, of: SampleManifest): void {
  const [config] = of.blobs;
  if (config !== undefined) scene.target.seedBlob('mirror/app', config);
}

async function survives(rules: readonly FaultRule[], quirks: Quirks = {}, of = content): Promise<void> {
  const { scene, copy } = await openLine('target', rules, {
    content: of,
    target: { quirks: { locationRelative: true, ...quirks } },
    engine: { limits, retries: 5 },
  });
  onlyTheLayer(scene, of);
  const { failure } = onlyResult(await copy());
  expect(failure).toBeUndefined();
  scene.target.setQuirks({});
  const { tags } = await scene.assertWhole();
  expect(tags['mirror/app:1']).toBe(of.digest);
  expect(scene.target.state.sessions.size).toBeLessThanOrEqual(1);
}

describe('a reset at byte N of an upload', () => {
  test.each(places)('PUT at %i', (atByte) => survives([sending('PUT', { kind: 'reset', atByte })]));
  test.each(places)('PATCH at %i', (atByte) =>
    survives([sending('PATCH', { kind: 'reset', atByte })], { chunkedOnly: true }),
  );
  test.each([0, 1, 1000])('PUT of a small blob at %i', (atByte) =>
    survives([sending('PUT', { kind: 'reset', atByte })], {}, tiny),
  );
  test('F-26 a status that was asked is gone on from, so only the rest is sent again', async () => {
    const { line, copy, scene } = await openLine('target', [sending('PATCH', { kind: 'reset', atByte: 700_000 })], {
      content,
      target: { quirks: { locationRelative: true, chunkedOnly: true } },
      engine: { limits, retries: 5 },
    });
    onlyTheLayer(scene, content);
    const summary = await copy();
    expect(onlyResult(summary).failure).toBeUndefined();
    await scene.assertWhole();
    const ranges = line.exchanges.flatMap(({ request }) =>
      request.headers.filter(([name]) => name.toLowerCase() === 'content-range').map(([, range]) => range),
    );
    expect(ranges.some((range) => !range.startsWith('0-'))).toBe(true);
  });
});

describe('F-03 an upload that stalls', () => {
  test.each([-1, 0, 500_000])('PUT at %i: noticed, and sent again', (atByte) =>
    survives([sending('PUT', { kind: 'stall', atByte })]),
  );
  test('PATCH in the middle', () =>
    survives([sending('PATCH', { kind: 'stall', atByte: 500_000 })], { chunkedOnly: true }));
  test('the answer to a POST', () => survives([answering('POST', uploads, { kind: 'stall', atByte: -1 })]));
  test('the answer to a manifest', () => survives([answering('PUT', /manifests/, { kind: 'stall', atByte: -1 })]));
});

describe('F-33 a lost acknowledgement', () => {
  const lost = { kind: 'swallow' } as const;
  test('of POST', () => survives([answering('POST', uploads, lost)], {}, tiny));
  test('of the PUT of a blob: the blob is there, and is not sent again', async () => {
    const { line, copy, scene } = await openLine('target', [answering('PUT', uploads, lost)], {
      content: tiny,
      target,
      engine: { limits },
    });
    expect(onlyResult(await copy()).failure).toBeUndefined();
    await scene.assertWhole();
    expect(line.exchanges.filter(({ request }) => request.method === 'PUT' && uploads.test(request.url))).toHaveLength(
      2,
    );
  });
  test('of PATCH', () => survives([answering('PATCH', uploads, lost)], { chunkedOnly: true }));
  test('of the closing PUT after chunks', () =>
    survives([answering('PUT', uploads, lost)], { chunkedOnly: true }, tiny));
  test('of a manifest', () => survives([answering('PUT', /manifests/, lost)], {}, tiny));
  test('of a manifest whose tag is immutable once it is there', () =>
    survives([answering('PUT', /manifests/, lost)], { tagsImmutable: 412 }, tiny));
  test('of a manifest, every time: what is there is not called a failure', () =>
    survives([answering('PUT', /manifests/, lost, 1000)], {}, tiny));
  test('of everything, once each', () =>
    survives([answering('POST', uploads, lost), answering('PUT', uploads, lost), answering('PUT', /manifests/, lost)]));
});

describe('F-27 a session that is lost', () => {
  const gone = {
    kind: 'answer',
    status: 404,
    body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"gone"}]}',
  } as const;
  test('at PUT', () => survives([sending('PUT', gone)]));
  test('at PATCH', () => survives([sending('PATCH', gone)], { chunkedOnly: true }));
  test('at PUT, 410 and without a word', () => survives([sending('PUT', { kind: 'answer', status: 410 })], {}, tiny));
  test('at every PUT: it ends', async () => {
    const { line, copy } = await openLine('target', [sending('PUT', gone, 1000)], {
      content: tiny,
      target,
      engine: { limits },
    });
    expect(onlyResult(await copy()).failure).toMatchObject({ kind: 'unavailable', side: 'destination' });
    expect(line.exchanges.length).toBeLessThan(40);
  });
});

describe('a line that cuts whole bodies of a registry that takes no chunks', () => {
  test('bodies go whole again', () =>
    survives([sending('PUT', { kind: 'reset', atByte: 1000 }, 2)], { monolithicOnly: true }));
});

describe('F-34, F-35, F-38 manifests', () => {
  test('the registry says it stored another digest', async () => {
    const headers = { 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
    const rule = answering('PUT', /manifests/, { kind: 'replace', headers }, 1000);
    const { copy } = await openLine('target', [rule], { content: tiny, target, engine: { limits } });
    expect(onlyResult(await copy()).failure).toMatchObject({ kind: 'integrity', side: 'destination' });
  });
});

describe('F-20 failures that come in bursts', () => {
  const seed = 77;
  test(`one in six is 500, 502 or 503, or cut (seed ${seed})`, async () => {
    const chance = (oneIn: number, at: number) => ({ oneIn, seed: seed + at });
    const rules: FaultRule[] = [500, 502, 503].map((status, at) => ({
      direction: 'request',
      action: { kind: 'answer', status, body: '<html>no</html>' },
      chance: chance(18, at),
      times: 6,
    }));
    rules.push({ direction: 'response', action: { kind: 'reset', atByte: -1 }, chance: chance(12, 9), times: 6 });
    const { scene, copy } = await openLine('target', rules, { content, target, engine: { limits, retries: 8 } });
    expect(onlyResult(await copy()).failure).toBeUndefined();
    await scene.assertWhole();
  });

  test('an error body without end is read so far and no further', async () => {
    const body = Buffer.alloc(5_000_000, 'x');
    const rule: FaultRule = { path: /manifests/, direction: 'request', action: { kind: 'answer', status: 400, body } };
    const { copy } = await openLine('target', [rule], { content: tiny, target, engine: { limits } });
    expect(onlyResult(await copy()).failure).toMatchObject({ kind: 'refused', http: { status: 400 } });
  });
});

test('a cancel in mid upload ends the session', async () => {
  const { copy, scene } = await openLine('target', [sending('PUT', { kind: 'stall', atByte: 100_000 }, 1000)], {
    content,
    target,
    engine: { limits: { ...quickLimits, idleMs: 60_000, closingMs: 60_000 } },
  });
  const controller = new AbortController();
  onlyTheLayer(scene, content);
  const copying = copy(controller.signal);
  setTimeout(() => controller.abort(), 200);
  expect(onlyResult(await copying).outcome).toBe('cancelled');
  expect(scene.target.state.sessions.size).toBe(0);
  expect(scene.target.state.cancelledCount).toBe(1);
});
