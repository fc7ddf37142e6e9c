import { describe as suite, expect, test } from 'vitest';
import { Planner } from '../../../../electron/engine/plan/planner.ts';
import { RelatedImages } from '../../../../electron/engine/plan/related.ts';
import { resolveRoot } from '../../../../electron/engine/plan/resolve.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { parsePlatform } from '../../../../electron/oci/platform.ts';
import { referrersTag } from '../../../../electron/oci/referrers.ts';
import { cosignSignature, multiPlatform, nestedIndex, sbom } from '../../../fakes/artifacts.ts';
import { arm64, descriptorOf, image, manifestOf, type SampleManifest, types } from '../../../fakes/images.ts';
import { errorOf } from '../../error-of.ts';
import { describe, failure, MemoryPlace } from '../places.ts';

const signal = new AbortController().signal;
const all = { platforms: [], attestations: 'keep' } as const;
const only = (...texts: string[]) => ({ platforms: texts.map(parsePlatform), attestations: 'keep' as const });

function holding(content: SampleManifest): MemoryPlace {
  const place = new MemoryPlace('source.test/a');
  place.hold(content, '1');
  return place;
}

suite('a reference', () => {
  test('by tag costs one small question when nothing can change its content', async () => {
    const source = holding(multiPlatform());
    const root = await resolveRoot(source, { tag: '1' }, all, 'digest', signal);
    expect(source.log).toEqual(['find 1']);
    expect(root).toMatchObject({ isRewritten: false, original: root.wanted });
  });

  test('by tag and digest goes by the digest', async () => {
    const content = image();
    const source = holding(content);
    source.hold(image({ seed: 'moved' }), '1');
    const root = await resolveRoot(source, { tag: '1', digest: parseDigest(content.digest) }, all, 'digest', signal);
    expect(root.wanted.digest).toBe(content.digest);
  });

  test('for one platform is that manifest, unchanged', async () => {
    const content = multiPlatform({ attestations: 'image' });
    const root = await resolveRoot(holding(content), { tag: '1' }, only('linux/arm64'), 'digest', signal);
    expect(root.wanted.digest).toBe(content.children.find(({ platform }) => platform === arm64)?.digest);
    expect(root).toMatchObject({ isRewritten: false, original: { digest: content.digest } });
  });

  test('for several is a document of ours, the same one every time', async () => {
    const content = multiPlatform();
    const wanted = only('linux/arm64', 'linux/amd64');
    const [first, second] = [
      await resolveRoot(holding(content), { tag: '1' }, wanted, 'digest', signal),
      await resolveRoot(holding(content), { tag: '1' }, wanted, 'digest', signal),
    ];
    expect(first.isRewritten).toBe(true);
    expect(first.wanted).toEqual(second.wanted);
    expect(first.wanted).toEqual(describe(first.manifest?.document.raw ?? Buffer.alloc(0), types.ociIndex));
  });

  test('for a platform only inside a nested index is found there', async () => {
    const root = await resolveRoot(holding(nestedIndex()), { tag: '1' }, only('linux/arm64'), 'digest', signal);
    expect(root.manifest?.document.kind).toBe('manifest');
  });

  test('for a platform that it does not have is not found', async () => {
    const error = await errorOf(
      resolveRoot(holding(multiPlatform()), { tag: '1' }, only('plan9/amd64'), 'digest', signal),
    );
    expect(error).toMatchObject({ kind: 'not-found', side: 'source', hint: 'platform-missing' });
    expect(error.message).toContain('plan9/amd64');
  });

  test('to a single image is checked by its config', async () => {
    const source = holding(image({ platform: arm64 }));
    expect((await resolveRoot(source, { tag: '1' }, only('linux/arm64'), 'digest', signal)).isRewritten).toBe(false);
    expect((await errorOf(resolveRoot(source, { tag: '1' }, only('linux/amd64'), 'digest', signal))).hint).toBe(
      'platform-missing',
    );
  });

  test('whose config is not what its digest says is refused', async () => {
    const content = image();
    const source = holding(content);
    const config = content.blobs[0];
    source.blobs.set(config?.digest ?? '', Buffer.alloc(config?.sizeBytes ?? 0));
    const error = await errorOf(resolveRoot(source, { tag: '1' }, only('linux/amd64'), 'digest', signal));
    expect(error).toMatchObject({ kind: 'integrity', side: 'source' });
  });
});

suite('what refers to an image', () => {
  const content = image();
  const digest = parseDigest(content.digest);
  const bill = sbom(content);

  test('is asked of a host that has no list once, however many ask at the same time', async () => {
    const source = holding(content);
    const related = new RelatedImages();
    const answers = await Promise.all(Array.from({ length: 20 }, () => related.of(source, digest, signal)));
    expect(source.count('referrers')).toBe(1);
    expect(source.count('tags')).toBe(1);
    expect(answers).toEqual(answers.map(() => ({ referrers: [], tags: [], isComplete: true })));
  });

  test('is found by the list of the host', async () => {
    const source = holding(content);
    const entry = describe(bill.raw, bill.mediaType);
    source.behaviour.referrers = async () => [entry];
    const related = new RelatedImages();
    for (let time = 0; time < 2; time++) expect((await related.of(source, digest, signal)).referrers).toEqual([entry]);
    expect(source.count('referrers')).toBe(2);
  });

  test('is found by the tag that stands in for it, and by the tags of cosign', async () => {
    const source = holding(content);
    const list = { schemaVersion: 2, mediaType: types.ociIndex, manifests: [descriptorOf(bill)] };
    source.hold(manifestOf(list, types.ociIndex), referrersTag(digest));
    const cosign = cosignSignature(content);
    source.hold(cosign.content, cosign.tag);
    const found = await new RelatedImages().of(source, digest, signal);
    expect(found.referrers.map((entry) => entry.digest)).toEqual([bill.digest]);
    expect(found.tags).toEqual([cosign.tag]);
  });

  test('is asked for by name where the tags may not be listed', async () => {
    const source = holding(content);
    source.behaviour.tags = async () => {
      throw failure('forbidden', 'source');
    };
    const cosign = cosignSignature(content);
    source.hold(cosign.content, cosign.tag);
    expect((await new RelatedImages().of(source, digest, signal)).tags).toEqual([cosign.tag]);
    expect(source.count('find')).toBe(4);
  });

  test('is not said to be all there is where the list is closed', async () => {
    const source = holding(content);
    source.behaviour.referrers = async () => {
      throw failure('unauthorized', 'source');
    };
    expect((await new RelatedImages().of(source, digest, signal)).isComplete).toBe(false);
  });

  test('fails where the host fails, rather than seem to be nothing', async () => {
    const source = holding(content);
    source.behaviour.referrers = async () => {
      throw failure('unavailable', 'source');
    };
    expect((await errorOf(new RelatedImages().of(source, digest, signal))).kind).toBe('unavailable');
  });
});

suite('a plan', () => {
  const options = { ...all, onConflict: 'overwrite', isForced: false } as const;
  const content = image({ layers: [3000] });
  const bytes = content.blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);

  test('changes nothing and counts what would move', async () => {
    const source = holding(content);
    const target = new MemoryPlace('a.test/x');
    const [planned] = await new Planner().plan(
      { source, tag: '1', targets: [{ destination: target, tag: '1' }] },
      options,
      signal,
    );
    expect(planned).toMatchObject({
      action: 'copy',
      manifests: 1,
      blobs: { toSend: 2, toMount: 0, present: 0 },
      bytes: { toSend: bytes, toMount: 0, present: 0 },
    });
    expect(target.log.filter((line) => /^(?:send|publish|mount)/.test(line))).toEqual([]);
  });

  test('counts a blob that goes to one repository of a host as mounted in the next', async () => {
    const source = holding(content);
    const planner = new Planner();
    const targets = ['a.test/x', 'a.test/y'].map((name) => ({ destination: new MemoryPlace(name), tag: '1' }));
    const planned = await planner.plan({ source, tag: '1', targets }, options, signal);
    expect(planned.map(({ blobs }) => blobs)).toEqual([
      { toSend: 2, toMount: 0, present: 0 },
      { toSend: 0, toMount: 2, present: 0 },
    ]);
  });

  test('mounts what is on the same host already', async () => {
    const source = holding(content);
    const targets = [{ destination: new MemoryPlace('source.test/b'), tag: '1' }];
    const [planned] = await new Planner().plan({ source, tag: '1', targets }, options, signal);
    expect(planned?.blobs).toEqual({ toSend: 0, toMount: 2, present: 0 });
  });

  test.each([
    ['overwrite', 'copy'],
    ['skip', 'skip'],
    ['fail', 'fail'],
    ['backup', 'copy'],
  ] as const)('foresees what %s does to a tag that holds something else', async (onConflict, action) => {
    const source = holding(content);
    const target = new MemoryPlace('a.test/x');
    target.hold(image({ seed: 'old' }), '1');
    const targets = [{ destination: target, tag: '1' }];
    const [planned] = await new Planner().plan({ source, tag: '1', targets }, { ...options, onConflict }, signal);
    expect(planned?.action).toBe(action);
    if (action === 'fail') expect(planned?.failure?.kind).toBe('conflict');
  });

  test('foresees what cannot be read as a failure of that image', async () => {
    const targets = [{ destination: new MemoryPlace('a.test/x'), tag: '1' }];
    const [planned] = await new Planner().plan({ source: holding(content), tag: 'absent', targets }, options, signal);
    expect(planned).toMatchObject({ action: 'fail', failure: { kind: 'not-found', side: 'source' } });
  });
});
