import { describe, expect, test } from 'vitest';
import { image } from '../../fakes/images.ts';
import type { FaultAction } from '../../fakes/fault-rules.ts';
import { generator } from '../../fakes/fault-rules.ts';
import { onlyResult, quickLimits } from '../quirks/scene.ts';
import { openLine } from './line.ts';
import { matching } from '../quirks/outcomes.ts';

const seed = Number(process.env['FAULT_SEED'] ?? 20_261_121);
const random = generator(seed);
const content = image({ seed: 'download', layers: [400_000] });
const [config, layer] = content.blobs;
const size = layer?.sizeBytes ?? 0;
const blobPath = new RegExp(`/blobs/${layer?.digest ?? ''}$`);
const quick = { engine: { limits: { ...quickLimits, headersMs: 300, idleMs: 300, closingMs: 1000 } }, content };
const places = [0, 1, 511, 65_535, Math.floor(size / 2), size - 1, size];

const onBody = (action: FaultAction, times = 1) =>
  ({ method: 'GET', path: blobPath, direction: 'response', action, times }) as const;

describe('F-01 a reset at byte N of a blob', () => {
  test.each(places)('N = %i: goes on there, and asks for nothing twice', async (atByte) => {
    const { scene, line, copy } = await openLine('source', [onBody({ kind: 'reset', atByte }, 2)], quick);
    const summary = await copy();
    expect(onlyResult(summary).failure).toBeUndefined();
    await scene.assertWhole();
    const asked = line.exchanges.filter(({ request }) => blobPath.test(request.url) && request.method === 'GET');
    const ranges = asked.map(({ request }) => request.headers.find(([name]) => name.toLowerCase() === 'range')?.[1]);
    // what was received is what was needed, but for what a reset swallowed on its way
    expect(summary.bytes.received).toBe(size + (config?.sizeBytes ?? 0));
    if (atByte > 65_535 && atByte < size) expect(ranges.slice(1).every((range) => range !== undefined)).toBe(true);
  });
});

describe('F-02 a reset around the head', () => {
  test.each(['request', 'response'] as const)('of a manifest and of a blob, at the %s', async (direction) => {
    for (const path of [/manifests/, blobPath]) {
      const rule = { path, direction, action: { kind: 'reset', atByte: -1 }, times: 2 } as const;
      const { scene, copy } = await openLine('source', [rule], quick);
      expect(onlyResult(await copy()).outcome).toBe('copied');
      await scene.assertWhole();
    }
  });

  test('a line that never holds ends with attempts counted', async () => {
    const rule = { path: /manifests/, direction: 'request', action: { kind: 'reset', atByte: -1 } } as const;
    const { line, copy } = await openLine('source', [rule], quick);
    const { failure } = onlyResult(await copy());
    expect(failure).toMatchObject({ kind: 'unreachable', hint: 'line-broken', side: 'source', attempts: 4 });
    expect(line.exchanges).toHaveLength(4);
  });
});

describe('F-03 a line that stalls', () => {
  test.each([-1, 0, 1, 200_000])('at byte %i of a body: noticed, and gone on from there', async (atByte) => {
    const { scene, copy } = await openLine('source', [onBody({ kind: 'stall', atByte }, 2)], quick);
    expect(onlyResult(await copy()).failure).toBeUndefined();
    await scene.assertWhole();
  });

  test('for ever: it ends, and says what was waited for', async () => {
    const rule = { path: /manifests/, direction: 'request', action: { kind: 'stall', atByte: -1 } } as const;
    const { copy } = await openLine('source', [rule], quick);
    expect(onlyResult(await copy()).failure).toMatchObject({
      kind: 'timeout',
      side: 'source',
      message: matching('no answer'),
    });
  });
});

describe('F-05, F-06, F-07 bodies of other lengths', () => {
  test.each(places.slice(0, -1))('the announced length is not reached (%i)', async (atByte) => {
    const { scene, copy } = await openLine('source', [onBody({ kind: 'end', atByte })], quick);
    expect(onlyResult(await copy()).failure).toBeUndefined();
    await scene.assertWhole();
  });

  test.each([0, 1, 65_535, size - 1])('no length, and an end after %i', async (atByte) => {
    const { scene, copy } = await openLine('source', [onBody({ kind: 'end-unlengthed', atByte })], quick);
    expect(onlyResult(await copy()).failure).toBeUndefined();
    await scene.assertWhole();
  });

  test('too short with a length that agrees, for ever', async () => {
    const body = layer?.bytes().subarray(0, 1000) ?? Buffer.alloc(0);
    const action = { kind: 'replace', status: 200, headers: { 'content-range': undefined }, body } as const;
    const { copy, line, scene } = await openLine('source', [onBody(action, 1000)], quick);
    const { failure } = onlyResult(await copy());
    expect(failure).toMatchObject({ kind: 'integrity', side: 'source' });
    expect(line.exchanges.length).toBeLessThan(30);
    expect(scene.target.state.repositories.get('mirror/app')?.tags.size ?? 0).toBe(0);
  });

  test.each([1, 100_000])('%i bytes too many are never taken', async (extra) => {
    const body = Buffer.concat([layer?.bytes() ?? Buffer.alloc(0), Buffer.alloc(extra)]);
    const { copy, scene } = await openLine('source', [onBody({ kind: 'replace', body }, 1000)], quick);
    expect(onlyResult(await copy()).failure).toMatchObject({ kind: 'integrity', hint: 'source-corrupt' });
    expect(scene.target.state.blobs.has(layer?.digest ?? '')).toBe(false);
  });
});

describe(`F-09 wrong bits (seed ${seed})`, () => {
  const offsets = Array.from({ length: 4 }, () => Math.floor(random() * size));

  test.each([0, ...offsets, size - 1])('once at %i: fetched again from the beginning', async (atByte) => {
    const { scene, copy, line } = await openLine('source', [onBody({ kind: 'flip', atByte })], quick);
    expect(onlyResult(await copy()).failure).toBeUndefined();
    await scene.assertWhole();
    expect(line.exchanges.filter(({ request }) => blobPath.test(request.url))).toHaveLength(2);
  });

  test('for ever: two reads, both digests, nothing published', async () => {
    const { scene, copy, line } = await openLine('source', [onBody({ kind: 'flip', atByte: 77 }, 1000)], quick);
    const { failure } = onlyResult(await copy());
    expect(failure).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
    expect(failure?.message.match(/sha256:[0-9a-f]{64}/g)).toHaveLength(2);
    expect(line.exchanges.filter(({ request }) => blobPath.test(request.url))).toHaveLength(2);
    expect(scene.target.state.blobs.has(layer?.digest ?? '')).toBe(false);
    expect(scene.target.state.sessions.size).toBe(0);
  });

  test('in a manifest, once: fetched again', async () => {
    const action = { kind: 'flip', atByte: 40 } as const;
    const rule = { method: 'GET', path: /manifests/, direction: 'response', action, times: 1 } as const;
    const { scene, copy } = await openLine('source', [rule], quick);
    expect(onlyResult(await copy()).failure).toBeUndefined();
    await scene.assertWhole();
  });
});

test('a cancel in the middle ends at once and leaves nothing open', async () => {
  const { copy, scene } = await openLine('source', [onBody({ kind: 'stall', atByte: 100_000 }, 1000)], {
    content,
    engine: { limits: { ...quickLimits, idleMs: 60_000 } },
  });
  const controller = new AbortController();
  const copying = copy(controller.signal);
  const started = performance.now();
  setTimeout(() => controller.abort(), 150);
  expect(onlyResult(await copying).outcome).toBe('cancelled');
  expect(performance.now() - started).toBeLessThan(5000);
  expect(scene.target.state.sessions.size).toBe(0);
});
