import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { HttpClient } from '../../../../electron/engine/http/client.ts';
import { Hosts } from '../../../../electron/engine/http/hosts.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import type { Authorizer } from '../../../../electron/engine/ports/authorizer.ts';
import { Repository } from '../../../../electron/engine/registry/repository.ts';
import { image, types } from '../../../fakes/images.ts';
import { startRawRegistry, type RawScript } from '../../../fakes/raw-registry.ts';
import { rawAnswer } from '../../../fakes/raw-answers.ts';
import { errorOf } from '../../error-of.ts';

const limits = { connectMs: 1000, tlsMs: 1000, headersMs: 500, closingMs: 500, idleMs: 500, tokenMs: 500 };
const open = (): AbortSignal => new AbortController().signal;
const sample = image({ seed: 'manifest' });
const body = sample.raw.toString('latin1');
const digest = parseDigest(sample.digest);
const name = { digest, size: sample.sizeBytes, mediaType: sample.mediaType };
const right = { 'Content-Type': sample.mediaType, 'Docker-Content-Digest': sample.digest };

const anonymous: Authorizer = {
  authorization: () => Promise.resolve(undefined),
  challenged: () => Promise.resolve(),
  lacking: () => Promise.resolve(undefined),
  settled: () => undefined,
};

async function repository(script: RawScript): Promise<{ place: Repository; asked: () => string[] }> {
  const raw = await startRawRegistry(script);
  const settings = new Map([[raw.host, { plainHttp: true }]]);
  const hosts = new Hosts({ clock: systemClock, random: () => 0, limits, streamsPerHost: 2, proxy: {}, settings });
  onTestFinished(async () => {
    await hosts.close();
    await raw.close();
  });
  const client = new HttpClient({ clock: systemClock, limits, retries: 1, waitMs: 100 });
  const context = { client, authorizer: anonymous, host: hosts.get(raw.host), path: 'a/b', meter: new Meter(), limits };
  return { place: new Repository({ ...context, side: 'source' }), asked: () => raw.records.map((one) => one.method) };
}

const head = (status: number, headers: Record<string, string>): string =>
  rawAnswer(status, { 'Content-Length': String(sample.sizeBytes), ...headers });
const whole = (headers: Record<string, string> = right): string => rawAnswer(200, headers, body);

describe('what a tag stands for', () => {
  test('is told by one HEAD', async () => {
    const { place, asked } = await repository(() => [head(200, right)]);
    expect(await place.resolve('1', open())).toEqual(name);
    expect(asked()).toEqual(['HEAD']);
  });

  test.each([
    ['has no digest', head(200, { 'Content-Type': sample.mediaType })],
    ['has a digest that is none', head(200, { ...right, 'Docker-Content-Digest': 'sha256:short' })],
    ['has no type', head(200, { 'Docker-Content-Digest': sample.digest })],
    ['has a type that says nothing', head(200, { ...right, 'Content-Type': 'application/json' })],
    ['has a length of nothing', head(200, { ...right, 'Content-Length': '0' })],
    ['is 405', rawAnswer(405, {})],
    ['is 403 without a word', rawAnswer(403, {})],
  ])('is asked by GET where HEAD %s', async (_what, answer) => {
    const { place, asked } = await repository((request) => [request.method === 'HEAD' ? answer : whole()]);
    expect(await place.resolve('1', open())).toEqual(name);
    expect(asked()).toEqual(['HEAD', 'GET']);
  });

  test('is nothing where it is 404, without another question', async () => {
    const { place, asked } = await repository(() => [rawAnswer(404, {})]);
    expect(await place.find('1', open())).toBeUndefined();
    expect(asked()).toEqual(['HEAD']);
    expect(await errorOf(place.resolve('1', open()))).toMatchObject({ kind: 'not-found', side: 'source' });
  });

  test('a HEAD of a digest that shows another one is not believed', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const { place } = await repository((request) => [
      request.method === 'HEAD' ? head(200, { ...right, 'Docker-Content-Digest': other }) : rawAnswer(404, {}),
    ]);
    expect(await place.hasManifest(name, open())).toBe(false);
  });
});

describe('the bytes', () => {
  test('are given as they came', async () => {
    const { place } = await repository(() => [whole()]);
    const { document, descriptor } = await place.manifest({ tag: '1' }, open());
    expect(Buffer.from(document.raw).equals(sample.raw)).toBe(true);
    expect(descriptor).toEqual(name);
  });

  test('all types are asked for', async () => {
    const accepted: string[] = [];
    const { place } = await repository((request) => {
      accepted.push(request.headers.find(([header]) => header.toLowerCase() === 'accept')?.[1] ?? '');
      return [whole()];
    });
    await place.manifest({ tag: '1' }, open());
    for (const type of [types.ociIndex, types.ociManifest, types.dockerList, types.dockerManifest])
      expect(accepted[0]).toContain(type);
  });

  test('that are others than asked for are fetched once more, and then refused with both digests', async () => {
    const { place, asked } = await repository(() => [
      rawAnswer(200, right, body.replace('"schemaVersion"', '"schemaVersioN"')),
    ]);
    const error = await errorOf(place.manifest(name, open()));
    expect(error).toMatchObject({ kind: 'integrity', side: 'source', op: 'manifest.get' });
    expect(error.message.match(/sha256:[0-9a-f]{64}/g)?.length).toBeGreaterThanOrEqual(2);
    expect(asked()).toEqual(['GET', 'GET']);
  });

  test('of a tag are checked against the header', async () => {
    const lying = { ...right, 'Docker-Content-Digest': `sha256:${'0'.repeat(64)}` };
    const { place } = await repository(() => [whole(lying)]);
    expect(await errorOf(place.manifest({ tag: '1' }, open()))).toMatchObject({ kind: 'integrity' });
  });

  test('of another size than described are refused', async () => {
    const { place } = await repository(() => [whole()]);
    expect(await errorOf(place.manifest({ ...name, size: 5 }, open()))).toMatchObject({ kind: 'integrity' });
  });

  test('of a web page are a proxy’s', async () => {
    const { place } = await repository(() => [
      rawAnswer(200, { 'Content-Type': 'text/html; charset=utf-8' }, '<html>'),
    ]);
    expect(await errorOf(place.manifest({ tag: '1' }, open()))).toMatchObject({ kind: 'protocol' });
  });

  test('that are no manifest are said to be none', async () => {
    for (const text of ['[]', '{}', 'null', '{"layers":[],"Layers":[]}', '{"manifests":[],"layers":[]}']) {
      const { place } = await repository(() => [rawAnswer(200, { 'Content-Type': 'application/json' }, text)]);
      expect((await errorOf(place.manifest({ tag: '1' }, open()))).kind).toMatch(/invalid|unsupported/);
    }
  });
});
