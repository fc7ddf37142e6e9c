import { describe, expect, test } from 'vitest';
import { artifact, attestation, cosignSignature, multiPlatform, sbom, signature } from '../fakes/artifacts.ts';
import { blob, descriptorOf, image, index, type SampleManifest, types } from '../fakes/images.ts';
import { jsonOf } from '../fakes/listening.ts';
import type { QuirkRegistry } from '../fakes/quirk-registry/server.ts';
import { copy, destination, only, proxy, registerEnds, registry, request, tagOf, well } from './harness.ts';

registerEnds();

const fallbackTag = (of: SampleManifest): string => of.digest.replace(':', '-');

function seedFallback(at: QuirkRegistry, repository: string, of: SampleManifest, entries: readonly object[]): void {
  const list = { schemaVersion: 2, mediaType: types.ociIndex, manifests: entries };
  at.seedManifest(repository, fallbackTag(of), Buffer.from(JSON.stringify(list)), types.ociIndex);
}

function manifestAt(at: QuirkRegistry, repository: string, tag: string): { manifests: { digest: string }[] } {
  const digest = tagOf(at, repository, tag) ?? '';
  return jsonOf(at.state.repositories.get(repository)?.manifests.get(digest)?.bytes ?? Buffer.from('{}'));
}

function holds(at: QuirkRegistry, repository: string, of: SampleManifest): boolean {
  return at.state.repositories.get(repository)?.manifests.has(of.digest) === true;
}

describe('signatures travel along', () => {
  test('from the referrers API to the referrers API', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    const [signed, bill] = [signature(content), sbom(content)];
    source.seed('a', undefined, signed);
    source.seed('a', undefined, bill);
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/b:1`)]));
    expect(only(summary).referrers).toBe(2);
    expect(holds(target, 'b', signed) && holds(target, 'b', bill)).toBe(true);
    expect(tagOf(target, 'b', fallbackTag(content))).toBeUndefined();
  });

  test('from a fallback tag to a fallback tag, which keeps what others put there', async () => {
    const content = image();
    const signed = signature(content);
    const source = await registry({ quirks: { referrersMissing: true }, content: { 'a:1': content } });
    source.seed('a', undefined, signed);
    seedFallback(source, 'a', content, [descriptorOf(signed)]);
    const target = await destination({ quirks: { referrersMissing: true } });
    const others = sbom(content, 'of others');
    target.seed('b', undefined, content);
    target.seed('b', undefined, others);
    seedFallback(target, 'b', content, [{ ...descriptorOf(others), 'x-unknown': { kept: true } }]);
    await well(copy([request(`${source.host}/a:1`, `${target.host}/b:1`)]));
    const list = manifestAt(target, 'b', fallbackTag(content));
    expect(list.manifests.map((entry) => entry.digest)).toEqual([others.digest, signed.digest]);
    expect(list.manifests[0]).toMatchObject({ 'x-unknown': { kept: true } });
    expect(list.manifests[1]).toMatchObject({
      artifactType: 'application/vnd.cncf.notary.signature',
      annotations: { 'io.cncf.notary.x509chain': 'signature' },
    });
  });

  test('twenty of them at once, all of which end up in the fallback tag', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    for (let at = 0; at < 20; at++) source.seed('a', undefined, sbom(content, `bill-${at}`));
    const target = await destination({ quirks: { referrersMissing: true } });
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(only(summary).referrers).toBe(20);
    expect(manifestAt(target, 'a', fallbackTag(content)).manifests).toHaveLength(20);
  });

  test('of child manifests too, and what refers to referrers', async () => {
    const content = multiPlatform();
    const [child] = content.children;
    if (child === undefined) throw new Error('the sample has children');
    const bill = sbom(child);
    const signedBill = signature(bill);
    const source = await registry({ content: { 'a:1': content } });
    source.seed('a', undefined, bill);
    source.seed('a', undefined, signedBill);
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(only(summary).referrers).toBe(2);
    expect(holds(target, 'a', bill) && holds(target, 'a', signedBill)).toBe(true);
  });

  test('under the tags of cosign', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    const parts = ['sig', 'att', 'sbom'].map((suffix) => cosignSignature(content, suffix));
    for (const { tag, content: of } of parts) source.seed('a', tag, of);
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(only(summary).referrers).toBe(3);
    for (const { tag, content: of } of parts) expect(tagOf(target, 'a', tag)).toBe(of.digest);
  });

  test('after the image: its subject is there before anything that refers to it', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    source.seed('a', undefined, signature(content));
    const target = await destination({ quirks: { absentSubjectRefused: true } });
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
  });

  test('to two destinations by one read of the source', async () => {
    const content = image();
    const bill = artifact({ artifactType: 'a/b', blobs: [blob(200_000, 'bill')], subject: content });
    const source = await registry({ content: { 'a:1': content } });
    source.seed('a', undefined, bill);
    const targets = [await destination(), await destination()];
    await well(copy([request(`${source.host}/a:1`, ...targets.map((target) => `${target.host}/a:1`))]));
    expect(source.requestCount('GET', new RegExp(`/blobs/${bill.blobs[1]?.digest}`))).toBe(1);
    for (const target of targets) expect(holds(target, 'a', bill)).toBe(true);
  });

  test('later, when only they are new: the image then counts as copied', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination({ content: { 'a:1': content } });
    source.seed('a', undefined, signature(content));
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(only(summary)).toMatchObject({ outcome: 'copied', referrers: 1 });
  });

  test('not when they are not wanted', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    source.seed('a', undefined, signature(content));
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { withReferrers: false }));
    expect(only(summary).referrers).toBe(0);
    expect(source.requestCount('GET', /referrers|tags/)).toBe(0);
  });
});

describe('a list of referrers', () => {
  test('that names something gone does not fail the image, and that is said', async () => {
    const content = image();
    const source = await registry({ quirks: { referrersMissing: true }, content: { 'a:1': content } });
    seedFallback(source, 'a', content, [descriptorOf(signature(content))]);
    const target = await destination();
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)])));
    expect(result.notices.map((notice) => notice.kind)).toEqual(['referrers-unknown']);
    expect(result.referrers).toBe(0);
  });

  test('that may not be read does not fail the image, and that is said', async () => {
    const content = image();
    const upstream = await registry({ content: { 'a:1': content } });
    const source = await proxy(upstream.host);
    source.addRule({ direction: 'request', path: /referrers/, action: { kind: 'answer', status: 403 } });
    const target = await destination();
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)])));
    expect(result.notices.map((notice) => notice.kind)).toEqual(['referrers-unknown']);
  });

  test('with a cycle through a subject ends', async () => {
    const content = image();
    const source = await registry({ quirks: { referrersMissing: true }, content: { 'a:1': content } });
    const bill = sbom(content);
    source.seed('a', undefined, bill);
    // each list names the other: only lists can do that, digests cannot
    seedFallback(source, 'a', content, [descriptorOf(bill)]);
    seedFallback(source, 'a', bill, [descriptorOf(content), descriptorOf(bill)]);
    const target = await destination();
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)])));
    expect(result.referrers).toBe(1);
  });

  test('is kept for a copied artifact that has a subject itself', async () => {
    const content = image();
    const bill = sbom(content);
    const source = await registry({ content: { 'a:bill': bill } });
    const target = await destination({ quirks: { referrersMissing: true }, content: { 'a:1': content } });
    await well(copy([request(`${source.host}/a:bill`, `${target.host}/a:bill`)]));
    expect(manifestAt(target, 'a', fallbackTag(content)).manifests.map((entry) => entry.digest)).toEqual([bill.digest]);
  });

  test('is kept for attestations with a subject inside an index', async () => {
    const child = image();
    const entry = attestation(child, 'artifact');
    const content = index([entry, child]);
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination({ quirks: { referrersMissing: true, absentSubjectRefused: true } });
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(manifestAt(target, 'a', fallbackTag(child)).manifests).toHaveLength(1);
  });

  test('whose tag holds an image is not overwritten', async () => {
    const content = image();
    const source = await registry({ content: { 'a:1': content } });
    source.seed('a', undefined, signature(content));
    const target = await destination({
      quirks: { referrersMissing: true },
      content: { [`a:${fallbackTag(content)}`]: image({ seed: 'something else' }) },
    });
    const before = tagOf(target, 'a', fallbackTag(content));
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'conflict', side: 'destination' });
    expect(tagOf(target, 'a', fallbackTag(content))).toBe(before);
  });
});
