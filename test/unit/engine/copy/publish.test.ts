import { describe as suite, expect, test } from 'vitest';
import { FallbackTags } from '../../../../electron/engine/copy/fallback-tags.ts';
import { Publications } from '../../../../electron/engine/copy/publish.ts';
import { confirmPublished, keepOrTell, lookAtTag } from '../../../../electron/engine/copy/tags.ts';
import { walkGraph } from '../../../../electron/engine/plan/graph.ts';
import { referrersTag } from '../../../../electron/oci/referrers.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { attestation, multiPlatform, sbom, signature } from '../../../fakes/artifacts.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { descriptorOf, image, index, manifestOf, type SampleManifest, types } from '../../../fakes/images.ts';
import { jsonOf } from '../../../fakes/listening.ts';
import { errorOf } from '../../error-of.ts';
import { describe, failure, MemoryPlace } from '../places.ts';

const signal = new AbortController().signal;
const redeliver = async (): Promise<void> => undefined;

async function graphOf(content: SampleManifest) {
  const source = new MemoryPlace('source.test/a', content);
  return walkGraph(source, await source.manifest({ digest: parseDigest(content.digest) }, signal), signal);
}

suite('publishing', () => {
  test('puts children before parents and the tag last', async () => {
    const content = multiPlatform();
    const place = new MemoryPlace('a.test/x');
    await new Publications().publish(await graphOf(content), place, '1', { clock: new FakeClock(), redeliver }, signal);
    expect(place.log).toEqual([...content.children.map(({ digest }) => `publish ${digest}`), 'publish 1']);
  });

  test('puts a subject before what refers to it, whatever their order in the index', async () => {
    const child = image();
    const entry = attestation(child, 'artifact');
    const place = new MemoryPlace('a.test/x');
    const graph = await graphOf(index([entry, child]));
    await new Publications().publish(graph, place, '1', { clock: new FakeClock(), redeliver }, signal);
    expect(place.log[0]).toBe(`publish ${child.digest}`);
  });

  test('puts what two images share once, and each of their tags', async () => {
    const shared = image({ seed: 'shared' });
    const place = new MemoryPlace('a.test/x');
    const publications = new Publications();
    for (const [at, other] of ['one', 'two'].entries()) {
      const graph = await graphOf(index([shared, image({ seed: other })]));
      await publications.publish(graph, place, `${at}`, { clock: new FakeClock(), redeliver }, signal);
    }
    expect(place.count(`publish ${shared.digest}`)).toBe(1);
    expect(place.log).toHaveLength(5);
  });

  test('brings lost blobs again, twice, with pauses', async () => {
    const clock = new FakeClock();
    const place = new MemoryPlace('a.test/x');
    let redelivered = 0;
    place.behaviour.publish = async () => {
      throw failure('missing-content', 'destination');
    };
    const deps = { clock, redeliver: async () => void redelivered++ };
    const publishing = errorOf(new Publications().publish(await graphOf(image()), place, '1', deps, signal));
    await clock.advance(10_000);
    expect((await publishing).kind).toBe('missing-content');
    expect([redelivered, place.log.length, clock.sleptMs]).toEqual([2, 3, [1000, 3000]]);
  });

  test.each(['refused', 'forbidden', 'unsupported'] as const)(
    'calls an attestation that is %s by its name',
    async (kind) => {
      const child = image();
      const content = index([child, attestation(child)]);
      const place = new MemoryPlace('a.test/x');
      const refusal = failure(kind, 'destination');
      place.behaviour.publish = async (manifest) => {
        if (manifest.descriptor.digest === child.digest) return { listsSubject: true };
        throw Object.assign(refusal, { op: 'manifest.put' });
      };
      const deps = { clock: new FakeClock(), redeliver };
      const error = await errorOf(new Publications().publish(await graphOf(content), place, '1', deps, signal));
      expect(error).toMatchObject({ kind: 'refused', hint: 'attestation-refused' });
    },
  );
});

suite('the list of referrers', () => {
  const content = image();
  const tag = referrersTag(parseDigest(content.digest));
  const resolved = async (of: SampleManifest) => (await graphOf(of)).root;
  const listed = (place: MemoryPlace): Record<string, unknown> & { manifests: { digest: string }[] } =>
    jsonOf(place.manifests.get(place.tagged.get(tag) ?? '')?.document.raw ?? Buffer.from('{}'));

  test('keeps what others wrote: entries, their fields, and fields of the list', async () => {
    const others = { ...descriptorOf(sbom(content)), 'x-theirs': [1, { two: 2 }] };
    const list = {
      schemaVersion: 2,
      mediaType: types.ociIndex,
      manifests: [others],
      annotations: { theirs: 'too' },
      'x-list': 1,
    };
    const place = new MemoryPlace('a.test/x');
    place.hold(manifestOf(list, types.ociIndex), tag);
    await new FallbackTags().add(place, parseDigest(content.digest), await resolved(signature(content)), signal);
    expect(listed(place)).toMatchObject({ annotations: { theirs: 'too' }, 'x-list': 1, manifests: [others, {}] });
  });

  test('has each referrer once', async () => {
    const place = new MemoryPlace('a.test/x');
    const tags = new FallbackTags();
    for (let time = 0; time < 3; time++)
      await tags.add(place, parseDigest(content.digest), await resolved(sbom(content)), signal);
    expect(listed(place).manifests).toHaveLength(1);
    expect(place.count('publish')).toBe(1);
  });

  test('loses nothing when many add at once', async () => {
    const place = new MemoryPlace('a.test/x');
    const tags = new FallbackTags();
    const bills = await Promise.all(Array.from({ length: 10 }, (_, at) => resolved(sbom(content, `${at}`))));
    await Promise.all(bills.map((bill) => tags.add(place, parseDigest(content.digest), bill, signal)));
    expect(listed(place).manifests).toHaveLength(10);
  });

  test('goes on after one that failed', async () => {
    const place = new MemoryPlace('a.test/x');
    const tags = new FallbackTags();
    const [first, second] = [await resolved(sbom(content, 'a')), await resolved(sbom(content, 'b'))];
    place.behaviour.publish = async () => {
      place.behaviour = {};
      throw failure('refused', 'destination');
    };
    const adding = [first, second].map((bill) => tags.add(place, parseDigest(content.digest), bill, signal));
    expect((await Promise.allSettled(adding)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(listed(place).manifests).toHaveLength(1);
  });

  test('does not take the place of an image', async () => {
    const place = new MemoryPlace('a.test/x');
    place.hold(image({ seed: 'squatter' }), tag);
    const adding = new FallbackTags().add(place, parseDigest(content.digest), await resolved(sbom(content)), signal);
    expect((await errorOf(adding)).kind).toBe('conflict');
    expect(place.count('publish')).toBe(0);
  });
});

suite('a tag', () => {
  const [old, fresh] = [image({ seed: 'old' }), image({ seed: 'fresh' })];
  const wanted = describe(fresh.raw, fresh.mediaType);
  const before = describe(old.raw, old.mediaType);

  function holding(content: SampleManifest): MemoryPlace {
    const place = new MemoryPlace('a.test/x');
    place.hold(content, '1');
    return place;
  }

  test.each([
    ['overwrite', 'write'],
    ['skip', 'skip'],
    ['backup', 'backup'],
  ] as const)('that stands for something else is met by %s', async (onConflict, decision) => {
    const state = await lookAtTag(holding(old), '1', wanted, { onConflict, isForced: false }, signal);
    expect(state).toEqual({ present: before, decision });
  });

  test('that stands for something else fails when it should, with both digests', async () => {
    const error = await errorOf(lookAtTag(holding(old), '1', wanted, { onConflict: 'fail', isForced: true }, signal));
    expect(error).toMatchObject({ kind: 'conflict', side: 'destination' });
    expect(error.message).toContain(old.digest);
    expect(error.message).toContain(fresh.digest);
  });

  test('is kept before it is changed', async () => {
    const place = holding(old);
    const notice = await keepOrTell(place, '1', { present: before, decision: 'backup' }, wanted, signal);
    expect(notice?.kind).toBe('backed-up');
    expect([...place.tagged.values()]).toEqual([old.digest, old.digest]);
  });

  test('that shows the new image is confirmed', async () => {
    expect(await confirmPublished(holding(fresh), '1', wanted, before, new FakeClock(), signal)).toBe(true);
  });

  test('that shows a third one was changed by another, if ours is there', async () => {
    const place = holding(image({ seed: 'third' }));
    place.hold(fresh);
    expect(await confirmPublished(place, '1', wanted, before, new FakeClock(), signal)).toBe(false);
  });

  test.each([
    ['still the old one', old],
    ['nothing', undefined],
    ['a third one, and ours is gone', image({ seed: 'third' })],
  ] as const)('that shows %s is asked three times, then it is an error', async (_name, shown) => {
    const clock = new FakeClock();
    const place = shown === undefined ? new MemoryPlace('a.test/x') : holding(shown);
    const confirming = errorOf(confirmPublished(place, '1', wanted, before, clock, signal));
    await clock.advance(5000);
    expect(await confirming).toMatchObject({ kind: 'integrity', side: 'destination', hint: 'destination-corrupt' });
    expect(place.count('find')).toBe(3);
  });
});
