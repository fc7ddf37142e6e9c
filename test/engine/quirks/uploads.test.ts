import { describe, expect, test } from 'vitest';
import { createCertificates } from '../../fakes/certificates.ts';
import { image } from '../../fakes/images.ts';
import { meets, type QuirkRow, watchForLeaks } from './outcomes.ts';
import { fastClock, large, openScene, scaledLimits, small } from './scene.ts';

watchForLeaks();

const mebibyte = 2 ** 20;

describe('where an upload goes on', () => {
  const rows: readonly QuirkRow[] = [
    { sentence: 'GHCR names only a path', quirks: { locationRelative: true } },
    { sentence: 'a Location without a scheme', quirks: { locationSchemeless: true } },
    {
      sentence: 'a Location on another host gets the bytes, and no credentials',
      quirks: { locationElsewhere: true },
      afterwards: ({ target }) => {
        expect(target.elsewhereRecords.filter((one) => one.method === 'PUT')).toHaveLength(3);
        expect(target.requestCount('PUT', /uploads/)).toBe(0);
      },
    },
    {
      sentence: 'a signed query comes back byte for byte',
      quirks: { locationQuery: 'X-Sig=a%2Bb%3D%3D~c&_state=x%20y+z' },
    },
    { sentence: 'a fragment is not sent', quirks: { locationFragment: true } },
    {
      sentence: 'a user name in a Location is refused',
      quirks: { locationUserinfo: true },
      refused: { kind: 'protocol', says: /user name/ },
      afterwards: ({ target }) => {
        expect(target.requestCount('POST')).toBe(3);
        expect(
          target.records.some((one) => one.headers.some(([, value]) => value.includes('c29tZW9uZTpzZWNyZXQ'))),
        ).toBe(false);
        // a place that is refused is not asked to end the session either
        target.state.sessions.clear();
      },
    },
    {
      sentence: 'docker-registry 2 changes the state with every answer',
      quirks: { locationChanges: true, chunkedOnly: true },
      content: large,
    },
    {
      sentence: 'Azure ACR leaves the Location out of a PATCH answer',
      quirks: { locationMissingOnPatch: true, chunkedOnly: true },
      content: large,
    },
    { sentence: 'ECR sends no Location on PUT', quirks: { locationMissingOnPut: true, uploadIdMissing: true } },
  ];
  test.each(rows)('$sentence', (row) => meets(row, 'target'));

  test.each(['locationMissingOnPost', 'locationEmpty'] as const)('%s is a named protocol error', async (quirk) => {
    const scene = await openScene({
      content: image({ seed: 'one', layers: [] }),
      target: { quirks: { [quirk]: true } },
    });
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind: 'protocol', side: 'destination', op: 'upload.start' });
    expect(scene.target.requestCount('POST')).toBe(4);
  });

  test('http in a Location behind a TLS proxy means https on the same host (distribution#970)', async () => {
    const { authority, good } = await createCertificates();
    const scene = await openScene({
      target: { tls: good, quirks: { locationPlainHttp: true } },
      engine: { ca: authority.cert },
    });
    // both hosts get the default settings: the source is asked by the probe
    expect(await scene.copyOne()).toMatchObject({ outcome: 'copied' });
    await scene.assertWhole({ ca: authority.cert });
  });
});

describe('how bytes are taken', () => {
  const inChunks = { chunkedOnly: true } as const;
  const rows: readonly QuirkRow[] = [
    { sentence: 'ECR answers 201 to PATCH', quirks: { ...inChunks, patchAnswers201: true }, content: large },
    { sentence: '204 to the closing PUT', quirks: { putAnswers204: true } },
    { sentence: '202 to the closing PUT with the blob in place', quirks: { putAnswers202: true } },
    { sentence: 'a Range that never moves (ECR)', quirks: { ...inChunks, rangeStale: true }, content: large },
    { sentence: '`Range: bytes=0-N`', quirks: { ...inChunks, rangeHasUnit: true }, content: large },
    { sentence: '`Range: 0-0` for nothing', quirks: { ...inChunks, rangeZeroWhenEmpty: true }, content: large },
    { sentence: 'no Range at all', quirks: { ...inChunks, rangeMissing: true }, content: large },
    {
      sentence: 'a registry that wants chunks gets chunks, and is asked so only until it is known',
      quirks: inChunks,
      afterwards: ({ target }) => expect(target.requestCount('PATCH')).toBeGreaterThanOrEqual(3),
    },
    {
      sentence: 'Google Artifact Registry takes no PATCH, and gets none',
      quirks: { monolithicOnly: true },
      content: large,
      afterwards: ({ target }) => expect(target.requestCount('PATCH')).toBe(0),
    },
    {
      sentence: 'a body limit of a registry that takes no PATCH is named',
      quirks: { monolithicOnly: true, bodyLimitBytes: 2 * mebibyte },
      content: large,
      refused: { kind: 'refused', hint: 'body-limit' },
    },
    {
      sentence: 'a 413 page of nginx is answered with chunks',
      quirks: { bodyLimitBytes: 2 * mebibyte },
      content: large,
      afterwards: ({ target }) => expect(target.requestCount('PATCH')).toBe(2),
    },
    {
      sentence: 'chunks get smaller while they are refused too',
      quirks: { bodyLimitBytes: 1.2 * mebibyte },
      content: large,
      afterwards: ({ target }) => expect(target.requestCount('PATCH')).toBeGreaterThanOrEqual(4),
    },
    {
      sentence: 'an early 413 that looks like a broken line is answered with chunks',
      quirks: { earlyBodyLimitBytes: 2 * mebibyte },
      content: large,
    },
    {
      sentence: 'a middlebox that cuts large bodies is passed with chunks',
      quirks: { resetAboveBytes: 2 * mebibyte },
      content: large,
    },
    {
      sentence: 'a body limit below a mebibyte is for the administrator to lift',
      quirks: { bodyLimitBytes: 50_000 },
      refused: { kind: 'refused', hint: 'body-limit', says: /413/ },
    },
    { sentence: 'lengths are stated, so 411 is never met', quirks: { lengthRequired: true }, content: large },
    {
      sentence: 'a smallest chunk that was announced is kept to',
      quirks: { announcedChunkBytes: 2 * mebibyte, minimumChunkBytes: 2 * mebibyte, bodyLimitBytes: 2.5 * mebibyte },
      content: large,
    },
    { sentence: 'a POST with a digest is never sent', quirks: { singlePostRefused: true } },
    { sentence: 'PATCH and PUT redirected to another host', quirks: { uploadRedirects: true } },
    { sentence: 'a large body that is redirected goes in chunks', quirks: { uploadRedirects: true }, content: large },
    {
      sentence: 'SlowDown of a bucket behind the registry is waited out',
      quirks: { ...inChunks, slowDownTimes: 2 },
      content: large,
      engine: { retries: 5 },
    },
    { sentence: 'registry 2.8 does not look at Content-Range', quirks: { ...inChunks, contentRangeIgnored: true } },
    { sentence: 'the digest is refused once', quirks: { digestInvalidTimes: 1 } },
    {
      sentence: 'the digest is refused for ever',
      quirks: { digestInvalidTimes: 1000 },
      refused: { kind: 'integrity', says: /DIGEST_INVALID/ },
    },
    {
      sentence: 'a 201 for a blob that is not there',
      quirks: { putForgets: true, putAnswersOtherDigest: true },
      refused: { kind: 'integrity', hint: 'destination-corrupt' },
    },
  ];
  test.each(rows)('$sentence', (row) => meets(row, 'target'));
});

describe('sessions', () => {
  const broken = { earlyBodyLimitBytes: 2 * mebibyte } as const;
  const rows: readonly QuirkRow[] = [
    { sentence: 'asking for the status cancels it (registry 2)', quirks: { ...broken, statusCancelsSession: true } },
    { sentence: 'the status is 404 while it lives (public ECR)', quirks: { ...broken, statusAnswers404: true } },
    { sentence: 'it is lost when a body breaks off (zot)', quirks: { ...broken, sessionLostOnBreak: true } },
    { sentence: 'it is dead when a body breaks off (registry 2.8)', quirks: { ...broken, sessionDeadOnBreak: true } },
  ];
  test.each(rows)('$sentence', (row) => meets({ ...row, content: large }, 'target'));

  test('one that lives for fewer requests than a blob needs ends in an error after few sessions', async () => {
    const scene = await openScene({
      content: large,
      target: { quirks: { chunkedOnly: true, sessionRequests: 1 } },
    });
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind: 'unavailable', side: 'destination' });
    expect(scene.target.requestCount('POST')).toBeLessThan(30);
  });

  test('one that ends in time is opened anew', async () => {
    const scene = await openScene({ target: { quirks: { sessionLifetimeMs: 0 } } });
    expect((await scene.copyOne()).failure).toMatchObject({ kind: 'unavailable' });
    scene.target.setQuirks({});
    expect((await scene.copyOne()).outcome).toBe('copied');
  });
});

describe('no room', () => {
  const rows: readonly QuirkRow[] = [
    { sentence: 'docker-registry on a full disk', quirks: { diskFull: true }, refused: { kind: 'full' } },
    { sentence: '507', quirks: { insufficientStorage: true }, refused: { kind: 'full' } },
    { sentence: 'a quota of Harbor', quirks: { quotaBytes: 10 }, refused: { kind: 'full', hint: 'quota' } },
  ];
  test.each(rows)('$sentence', (row) =>
    meets({ ...row, afterwards: ({ target }) => expect(target.requestCount('POST')).toBeLessThan(10) }, 'target'),
  );
});

describe('mounting', () => {
  test.each([202, 400, 401, 403, 404, 405] as const)('a mount answered with %i becomes an upload', async (status) => {
    const scene = await openScene({ target: { quirks: { mountAnswers: status } } });
    await scene.copyOne('team/app:1', 'first/app:1');
    expect((await scene.copyOne('team/app:1', 'second/app:1')).outcome).toBe('copied');
    const both = await scene.copy([
      ['team/app:1', 'third/app:1'],
      ['team/app:1', 'fourth/app:1'],
    ]);
    expect(both.images.copied).toBe(2);
    await scene.assertWhole();
    expect(scene.target.state.sessions.size).toBe(0);
  });

  test('Quay wants `from` with every mount', async () => {
    const scene = await openScene({ target: { quirks: { mountNeedsFrom: true } } });
    const both = await scene.copy([
      ['team/app:1', 'a/app:1'],
      ['team/app:1', 'b/app:1'],
    ]);
    expect(both).toMatchObject({ images: { copied: 2 }, blobs: { sent: 3, mounted: 3 } });
    await scene.assertWhole();
  });

  test('a mount that lies is found out by the manifest, and the blobs are sent', async () => {
    const clock = fastClock(20);
    const limits = scaledLimits(20);
    const scene = await openScene({
      content: small,
      target: { quirks: { mountLies: true } },
      engine: { clock, limits },
    });
    const both = await scene.copy([
      ['team/app:1', 'a/app:1'],
      ['team/app:1', 'b/app:1'],
    ]);
    expect(both.images.copied).toBe(2);
    await scene.assertWhole();
  });
});
