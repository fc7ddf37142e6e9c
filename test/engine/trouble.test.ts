import { describe, expect, test } from 'vitest';
import type { ImagePhase } from '../../electron/contract/models.ts';
import { multiPlatform } from '../fakes/artifacts.ts';
import { blobsOf, closureOf, image, index } from '../fakes/images.ts';
import {
  blobReads,
  copy,
  destination,
  engine,
  hastyClock,
  only,
  outcomes,
  proxy,
  registerEnds,
  registry,
  request,
  tagOf,
  well,
} from './harness.ts';

registerEnds();

const layerOf = (content: ReturnType<typeof image>): string => content.blobs[1]?.digest ?? '';

describe('a tag', () => {
  test('that moves at the source during the copy: what it stood for arrives, and the move is said (F-39)', async () => {
    const [old, fresh] = [image({ seed: 'old' }), image({ seed: 'fresh' })];
    let passedMs = 0;
    const source = await registry({
      content: { 'a:1': old },
      onRequest: (record) => {
        if (!record.url.includes('/blobs/')) return;
        source.seed('a', '1', fresh);
        // an image copied at once is not asked about again
        passedMs = 5000;
      },
    });
    const target = await destination();
    const clock = { ...hastyClock, monotonicMs: () => hastyClock.monotonicMs() + passedMs };
    const copying = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], {}, engine({ clock }));
    const result = only(await well(copying));
    expect(tagOf(target, 'a', '1')).toBe(old.digest);
    expect(result.notices.map(({ kind }) => kind)).toEqual(['source-moved']);
    expect(target.state.repositories.get('a')?.manifests.has(fresh.digest)).toBe(false);
  });

  test('that another writes right after us is said to be theirs (F-38)', async () => {
    const other = image({ seed: 'other' });
    const source = await registry({ content: { 'a:1': image() } });
    const target = await destination({ quirks: { tagOvertakenBy: other.digest } });
    target.seed('a', undefined, other);
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)])));
    expect(result.notices.map(({ kind }) => kind)).toEqual(['changed-by-another']);
  });

  test('that a registry accepts and does not show fails the image', async () => {
    const source = await registry({ content: { 'a:1': image() } });
    const target = await destination({ quirks: { manifestPutForgets: true } });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'integrity', side: 'destination', op: 'tag.confirm' });
  });

  test('that shows its old image for a moment is waited for', async () => {
    const [old, fresh] = [image({ seed: 'old' }), image({ seed: 'fresh' })];
    const source = await registry({ content: { 'a:1': fresh } });
    const target = await destination({ content: { 'a:1': old } });
    const line = await proxy(target.host);
    const headers = { 'docker-content-digest': old.digest };
    line.addRule({
      direction: 'response',
      method: 'HEAD',
      path: /\/manifests\/1$/,
      nth: 2,
      action: { kind: 'replace', headers },
    });
    const result = only(await well(copy([request(`${source.host}/a:1`, `${line.host}/a:1`)])));
    expect(result.notices.map(({ kind }) => kind)).toEqual(['overwritten']);
  });
});

describe('MANIFEST_BLOB_UNKNOWN (F-35)', () => {
  test('heals: what was lost is sent again, and each blob is counted once', async () => {
    const content = image({ layers: [30_000, 40_000] });
    const source = await registry({ content: { 'a:1': content } });
    let lost = 0;
    const target = await destination({
      onRequest: (record) => {
        if (record.method !== 'PUT' || !record.url.includes('/manifests/') || lost++ > 0) return;
        target.state.repositories.get('a')?.blobs.delete(layerOf(content));
      },
    });
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(summary.blobs).toEqual({ sent: 3, mounted: 0, present: 0 });
    expect(only(summary).blobs).toEqual({ sent: 3, mounted: 0, present: 0 });
    expect(blobReads(source, layerOf(content))).toBe(2);
  });

  test('heals by waiting when the registry needs a moment', async () => {
    const source = await registry({ content: { 'a:1': multiPlatform() } });
    const target = await destination({ quirks: { blobUnknownTimes: 2 } });
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(summary.bytes.reused).toBe(0);
  });

  test('that goes on fails the image and leaves no tag', async () => {
    const source = await registry({ content: { 'a:1': image() } });
    const target = await destination({ quirks: { blobUnknownTimes: 1000 } });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'missing-content', side: 'destination' });
    expect(target.requestCount('PUT', /\/manifests\//)).toBe(3);
    expect(tagOf(target, 'a', '1')).toBeUndefined();
  });
});

describe('one that fails stops no other', () => {
  test('destination: refused, full, or gone', async () => {
    const content = image({ layers: [3_000_000, 500_000] });
    const source = await registry({ content: { 'a:1': content } });
    const good = await destination();
    const full = await destination({ quirks: { diskFull: true } });
    const quota = await destination({ quirks: { quotaBytes: 1000 } });
    const gone = await registry();
    await gone.close();
    const hosts = [full, gone, good, quota].map(({ host }) => `${host}/a:1`);
    const summary = await copy([request(`${source.host}/a:1`, ...hosts)], {}, engine({ retries: 1 }));
    expect(outcomes(summary)).toEqual(['failed', 'failed', 'copied', 'failed']);
    expect(summary.results.map((result) => result.failure?.kind)).toEqual(['full', 'unreachable', undefined, 'full']);
    expect(summary).toMatchObject({ ok: false, images: { total: 4, copied: 1, failed: 3 } });
    expect(full.state.sessions.size + quota.state.sessions.size).toBe(0);
    expect(tagOf(good, 'a', '1')).toBe(content.digest);
  });

  test('destination that breaks in the middle of a large blob', async () => {
    const content = image({ layers: [9_000_000] });
    const source = await registry({ content: { 'a:1': content } });
    const good = await destination();
    const bad = await destination({ quirks: { locationRelative: true } });
    const line = await proxy(bad.host);
    line.addRule({
      direction: 'request',
      method: 'PUT',
      path: /uploads/,
      action: { kind: 'reset', atByte: 6_000_000 },
    });
    line.addRule({ direction: 'request', method: 'PATCH', action: { kind: 'reset', atByte: 100 } });
    const using = engine({ retries: 1 });
    const summary = await copy([request(`${source.host}/a:1`, `${line.host}/a:1`, `${good.host}/a:1`)], {}, using);
    expect(outcomes(summary)).toEqual(['failed', 'copied']);
    expect(summary.results[0]?.failure).toMatchObject({ kind: 'unreachable', side: 'destination' });
  });

  test('destination whose line breaks once: it is sent again alone, and the other does not wait', async () => {
    const content = image({ layers: [9_000_000] });
    const source = await registry({ content: { 'a:1': content } });
    const good = await destination();
    const shaky = await destination({ quirks: { locationRelative: true } });
    const line = await proxy(shaky.host);
    const action = { kind: 'reset', atByte: 6_000_000 } as const;
    const struck = line.addRule({ direction: 'request', method: 'PUT', path: /uploads/, nth: 2, action });
    const summary = await well(copy([request(`${source.host}/a:1`, `${line.host}/a:1`, `${good.host}/a:1`)]));
    expect(struck()).toBe(1);
    expect(good.requestCount('PUT', /uploads/)).toBe(2);
    expect(summary.bytes.sent).toBeGreaterThan(2 * 9_000_000);
  });

  test('image: a blob gone at the source names its layer, and the other images arrive (F-21)', async () => {
    const [broken, whole] = [image({ seed: 'broken' }), image({ seed: 'whole' })];
    const content = { 'a:broken': broken, 'a:whole': whole };
    const source = await registry({ content, quirks: { blobsMissing: [layerOf(broken)] } });
    const target = await destination();
    const summary = await copy(
      ['broken', 'whole', 'absent'].map((tag) => request(`${source.host}/a:${tag}`, `${target.host}/a:${tag}`)),
    );
    expect(outcomes(summary)).toEqual(['failed', 'copied', 'failed']);
    expect(summary.results[0]?.failure).toMatchObject({
      kind: 'missing-content',
      side: 'source',
      subject: layerOf(broken),
    });
    expect(summary.results[2]?.failure).toMatchObject({ kind: 'not-found', side: 'source' });
    expect([...(target.state.repositories.get('a')?.tags.keys() ?? [])]).toEqual(['whole']);
  });

  test('source: a blob that one lacks is taken from the other', async () => {
    const content = image({ layers: [50_000] });
    const poor = await registry({ content: { 'a:1': content }, quirks: { blobsMissing: [layerOf(content)] } });
    const rich = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const summary = await copy([
      request(`${poor.host}/a:1`, `${target.host}/a:poor`),
      request(`${rich.host}/a:1`, `${target.host}/a:rich`),
    ]);
    expect(summary.results[1]?.outcome).toBe('copied');
  });
});

describe('a source', () => {
  test('whose line breaks goes on where it broke', async () => {
    const content = image({ layers: [5_000_000] });
    const source = await registry({ content: { 'a:1': content }, quirks: { resetAt: 2_000_000 } });
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(summary.bytes.received).toBe(blobsOf(content).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    expect(target.requestCount('PUT', /uploads/)).toBe(2);
  });

  test('that sends a wrong byte once is read once more, and nothing wrong arrives (F-09)', async () => {
    const content = image({ layers: [2_000_000] });
    const quirks = { corruptAt: 1_500_000, blobFaultTimes: 1 };
    const source = await registry({ content: { 'a:1': content }, quirks });
    const target = await destination();
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(blobReads(source, layerOf(content))).toBe(2);
    expect(target.state.sessions.size).toBe(0);
  });

  test('that sends a wrong byte every time fails the image for all destinations', async () => {
    const content = image({ layers: [2_000_000] });
    const source = await registry({ content: { 'a:1': content }, quirks: { corruptAt: 1_500_000 } });
    const targets = [await destination(), await destination()];
    const summary = await copy([request(`${source.host}/a:1`, ...targets.map(({ host }) => `${host}/a:1`))]);
    expect(outcomes(summary)).toEqual(['failed', 'failed']);
    for (const { failure } of summary.results)
      expect(failure).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
    expect(blobReads(source, layerOf(content))).toBe(2);
    for (const target of targets) {
      expect(target.state.blobs.has(layerOf(content))).toBe(false);
      expect(target.state.sessions.size).toBe(0);
    }
  });

  test('that cuts every blob short without saying so is given up after its retries', async () => {
    const content = image({ layers: [200_000] });
    const quirks = { truncateUnlengthedAt: 100, rangeIgnored: true } as const;
    const source = await registry({ content: { 'a:1': content }, quirks });
    const target = await destination();
    const using = engine({ retries: 2 });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], {}, using));
    expect(result.failure).toMatchObject({ kind: 'integrity', side: 'source' });
    expect(blobReads(source, layerOf(content))).toBeLessThan(12);
  });

  test('that never answers again ends in one failure after the patience for it', async () => {
    const source = await registry({ content: { 'a:1': image({ layers: [3_000_000] }) }, quirks: { stallAt: 1000 } });
    const target = await destination();
    const using = engine({ retries: 1, limits: { idleMs: 80 } });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], {}, using));
    expect(result.failure).toMatchObject({ kind: 'timeout', side: 'source' });
    expect(target.state.sessions.size).toBe(0);
  });
});

describe('what observers hear', () => {
  test('each image is queued once and ends once, whatever happens', async () => {
    const source = await registry({ content: { 'a:1': image(), 'a:2': image({ seed: '2' }) } });
    const target = await destination();
    const queued: string[] = [];
    const ended: string[] = [];
    const phases = new Map<string, ImagePhase[]>();
    const tags = ['1', '2', 'absent', '1'];
    const summary = await copy(
      tags.map((tag, at) => request(`${source.host}/a:${tag}`, `${target.host}/a:${tag}-${at}`)),
      {},
      engine(),
      new AbortController().signal,
      {
        queued: ({ destination: name }) => queued.push(name),
        changed: ({ destination: name, phase }) => phases.set(name, [...(phases.get(name) ?? []), phase]),
        ended: (result, progress) => {
          ended.push(result.destination);
          expect(progress.phase).toBe(result.outcome);
        },
      },
    );
    const names = tags.map((tag, at) => `${target.host}/a:${tag}-${at}`);
    expect(queued).toEqual(names);
    expect(ended.toSorted()).toEqual(names.toSorted());
    expect(summary.results.map((result) => result.destination)).toEqual(names);
    expect(phases.get(names[0] ?? '')).toEqual(['resolving', 'copying', 'publishing', 'copied']);
    expect(phases.get(names[2] ?? '')).toEqual(['resolving', 'failed']);
  });

  test('a destination that failed is told of before the others are done', async () => {
    const source = await registry({ content: { 'a:1': image({ layers: [400_000] }) } });
    const slow = await destination({ quirks: { delayMs: 30 } });
    const bad = await destination({ quirks: { diskFull: true } });
    const ended: string[] = [];
    await copy(
      [request(`${source.host}/a:1`, `${slow.host}/a:1`, `${bad.host}/a:1`)],
      {},
      engine(),
      new AbortController().signal,
      { ended: (result) => ended.push(result.outcome) },
    );
    expect(ended).toEqual(['failed', 'copied']);
  });

  test('the counters of requests are what the registries counted', async () => {
    const content = index([image({ layers: [2_000_000] }), image({ seed: 'b' })]);
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination({ quirks: { mountAnswers: 202 } });
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`, `${target.host}/b:1`)]));
    expect(summary.requests).toEqual({ source: source.requestCount(), destination: target.requestCount(), token: 0 });
    expect(closureOf(content)).toHaveLength(3);
  });
});
