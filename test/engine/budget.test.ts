import { describe, expect, test } from 'vitest';
import { signature } from '../fakes/artifacts.ts';
import { image } from '../fakes/images.ts';
import type { QuirkRegistry } from '../fakes/quirk-registry/server.ts';
import { copy, destination, outcomes, registerEnds, registry, request, well } from './harness.ts';

registerEnds();

const tags = Array.from({ length: 50 }, (_, at) => `v${at}`);

/** A list whose length is a multiple of fifty might be cut there and is asked on; so there is one tag more. */
function fifty(source: QuirkRegistry, target: QuirkRegistry): void {
  source.seed('team/app', 'one-more', image());
  for (const tag of tags) {
    source.seed('team/app', tag, image({ seed: tag }));
    target.seed('mirror/app', tag, image({ seed: tag }));
  }
}

function all(source: QuirkRegistry, target: QuirkRegistry) {
  return tags.map((tag) => request(`${source.host}/team/app:${tag}`, `${target.host}/mirror/app:${tag}`));
}

describe('what is up to date costs', () => {
  test('one HEAD a tag at both ends, one tag list and one probe for referrers', async () => {
    const source = await registry({ quirks: { referrersMissing: true } });
    const target = await destination();
    fifty(source, target);
    const summary = await well(copy(all(source, target), { concurrency: 16 }));
    expect(new Set(outcomes(summary))).toEqual(new Set(['unchanged']));
    expect(source.requestCount('HEAD', /\/manifests\/v\d+$/)).toBe(50);
    expect(source.requestCount('GET', /\/tags\/list/)).toBe(1);
    expect(source.requestCount('GET', /\/referrers\//)).toBe(1);
    expect(source.requestCount()).toBe(52);
    expect(target.requestCount('HEAD')).toBe(50);
    expect(target.requestCount()).toBe(50);
    expect(summary.requests).toEqual({ source: 52, destination: 50, token: 0 });
    expect(summary.bytes).toEqual({ received: 0, sent: 0, reused: 0 });
  });

  test('one request more an image where the host lists referrers', async () => {
    const source = await registry();
    const target = await destination();
    fifty(source, target);
    await well(copy(all(source, target)));
    expect(source.requestCount()).toBe(101);
    expect(target.requestCount()).toBe(50);
  });

  test('one HEAD a tag at both ends and nothing else without referrers', async () => {
    const source = await registry();
    const target = await destination();
    fifty(source, target);
    await well(copy(all(source, target), { withReferrers: false }));
    expect(source.requestCount()).toBe(50);
    expect(target.requestCount()).toBe(50);
  });

  test('a HEAD more for each signature that is there', async () => {
    const source = await registry({ quirks: { referrersMissing: true } });
    const target = await destination({ quirks: { referrersMissing: true } });
    const content = image();
    source.seed('a', '1', content);
    const signed = [request(`${source.host}/a:1`, `${target.host}/a:1`)];
    seedSigned(source, content);
    await well(copy(signed));
    const before = target.requestCount();
    const summary = await well(copy(signed));
    expect(outcomes(summary)).toEqual(['unchanged']);
    expect(target.requestCount() - before).toBe(2);
  });
});

function seedSigned(source: QuirkRegistry, content: ReturnType<typeof image>): void {
  const signed = signature(content);
  source.seed('a', undefined, signed);
  const entry = { mediaType: signed.mediaType, digest: signed.digest, size: signed.sizeBytes };
  const list = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [entry] };
  const tag = content.digest.replace(':', '-');
  source.seedManifest('a', tag, Buffer.from(JSON.stringify(list)), list.mediaType);
}

describe('a second run', () => {
  test('moves no byte and asks each tag once', async () => {
    const source = await registry();
    const target = await destination();
    for (const tag of tags) source.seed('team/app', tag, image({ seed: tag, layers: [100, 200] }));
    const requests = all(source, target);
    await well(copy(requests));
    const before = target.requestCount();
    const summary = await well(copy(requests));
    expect(summary.images).toMatchObject({ unchanged: 50, copied: 0 });
    expect(summary.bytes).toEqual({ received: 0, sent: 0, reused: 0 });
    expect(target.requestCount() - before).toBe(50);
  });

  test('publishes again and sends again when it is forced', async () => {
    const content = image({ layers: [5000] });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination({ content: { 'a:1': content } });
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { isForced: true }));
    expect(summary.images.copied).toBe(1);
    expect(summary.blobs).toEqual({ sent: 2, mounted: 0, present: 0 });
    expect(target.requestCount('PUT', /\/manifests\/1$/)).toBe(1);
  });
});
