import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blobOf, image, types } from '../../fakes/images.ts';
import { multiPlatform } from '../../fakes/artifacts.ts';
import { meets, type QuirkRow, watchForLeaks } from './outcomes.ts';
import { fastClock, openScene, quickLimits, scaledLimits, small } from './scene.ts';

watchForLeaks();

const [, , layer] = small.blobs;
const layerDigest = layer?.digest ?? '';

describe('redirects to an object store', () => {
  const rows: readonly QuirkRow[] = [
    ...([301, 302, 303, 307, 308] as const).map(
      (status): QuirkRow => ({
        sentence: `${status} to a store that answers 400 when Authorization comes along (S3)`,
        quirks: { blobRedirect: status },
        afterwards: ({ source }) => expect(source.elsewhereRecords.every((one) => one.method === 'GET')).toBe(true),
      }),
    ),
    { sentence: 'a redirect within the registry', quirks: { blobRedirect: 307, blobRedirectRelative: true } },
    {
      sentence: 'a redirect to itself ends at once',
      quirks: { blobRedirect: 302, blobRedirectLoops: true },
      refused: { kind: 'protocol', says: /in a circle/ },
    },
    {
      sentence: 'a redirect to a file',
      quirks: { blobRedirect: 302, blobRedirectTo: 'file:///etc/passwd' },
      refused: { kind: 'protocol', says: /scheme file:/ },
    },
    {
      sentence: 'a redirect to data',
      quirks: { blobRedirect: 302, blobRedirectTo: 'data:text/plain,x' },
      refused: { kind: 'protocol', says: /scheme data:/ },
    },
    {
      sentence: 'a redirect to a cloud machine’s secrets',
      quirks: { blobRedirect: 302, blobRedirectTo: 'http://169.254.169.254/latest/meta-data/' },
      refused: { kind: 'refused', says: /may not name/ },
    },
    {
      sentence: 'a redirect with a user name in it',
      quirks: { blobRedirect: 302, blobRedirectTo: 'http://a:b@127.0.0.1:1/x' },
      refused: { kind: 'protocol', says: /user name/ },
    },
    {
      sentence: 'a pre-signed address is good for one request: a broken body goes back to the registry',
      quirks: { blobRedirect: 307, signedUses: 1, resetAt: 40_000, blobFaultTimes: 2 },
    },
    { sentence: 'HEAD on an address signed for GET is 403', quirks: { blobRedirect: 307, signedHeadRefused: true } },
    {
      sentence: 'signed addresses that are always too late',
      quirks: { blobRedirect: 307, signedLifetimeMs: -1 },
      refused: { kind: 'forbidden' },
    },
  ];
  test.each(rows)('$sentence', (row) => meets(row, 'source'));
});

describe('bodies', () => {
  const cut = { resetAt: 50_000, blobFaultTimes: 1 } as const;
  const quick = { engine: { limits: { ...quickLimits, idleMs: 200 } } };
  const rows: readonly QuirkRow[] = [
    { sentence: 'Range ignored: what is held is passed over', quirks: { ...cut, rangeIgnored: true } },
    { sentence: 'a 206 that begins elsewhere is not joined', quirks: { ...cut, rangeShifted: true } },
    { sentence: 'a 206 that does not say where it begins', quirks: { ...cut, contentRangeMissing: true } },
    { sentence: 'a 206 of another total', quirks: { ...cut, contentRangeOtherTotal: true } },
    { sentence: 'a 206 in parts', quirks: { ...cut, rangeMultipart: true } },
    { sentence: 'every Range is 416', quirks: { ...cut, rangeRefused: true } },
    {
      sentence: 'the broken 416 of docker-registry 2.8 is no broken line',
      quirks: { ...cut, rangeRefused: true, rangeRefusalBroken: true },
      afterwards: ({ source }) => {
        const ranged = source.records.filter((one) => one.headers.some(([name]) => name.toLowerCase() === 'range'));
        expect(ranged).toHaveLength(1);
      },
    },
    { sentence: 'ranges work though Accept-Ranges does not say so', quirks: { ...cut, acceptRangesMissing: true } },
    { sentence: 'a body that ends early goes on where it ended', quirks: { truncateAt: 30_000, blobFaultTimes: 2 } },
    { sentence: 'so does one without a length', quirks: { truncateUnlengthedAt: 30_000, blobFaultTimes: 2 } },
    { sentence: 'no length at all', quirks: { lengthMissing: true } },
    {
      sentence: 'a wrong byte, once: everything is fetched again',
      quirks: { corruptAt: 2000, blobFaultTimes: 1 },
    },
    {
      sentence: 'a wrong byte, always: both digests are shown',
      quirks: { corruptAt: 2000 },
      refused: { kind: 'integrity', hint: 'source-corrupt', says: /sha256:[0-9a-f]{64}.*sha256:[0-9a-f]{64}/ },
    },
    {
      sentence: 'a wrong byte only in the resumed part: all of it is fetched again',
      quirks: { corruptResumedAt: 60_000, resetAt: 50_000, blobFaultTimes: 2 },
    },
    {
      sentence: 'more bytes than the descriptor says, without end',
      quirks: { extraBytes: 10 },
      refused: { kind: 'integrity', says: /more bytes/ },
    },
    { sentence: 'more bytes, once', quirks: { extraBytes: 10, blobFaultTimes: 1 } },
    { sentence: 'a body that stops flowing', quirks: { stallAt: 20_000, blobFaultTimes: 3 }, ...quick },
    {
      sentence: 'a body that drips is a body that stopped: it goes on in a new answer',
      quirks: { dripBytesPerSecond: 40, blobFaultTimes: 3 },
      ...quick,
    },
    {
      sentence: 'gzip that nobody asked for is no blob',
      quirks: { contentEncoded: true },
      refused: { kind: 'protocol', says: /encoded \(gzip\)/ },
    },
  ];
  test.each(rows)('$sentence', (row) => meets(row, 'source'));
});

describe('what is there', () => {
  const rows: readonly QuirkRow[] = [
    {
      sentence: 'a layer that was collected as garbage is named',
      quirks: { blobsMissing: [layerDigest] },
      refused: { kind: 'missing-content', says: new RegExp(layerDigest) },
    },
    {
      sentence: 'a layer that HEAD still shows (distribution#4702)',
      quirks: { blobsMissingOnGet: [layerDigest] },
      refused: { kind: 'missing-content' },
    },
  ];
  test.each(rows)('$sentence', (row) => meets(row, 'source'));

  test.each([401, 403, 405] as const)('a destination whose blob HEAD answers %i gets every blob', async (status) => {
    const scene = await openScene({ target: { quirks: { blobHeadAnswers: status } } });
    expect(await scene.copyOne()).toMatchObject({ outcome: 'copied', blobs: { sent: 3 } });
    await scene.assertWhole();
  });

  test('a HEAD without a length is enough', async () => {
    const scene = await openScene({ target: { quirks: { blobHeadUnlengthed: true } } });
    await scene.copyOne();
    expect(await scene.copyOne('team/app:1', 'mirror/app:2')).toMatchObject({ blobs: { present: 3, sent: 0 } });
  });
});

describe('manifests at the source', () => {
  const other = image({ seed: 'other' });
  const rows: readonly QuirkRow[] = [
    { sentence: 'HEAD is 405', quirks: { manifestHeadRefused: true } },
    { sentence: 'no Docker-Content-Digest', quirks: { digestHeaderMissing: true } },
    { sentence: 'Content-Type says nothing', quirks: { contentType: 'application/json' } },
    { sentence: 'Content-Type is plain text', quirks: { contentType: 'text/plain' } },
    { sentence: 'no Content-Type', quirks: { contentTypeMissing: true } },
    { sentence: 'Content-Type with a charset', quirks: { contentTypeParameters: true } },
    {
      sentence: 'Content-Type of another kind of document is refused (CVE-2021-41190)',
      quirks: { contentType: types.ociIndex },
      refused: { kind: 'invalid' },
    },
    { sentence: 'schema 1 is not what comes, for the right Accept is sent', quirks: { schema1WithoutAccept: true } },
    {
      sentence: 'JSON without end is cut off',
      quirks: { manifestEndless: true },
      refused: { kind: 'protocol', says: /more than 8388608 bytes/ },
    },
    {
      sentence: 'Harbor prevents the pull of what is vulnerable',
      quirks: { pullPrevented: true },
      refused: { kind: 'forbidden', says: /vulnerabilities/ },
    },
    {
      sentence: 'the digest in the header lies',
      quirks: { digestHeaderLies: true },
      refused: { kind: 'integrity' },
    },
  ];
  test.each(rows)('$sentence', (row) => meets(row, 'source'));

  test('bytes of another manifest under the digest asked for are never published', async () => {
    const scene = await openScene({ source: { content: { 'team/app:1': small, 'team/app:other': other } } });
    scene.source.setQuirks({ manifestSwapped: other.digest });
    const { failure } = await scene.copyOne(`team/app:1@${small.digest}`);
    expect(failure).toMatchObject({ kind: 'integrity', side: 'source' });
    expect(failure?.message).toContain(other.digest);
    expect(failure?.message).toContain(small.digest);
    expect(scene.target.state.repositories.size).toBe(0);
  });

  test('a tag that is not there is not found, also in Harbor’s words', async () => {
    const scene = await openScene({ source: { quirks: { notFoundCode: true }, content: { 'team/app:1': small } } });
    expect((await scene.copyOne('team/app:none')).failure).toMatchObject({ kind: 'not-found', side: 'source' });
    expect((await scene.copyOne('team/none:1')).failure).toMatchObject({ kind: 'not-found', side: 'source' });
  });
});

describe('manifests at the destination', () => {
  const attested = multiPlatform({ attestations: 'artifact' });
  const odd = image({
    seed: 'odd',
    layers: [blobOf('x', 'application/octet-stream')],
    extra: { config: undefined },
  });
  const rows: readonly QuirkRow[] = [
    { sentence: 'HEAD is 405', quirks: { manifestHeadRefused: true } },
    { sentence: 'no Docker-Content-Digest', quirks: { digestHeaderMissing: true } },
    {
      sentence: 'Aliyun ACR takes no attestations',
      quirks: { emptyConfigRefused: true },
      content: attested,
      refused: { kind: 'refused', hint: 'attestation-refused' },
    },
    {
      sentence: 'ACR takes no entry for unknown/unknown (MiBeeNvr PR #397)',
      quirks: { unknownPlatformRefused: true },
      content: attested,
      refused: { kind: 'refused', hint: 'attestation-refused' },
    },
    {
      sentence: 'GitLab takes no config of a type it does not know',
      quirks: { unknownConfigRefused: true },
      content: attested,
      refused: { kind: 'refused' },
    },
    {
      sentence: 'zot without http.compat takes no Docker types',
      quirks: { dockerTypesRefused: true },
      content: image({ flavour: 'docker', seed: 'docker' }),
      refused: { kind: 'refused', says: /415.*unsupported media type/ },
    },
    {
      sentence: 'a registry from before OCI',
      quirks: { ociTypesRefused: true },
      refused: { kind: 'refused', says: /MANIFEST_INVALID/ },
    },
    {
      sentence: 'docker-registry 2.8 and its limit for manifests',
      quirks: { manifestLimitBytes: 300 },
      refused: { kind: 'refused', says: /too large/ },
    },
    {
      sentence: 'a 201 for a manifest that is not there',
      quirks: { manifestPutForgets: true },
      refused: { kind: 'integrity', hint: 'destination-corrupt' },
    },
  ];
  test.each(rows)('$sentence', (row) => meets(row, 'target'));

  test.each([400, 403, 409, 412] as const)(
    'an immutable tag that answers %i is a conflict with a remedy',
    async (status) => {
      const scene = await openScene();
      scene.target.seed('mirror/app', '1', image({ seed: 'before' }));
      scene.target.setQuirks({ tagsImmutable: status });
      const { failure } = await scene.copyOne();
      expect(failure).toMatchObject({ kind: 'conflict', hint: 'immutable-tag' });
    },
  );

  test('a tag that somebody else overtakes is told', async () => {
    const before = image({ seed: 'theirs' });
    const scene = await openScene();
    scene.target.seed('mirror/app', 'x', before);
    scene.target.setQuirks({ tagOvertakenBy: before.digest });
    expect(await scene.copyOne()).toMatchObject({ outcome: 'copied', notices: [{ kind: 'changed-by-another' }] });
  });

  test('a registry that checks nothing gets all the same', async () => {
    const scene = await openScene({ target: { quirks: { incompleteAccepted: true } } });
    expect((await scene.copyOne()).outcome).toBe('copied');
    await scene.assertWhole();
  });

  test('MANIFEST_BLOB_UNKNOWN though all is there: it is looked at again, and ends', async () => {
    const engine = { clock: fastClock(20), limits: scaledLimits(20) };
    const soon = await openScene({ target: { quirks: { blobUnknownTimes: 2 } }, engine });
    expect((await soon.copyOne()).failure).toBeUndefined();
    await soon.assertWhole();
    const never = await openScene({ target: { quirks: { blobUnknownTimes: 1000 } }, engine });
    expect((await never.copyOne()).failure).toMatchObject({ kind: 'missing-content', side: 'destination' });
  });

  test('docker-registry answers sha256 to a push by sha512', async () => {
    const bytes = Buffer.from('a layer by sha512');
    const digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
    const layer = { ...blobOf(bytes, types.ociLayer), digest };
    const scene = await openScene({
      content: image({ seed: 'sha512', layers: [layer] }),
      target: { quirks: { digestHeaderInSha256: true } },
    });
    expect((await scene.copyOne()).failure).toBeUndefined();
    await scene.assertWhole();
  });

  test('a sparse index is nothing we send, so a registry that takes none is content', async () => {
    const scene = await openScene({ content: multiPlatform({}), target: { quirks: { sparseAccepted: true } } });
    expect(await scene.copyOne()).toMatchObject({ outcome: 'copied' });
    expect((await scene.assertWhole()).manifestCount).toBe(4);
  });

  test(`the odd image of no config is refused or copied, not half of either (${odd.digest.slice(0, 15)})`, async () => {
    const scene = await openScene({ content: odd });
    const { outcome } = await scene.copyOne();
    if (outcome === 'copied') await scene.assertWhole();
    else expect(scene.target.state.repositories.get('mirror/app')?.tags.size ?? 0).toBe(0);
  });
});
