import { describe, expect, onTestFinished, test } from 'vitest';
import { parseRepository } from '../../../electron/oci/reference.ts';
import { sbom, signature } from '../../fakes/artifacts.ts';
import { image, type SampleManifest } from '../../fakes/images.ts';
import { guardSecret } from '../../fakes/recorder.ts';
import { startTokenServer } from '../../fakes/token-server.ts';
import type { Quirks } from '../../fakes/quirk-registry/server.ts';
import { expectRefusal, watchForLeaks } from './outcomes.ts';
import { openScene, type Scene, small } from './scene.ts';

watchForLeaks();

const open = (): AbortSignal => new AbortController().signal;
const tags = Array.from({ length: 120 }, (_, at) => `v${at}`);

async function listed(
  quirks: Quirks,
  names: readonly string[] = tags,
): Promise<{ tags: readonly string[]; scene: Scene }> {
  const scene = await openScene({ source: { quirks } });
  scene.source.seed('many/tags', names[0], small);
  for (const tag of names) scene.source.state.repository('many/tags').tags.set(tag, small.digest);
  return { tags: await scene.engine.tags(parseRepository(`${scene.source.host}/many/tags`), open()), scene };
}

describe('tags', () => {
  const rows: readonly { sentence: string; quirks: Quirks; most?: number }[] = [
    { sentence: 'one page', quirks: {}, most: 1 },
    { sentence: 'docker-registry 2.8 ignores n and does not sort', quirks: { countIgnored: true, unsorted: true } },
    { sentence: 'pages with a relative Link', quirks: { pageSize: 7 } },
    { sentence: 'pages with an absolute Link', quirks: { pageSize: 50, linkAbsolute: true } },
    { sentence: 'a limit for n (distribution v3)', quirks: { countLimit: 100, pageSize: 100 }, most: 4 },
    { sentence: 'pages without a Link are followed by last', quirks: { pageSize: 50, linkMissing: true }, most: 4 },
    { sentence: 'Nexus and a Link with a wrong path', quirks: { pageSize: 50, linkPathWrong: true } },
    { sentence: 'Quay and an opaque cursor', quirks: { pageSize: 50, linkOpaque: true } },
    { sentence: 'GCR and its details', quirks: { tagsDetailed: true } },
    { sentence: 'every second page is empty', quirks: { pageSize: 40, emptyPages: true } },
  ];
  test.each(rows)('$sentence', async ({ quirks, most }) => {
    const { tags: found, scene } = await listed(quirks);
    expect(found).toEqual(tags);
    if (most !== undefined) expect(scene.source.requestCount('GET', /tags\/list/)).toBeLessThanOrEqual(most);
  });

  test('a Link in a circle ends', async () => {
    const { tags: found, scene } = await listed({ pageSize: 10, linkLoops: true });
    expect(found).toHaveLength(10);
    expect(scene.source.requestCount('GET', /tags/)).toBeLessThan(10);
  });

  test('a Link to another host is followed at our own', async () => {
    const { tags: found, scene } = await listed({ pageSize: 50, linkElsewhere: true });
    expect(found).toEqual(tags);
    expect(scene.source.elsewhereRecords).toEqual([]);
  });

  test('none at all, `null`, or 404', async () => {
    expect((await listed({ tagsNull: true })).tags).toEqual([]);
    const scene = await openScene({ source: { quirks: { emptyRepositoryMissing: true } } });
    const asked = scene.engine.tags(parseRepository(`${scene.source.host}/no/such`), open());
    await expect(asked).rejects.toMatchObject({ kind: 'not-found', side: 'source' });
  });

  test('a web page is no list', async () => {
    await expect(listed({ proxyPage: true })).rejects.toMatchObject({ kind: 'protocol', op: 'tags.list' });
  });
});

describe('the catalog', () => {
  test('is read in pages', async () => {
    const scene = await openScene({ source: { quirks: { pageSize: 50 } } });
    const names = Array.from({ length: 120 }, (_, at) => `r/${at}`);
    for (const name of names) scene.source.seed(name, 'x', small);
    expect(await scene.engine.repositories(scene.source.host, open())).toEqual([...names, 'team/app']);
  });

  test('Docker Hub refuses it', async () => {
    const scene = await openScene({ source: { quirks: { catalogRefused: true } } });
    const asked = scene.engine.repositories(scene.source.host, open());
    await expect(asked).rejects.toMatchObject({ kind: 'unauthorized', side: 'source' });
  });

  test('some have none', async () => {
    const scene = await openScene({ source: { quirks: { catalogMissing: true } } });
    await expect(scene.engine.repositories(scene.source.host, open())).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('Harbor wants Basic for it and Bearer for the rest', async () => {
    const [user, password] = ['admin', 'Harbor12345'];
    const tokens = await startTokenServer({ users: { [user]: { password } } });
    onTestFinished(() => tokens.close());
    const scene = await openScene({
      source: {
        content: { 'team/app:1': small },
        quirks: { catalogWantsBasic: true },
        access: { tokens, basic: { user, password } },
      },
      sourceCredential: { kind: 'basic', user, password },
    });
    guardSecret(password, [scene.source.url, tokens.origin]);
    expect(await scene.engine.repositories(scene.source.host, open())).toEqual(['team/app']);
    expect((await scene.copyOne()).outcome).toBe('copied');
    expect(await scene.engine.repositories(scene.source.host, open())).toEqual(['team/app']);
  });
});

describe('referrers', () => {
  async function withSignature(source: Quirks, target: Quirks = {}): Promise<{ scene: Scene; signed: SampleManifest }> {
    const signed = signature(small);
    const scene = await openScene({ target: { quirks: target } });
    scene.source.seed('team/app', undefined, signed);
    scene.source.seed('team/app', undefined, sbom(small));
    scene.source.setQuirks(source);
    return { scene, signed };
  }

  test('are copied by the API, page after page', async () => {
    for (const quirks of [{}, { referrersPageSize: 1 }, { referrersUnfiltered: true }] as const) {
      const { scene, signed } = await withSignature(quirks);
      expect(await scene.copyOne()).toMatchObject({ outcome: 'copied', referrers: 2 });
      expect(scene.target.state.repositories.get('mirror/app')?.manifests.has(signed.digest)).toBe(true);
      await scene.assertWhole({ withReferrers: true });
    }
  });

  test('an empty list is no fault', async () => {
    const { scene } = await withSignature({ referrersEmpty: true });
    expect(await scene.copyOne()).toMatchObject({ outcome: 'copied', referrers: 0 });
  });

  test.each(['referrersMissing', 'referrersNotIndex'] as const)(
    'GHCR has no API (%s): the tag stands in',
    async (quirk) => {
      const { scene, signed } = await withSignature({ [quirk]: true });
      const entries = [{ mediaType: signed.mediaType, digest: signed.digest, size: signed.sizeBytes }];
      const list = Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: entries }),
      );
      const tag = small.digest.replace(':', '-');
      scene.source.seedManifest('team/app', tag, list, 'application/vnd.oci.image.index.v1+json');
      expect(await scene.copyOne()).toMatchObject({ outcome: 'copied', referrers: 1 });
      expect(scene.target.state.repositories.get('mirror/app')?.manifests.has(signed.digest)).toBe(true);
    },
  );

  test.each(['subjectHeaderMissing', 'referrersMissing'] as const)(
    'a destination that lists none (%s) gets the tag',
    async (quirk) => {
      const { scene } = await withSignature({}, { [quirk]: true });
      expect(await scene.copyOne()).toMatchObject({ outcome: 'copied', referrers: 2 });
      const stored = scene.target.state.repositories.get('mirror/app');
      const digest = stored?.tags.get(small.digest.replace(':', '-')) ?? '';
      const index = stored?.manifests.get(digest)?.bytes.toString() ?? '{}';
      expect(JSON.parse(index)).toMatchObject({ manifests: [{}, {}] });
    },
  );

  test('GitLab wants the subject first, and gets it first', async () => {
    const { scene } = await withSignature({}, { absentSubjectRefused: true });
    expect(await scene.copyOne()).toMatchObject({ outcome: 'copied', referrers: 2 });
  });

  test('a subject that is nowhere is a named refusal', async () => {
    const absent = image({ seed: 'absent' });
    const scene = await openScene({ content: signature(absent), target: { quirks: { absentSubjectRefused: true } } });
    expectRefusal(await scene.copyOne(), { kind: 'refused', hint: 'subject-missing' });
  });
});
