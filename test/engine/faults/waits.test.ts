import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../fakes/clock.ts';
import { image } from '../../fakes/images.ts';
import { startRawRegistry } from '../../fakes/raw-registry.ts';
import { rawAnswer, rawAnswers } from '../../fakes/raw-answers.ts';
import { copyPairs, onlyResult, openScene, quickEngine, quickLimits } from '../quirks/scene.ts';
import { openLine } from './line.ts';

const limits = { ...quickLimits, headersMs: 300, idleMs: 300 };
const tiny = image({ seed: 'waits', layers: [2000] });

describe('F-19 a host that asks for a pause', () => {
  test.each([429, 503])('%i with seconds: everybody waits, exactly so long, and it is told', async (status) => {
    const clock = new FakeClock();
    const pauses: number[] = [];
    const { scene, line } = await openLine('source', [], {
      content: tiny,
      engine: { clock, onPause: (_host, delayMs) => pauses.push(delayMs) },
    });
    scene.source.seed('team/app', '2', image({ seed: 'second' }));
    line.addRule({
      path: /manifests\/1$/,
      direction: 'request',
      action: { kind: 'answer', status, headers: { 'retry-after': '120' } },
      times: 1,
    });
    const pair = (tag: string) => [`${line.host}/team/app:${tag}`, `${scene.target.host}/mirror/app:${tag}`] as const;
    const first = copyPairs(scene.engine, [pair('1')]);
    await clock.whenSleeping(1);
    const second = copyPairs(scene.engine, [pair('2')]);
    await clock.whenSleeping(2);
    expect(pauses).toEqual([120_000]);
    await clock.advance(119_999);
    expect(line.exchanges).toHaveLength(1);
    await clock.advance(1);
    expect([onlyResult(await first).outcome, onlyResult(await second).outcome]).toEqual(['copied', 'copied']);
    await scene.assertWhole();
  });

  test('ten years are fifteen minutes', async () => {
    const clock = new FakeClock();
    const { line, copy } = await openLine('source', [], { content: tiny, engine: { clock } });
    line.addRule({
      direction: 'request',
      action: { kind: 'answer', status: 429, headers: { 'retry-after': '315360000' } },
      times: 1,
    });
    const copying = copy();
    await clock.whenSleeping(1);
    expect(clock.sleptMs).toEqual([900_000]);
    await clock.advance(900_000);
    expect(onlyResult(await copying).outcome).toBe('copied');
  });

  test('a cancel ends the pause', async () => {
    const clock = new FakeClock();
    const { line, copy } = await openLine('source', [], { content: tiny, engine: { clock } });
    line.addRule({
      direction: 'request',
      action: { kind: 'answer', status: 429, headers: { 'retry-after': '600' } },
    });
    const controller = new AbortController();
    const copying = copy(controller.signal);
    await clock.whenSleeping(1);
    controller.abort();
    expect(onlyResult(await copying).outcome).toBe('cancelled');
    expect(clock.sleepers).toBe(0);
  });
});

describe('F-11 a host that is gone', () => {
  test('one that never answered fails soon, and says why', async () => {
    const scene = await openScene({ content: tiny });
    const summary = await copyPairs(scene.engine, [['127.0.0.1:1/team/app:1', `${scene.target.host}/a/b:1`]]);
    expect(onlyResult(summary).failure).toMatchObject({ kind: 'unreachable', side: 'source' });
    expect(onlyResult(summary).failure?.message).toContain('connection refused');
  });

  test('one that answered before is waited for', async () => {
    const { line, copy, scene } = await openLine('source', [], { content: tiny, engine: { waitMs: 20_000 } });
    expect(onlyResult(await copy()).outcome).toBe('copied');
    await line.close();
    scene.source.seed('team/app', '2', image({ seed: 'later' }));
    const controller = new AbortController();
    const copying = copyPairs(
      scene.engine,
      [[`${line.host}/team/app:2`, `${scene.target.host}/mirror/app:2`]],
      controller.signal,
    );
    setTimeout(() => controller.abort(), 300);
    expect(onlyResult(await copying).outcome).toBe('cancelled');
  });
});

describe('F-08 answers that no HTTP module sends', () => {
  test.each(Object.entries(rawAnswers))('%s: one clean error, few requests, no crash', async (_name, steps) => {
    const raw = await startRawRegistry(() => steps);
    onTestFinished(() => raw.close());
    const scene = await openScene({ content: tiny });
    const engine = quickEngine({
      limits,
      hosts: new Map([raw.host, scene.target.host].map((host) => [host, { plainHttp: true }])),
    });
    const { outcome, failure } = onlyResult(
      await copyPairs(engine, [[`${raw.host}/team/app:1`, `${scene.target.host}/mirror/app:1`]]),
    );
    expect(outcome).toBe('failed');
    expect(failure).toMatchObject({ side: 'source' });
    expect(failure?.message).not.toContain('internal');
    expect(failure?.kind, failure?.message).toMatch(/protocol|unreachable|timeout|integrity|invalid/);
    expect(raw.records.length).toBeLessThan(14);
    expect(scene.target.state.blobs.size).toBe(0);
  });

  test('a smuggled second answer is not taken for that of the next request', async () => {
    const manifest = tiny.raw.toString('latin1');
    const headers = { 'Content-Type': tiny.mediaType, 'Docker-Content-Digest': tiny.digest };
    const raw = await startRawRegistry((request) =>
      request.method === 'HEAD'
        ? [rawAnswer(404, {}), rawAnswer(200, { ...headers, 'Content-Length': String(manifest.length) }, manifest)]
        : [rawAnswer(404, {}, 'no')],
    );
    onTestFinished(() => raw.close());
    const scene = await openScene();
    const engine = quickEngine({
      limits,
      hosts: new Map([raw.host, scene.target.host].map((host) => [host, { plainHttp: true }])),
    });
    const pairs = [1, 2].map((tag) => [`${raw.host}/a:${tag}`, `${scene.target.host}/b:${tag}`] as const);
    const summary = await copyPairs(engine, pairs);
    expect(summary.images.failed).toBe(2);
  });
});
