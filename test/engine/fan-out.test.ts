import { describe, expect, test } from 'vitest';
import { blobsOf, image, index, arm64 } from '../fakes/images.ts';
import { multiPlatform } from '../fakes/artifacts.ts';
import { blobReads, copy, destination, engine, only, registerEnds, registry, request, tagOf, well } from './harness.ts';

registerEnds();

describe('one read of the source', () => {
  test('feeds every destination', async () => {
    const content = multiPlatform({ layerBytes: 300_000 });
    const source = await registry({ content: { 'team/app:1': content } });
    const targets = await Promise.all([destination(), destination(), destination()]);
    const summary = await well(
      copy([request(`${source.host}/team/app:1`, ...targets.map((target) => `${target.host}/mirror/app:1`))]),
    );
    for (const target of targets) expect(tagOf(target, 'mirror/app', '1')).toBe(content.digest);
    for (const blob of blobsOf(content)) expect(blobReads(source, blob.digest), blob.digest).toBe(1);
    const size = blobsOf(content).reduce((sum, blob) => sum + blob.sizeBytes, 0);
    expect(summary.bytes).toEqual({ received: size, sent: 3 * size, reused: 0 });
    expect(summary.blobs).toEqual({ sent: 3 * blobsOf(content).length, mounted: 0, present: 0 });
    expect(summary.images).toMatchObject({ total: 3, copied: 3 });
  });

  test('feeds them also when the blob is larger than the window and one of them is slow', async () => {
    const content = image({ layers: [9_000_000] });
    const source = await registry({ content: { 'a:1': content } });
    const fast = await destination();
    const slow = await destination({ quirks: { delayMs: 60 } });
    const summary = await well(copy([request(`${source.host}/a:1`, `${fast.host}/a:1`, `${slow.host}/a:1`)]));
    for (const blob of blobsOf(content)) expect(blobReads(source, blob.digest)).toBe(1);
    expect(summary.bytes.sent).toBe(2 * summary.bytes.received);
  });

  test('feeds two repositories of one host, which take the blob from each other', async () => {
    const content = image({ layers: [200_000, 10] });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/x:1`, `${target.host}/y:1`)]));
    expect(summary.blobs).toEqual({ sent: 3, mounted: 3, present: 0 });
    for (const blob of blobsOf(content)) expect(blobReads(source, blob.digest)).toBe(1);
    expect(target.requestCount('PUT', /\/blobs\//)).toBe(3);
  });

  test('serves two tags of one repository with one delivery', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/x:1`, `${target.host}/x:2`)]));
    expect(summary.blobs).toEqual({ sent: 2, mounted: 0, present: 0 });
    expect(summary.images.copied).toBe(2);
    expect(tagOf(target, 'x', '2')).toBe(content.digest);
  });
});

describe('a digest', () => {
  test('is sent once a host and mounted in its other repositories', async () => {
    const base = image({ layers: [400_000] });
    const source = await registry();
    const target = await destination();
    const names = Array.from({ length: 12 }, (_, at) => `team/app-${at}`);
    for (const name of names) source.seed(name, '1', base);
    const summary = await well(
      copy(names.map((name) => request(`${source.host}/${name}:1`, `${target.host}/${name}:1`))),
    );
    expect(summary.blobs).toEqual({ sent: 2, mounted: 22, present: 0 });
    expect(target.requestCount('PUT', /\/blobs\//)).toBe(2);
    expect(source.requestCount('GET', /\/blobs\//)).toBe(2);
  });

  test('is sent to each repository of a host that does not mount, into the session that the mount opened', async () => {
    const content = image({ layers: [50_000] });
    const source = await registry();
    const target = await destination({ quirks: { mountAnswers: 202 } });
    const names = ['a', 'b', 'c'];
    for (const name of names) source.seed(name, '1', content);
    const summary = await well(
      copy(
        names.map((name) => request(`${source.host}/${name}:1`, `${target.host}/${name}:1`)),
        { concurrency: 1 },
      ),
    );
    expect(summary.blobs).toEqual({ sent: 6, mounted: 0, present: 0 });
    // one POST a blob and repository: the mount's own answer is used
    expect(target.requestCount('POST', /uploads/)).toBe(6);
    expect(target.state.sessions.size).toBe(0);
  });

  test.each([400, 401, 403, 404, 405] as const)('is sent when a mount is answered with %i', async (status) => {
    const content = image();
    const source = await registry();
    const target = await destination({ quirks: { mountAnswers: status } });
    for (const name of ['a', 'b']) source.seed(name, '1', content);
    const summary = await well(
      copy(
        ['a', 'b'].map((name) => request(`${source.host}/${name}:1`, `${target.host}/${name}:1`)),
        { concurrency: 1 },
      ),
    );
    expect(summary.blobs.sent).toBe(4);
  });

  test('that a lying mount did not bring is sent', async () => {
    const content = image();
    const source = await registry();
    const target = await destination({ quirks: { mountLies: true } });
    for (const name of ['a', 'b']) source.seed(name, '1', content);
    await well(
      copy(
        ['a', 'b'].map((name) => request(`${source.host}/${name}:1`, `${target.host}/${name}:1`)),
        { concurrency: 1 },
      ),
    );
  });
});

describe('both ends on one host', () => {
  test('mounts from the source repository and moves no byte', async () => {
    const content = index([image({ layers: [700_000, 2_000_000] }), image({ platform: arm64, seed: 'arm' })]);
    const host = await destination({ content: { 'dev/app:1': content } });
    const summary = await well(copy([request(`${host.host}/dev/app:1`, `${host.host}/prod/app:1`)]));
    expect(summary.bytes).toMatchObject({ received: 0, sent: 0 });
    expect(summary.blobs).toEqual({ sent: 0, mounted: blobsOf(content).length, present: 0 });
    expect(tagOf(host, 'prod/app', '1')).toBe(content.digest);
  });

  test('gives a new tag in the same repository without sending or mounting', async () => {
    const content = image();
    const host = await destination({ content: { 'app:1': content } });
    const summary = await well(copy([request(`${host.host}/app:1`, `${host.host}/app:2`)]));
    expect(only(summary).blobs).toEqual({ sent: 0, mounted: 0, present: 2 });
    expect(tagOf(host, 'app', '2')).toBe(content.digest);
  });

  test('neither waits for itself with one stream a host where nothing can be mounted', async () => {
    const content = image({ layers: [3_000_000, 2_000_000, 1_500_000] });
    const host = await destination({ content: { 'dev/app:1': content }, quirks: { mountAnswers: 405 } });
    const using = engine({ streamsPerHost: 1 });
    await well(copy([request(`${host.host}/dev/app:1`, `${host.host}/x/app:1`, `${host.host}/y/app:1`)], {}, using));
  });
});

test('200 images that share layers arrive, each blob read once, sixteen at a time', async () => {
  const base = [40_000, 50_000].map((size, at) => image({ layers: [size], seed: `base-${at}` }).blobs[1]);
  const shared = base.flatMap((layer) => layer ?? []);
  const source = await registry();
  const target = await destination();
  const requests = Array.from({ length: 200 }, (_, at) => {
    source.seed(`team/app-${at % 20}`, `v${at}`, image({ layers: [...shared, 900], seed: `own-${at}` }));
    return request(`${source.host}/team/app-${at % 20}:v${at}`, `${target.host}/mirror/app-${at % 20}:v${at}`);
  });
  const summary = await well(copy(requests, { concurrency: 16, withReferrers: false }));
  expect(summary.images).toMatchObject({ total: 200, copied: 200 });
  // 200 configs, 200 own layers, the two shared ones once; the shared ones mounted in 19 more repositories
  expect(summary.blobs).toMatchObject({ sent: 402, mounted: 38 });
  expect(source.requestCount('GET', /\/blobs\//)).toBe(402);
});
