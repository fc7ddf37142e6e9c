import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import { lexicalOrder } from '../../../../electron/engine/content/lexical-order.ts';
import type { ManifestRow } from '../../../../electron/engine/ports/references.ts';
import type { Digest } from '../../../../electron/oci/digest.ts';
import { Stores } from './stores.ts';

const stores = new Stores();
afterEach(() => stores.clean());

const all = { most: 1_000 };
const open = async () => (await stores.open()).references;

function manifestOf(text: string, subject?: Digest, artifactType?: string): ManifestRow {
  const bytes = Buffer.from(text);
  const digest = digestOf(bytes);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const referrer = {
    mediaType,
    digest,
    size: bytes.byteLength,
    annotations: { text },
    ...(artifactType ? { artifactType } : {}),
  };
  return { digest, mediaType, bytes, referrer, ...(subject ? { subject } : {}) };
}

const blob = digestOf(Buffer.from('blob'));

describe('manifests and tags', () => {
  test('come back byte for byte, by tag and by digest', async () => {
    const rows = await open();
    const manifest = manifestOf('{ "odd":  "spacing" }');
    await rows.putManifest('a', manifest, 'v1');
    for (const reference of ['v1', manifest.digest]) {
      const found = await rows.manifest('a', reference);
      expect(found).toMatchObject({ digest: manifest.digest, mediaType: manifest.mediaType });
      expect(Buffer.from(found?.bytes ?? [])).toEqual(manifest.bytes);
    }
    expect(await rows.manifest('a', 'v2')).toBeUndefined();
    expect(await rows.manifest('b', manifest.digest)).toBeUndefined();
  });

  test('a tag moves to the manifest put last, and goes with it', async () => {
    const rows = await open();
    const [one, two] = [manifestOf('one'), manifestOf('two')];
    await rows.putManifest('a', one, 'v1');
    await rows.putManifest('a', two, 'v1');
    expect((await rows.manifest('a', 'v1'))?.digest).toBe(two.digest);
    expect(await rows.deleteManifest('a', two.digest)).toBe(true);
    expect(await rows.manifest('a', 'v1')).toBeUndefined();
    expect(await rows.tags('a', all)).toEqual([]);
    expect((await rows.manifest('a', one.digest))?.digest).toBe(one.digest);
  });

  test('a tag can be taken away alone', async () => {
    const rows = await open();
    const manifest = manifestOf('one');
    await rows.putManifest('a', manifest, 'v1');
    expect(await rows.deleteTag('a', 'v1')).toBe(true);
    expect(await rows.deleteTag('a', 'v1')).toBe(false);
    expect(await rows.manifest('a', manifest.digest)).toBeDefined();
  });

  test('bytes shared by repositories stay until the last lets go', async () => {
    const rows = await open();
    const manifest = manifestOf('one');
    for (const repository of ['a', 'b']) await rows.putManifest(repository, manifest, undefined);
    await rows.deleteManifest('a', manifest.digest);
    expect((await rows.manifest('b', manifest.digest))?.bytes).toBeDefined();
    await rows.deleteManifest('b', manifest.digest);
    await rows.putManifest('b', manifest, undefined);
    expect((await rows.manifest('b', manifest.digest))?.bytes).toBeDefined();
  });

  test('a repository is there as long as it holds something', async () => {
    const rows = await open();
    const manifest = manifestOf('one');
    expect(await rows.tags('a', all)).toBeUndefined();
    await rows.linkBlob('a', blob, 4);
    expect(await rows.tags('a', all)).toEqual([]);
    expect(await rows.repositories(all)).toEqual([]);
    await rows.putManifest('a', manifest, 'v1');
    expect(await rows.repositories(all)).toEqual(['a']);
    await rows.deleteManifest('a', manifest.digest);
    await rows.unlinkBlob('a', blob);
    expect(await rows.tags('a', all)).toBeUndefined();
  });

  test('lists are in lexical order, page by page, also behind a name that is gone', async () => {
    const rows = await open();
    const names = ['b', 'C', 'a', 'B', '1.10', '1.9', '_x', 'a-b', 'a.b', 'aB', 'ab', 'Z', 'z'];
    for (const name of names) await rows.putManifest('r', manifestOf('one'), name);
    const sorted = [...names].sort(lexicalOrder);
    expect(await rows.tags('r', all)).toEqual(sorted);
    const paged: string[] = [];
    for (let after: string | undefined; ; after = paged.at(-1)) {
      const page = (await rows.tags('r', { most: 4, ...(after === undefined ? {} : { after }) })) ?? [];
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(sorted);
    expect(await rows.tags('r', { after: 'bz', most: 1 })).toEqual(['C']);
  });

  test('repositories are paged the same way', async () => {
    const rows = await open();
    for (const name of ['b/c', 'a', 'b-c', 'b']) await rows.putManifest(name, manifestOf(name), undefined);
    expect(await rows.repositories({ most: 2 })).toEqual(['a', 'b']);
    expect(await rows.repositories({ after: 'b', most: 9 })).toEqual(['b-c', 'b/c']);
  });
});

describe('referrers', () => {
  test('are those of the subject in this repository, by type and in pages', async () => {
    const rows = await open();
    const subject = manifestOf('subject');
    const found = ['x', 'y', 'z'].map((name) =>
      manifestOf(name, subject.digest, name === 'z' ? 'other/type' : 'sbom/type'),
    );
    for (const row of found) await rows.putManifest('a', row, undefined);
    await rows.putManifest('b', manifestOf('elsewhere', subject.digest), undefined);
    const expected = found.map(({ referrer }) => referrer).sort((a, b) => lexicalOrder(a.digest, b.digest));
    expect(await rows.referrers('a', subject.digest, undefined, all)).toEqual(expected);
    expect(await rows.referrers('a', subject.digest, 'other/type', all)).toEqual([found[2]?.referrer]);
    const [first] = await rows.referrers('a', subject.digest, undefined, { most: 1 });
    const rest = await rows.referrers('a', subject.digest, undefined, { most: 9, after: first?.digest ?? '' });
    expect(rest).toEqual(expected.slice(1));
  });
});

describe('blobs', () => {
  test('are readable only through a repository that holds them, and can be mounted', async () => {
    const rows = await open();
    await rows.linkBlob('a', blob, 4);
    expect(await rows.blobSize('b', blob)).toBeUndefined();
    expect(await rows.mountBlob('b', blob, 'c')).toBe(false);
    expect(await rows.mountBlob('b', blob, 'a')).toBe(true);
    expect(await rows.blobSize('b', blob)).toBe(4);
  });

  test('are pinned until the last repository lets go', async () => {
    const rows = await open();
    const other = digestOf(Buffer.from('other'));
    await rows.linkBlob('a', blob, 4);
    await rows.mountBlob('b', blob, 'a');
    expect(await rows.pinnedAmong([blob, other])).toEqual(new Set([blob]));
    expect(await rows.unlinkBlob('a', blob)).toBe(true);
    expect(await rows.unlinkBlob('a', blob)).toBe(false);
    expect(await rows.pinned(all)).toEqual([blob]);
    await rows.unlinkBlob('b', blob);
    expect(await rows.pinnedAmong([blob])).toEqual(new Set());
  });

  test('pinned ones come in pages, each once', async () => {
    const rows = await open();
    const digests = Array.from({ length: 25 }, (_, n) => digestOf(Buffer.from(`${n}`))).sort();
    for (const digest of digests) for (const repository of ['a', 'b']) await rows.linkBlob(repository, digest, 1);
    const first = await rows.pinned({ most: 10 });
    const rest = await rows.pinned({ most: 100, after: first.at(-1) ?? '' });
    expect([...first, ...rest]).toEqual(digests);
    expect((await rows.pinnedAmong([...digests, blob])).size).toBe(25);
  });

  test('a rotten digest is taken out of every repository', async () => {
    const rows = await open();
    const manifest = manifestOf('one');
    for (const repository of ['a', 'b']) {
      await rows.linkBlob(repository, manifest.digest, 3);
      await rows.putManifest(repository, manifest, 'v1');
    }
    await rows.deleteEverywhere(manifest.digest);
    expect(await rows.tags('a', all)).toBeUndefined();
    expect(await rows.pinned(all)).toEqual([]);
  });
});

test('everything a repository holds can be looked through, those without a manifest too', async () => {
  const references = await open();
  const rows = ['one', 'two', 'three'].map((text) => manifestOf(text));
  for (const row of rows) await references.putManifest('b', row, undefined);
  await references.linkBlob('a', blob, 4);
  await references.linkBlob('b', blob, 4);
  const digests = rows.map(({ digest }) => digest).toSorted();
  expect(await references.holding(all)).toEqual(['a', 'b']);
  expect(await references.holding({ after: 'a', most: 1 })).toEqual(['b']);
  expect(await references.manifestsOf('a', all)).toEqual([]);
  expect(await references.manifestsOf('b', { most: 2 })).toEqual(digests.slice(0, 2));
  expect(await references.manifestsOf('b', { after: digests[1] ?? '', most: 2 })).toEqual(digests.slice(2));
  expect(await references.blobsOf('b', all)).toEqual([blob]);
  expect(await references.blobsOf('b', { after: blob, most: 9 })).toEqual([]);
});
