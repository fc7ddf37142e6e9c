import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { multiPlatform, signature } from '../../fakes/artifacts.ts';
import { createCertificates } from '../../fakes/certificates.ts';
import { blob, image, index, types } from '../../fakes/images.ts';
import { jsonOf } from '../../fakes/listening.ts';
import { assertWorldIsWhole, verifyWorld } from '../../fakes/oracle.ts';
import { hasPeer, skopeo, skopeoRaw } from '../../fakes/peers.ts';
import { call, type Answer, type CallOptions } from '../../fakes/plain-http.ts';
import { push, pushManifest } from '../../fakes/push.ts';
import { startQuirkRegistry, type QuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { startTokenServer } from '../../fakes/token-server.ts';

let registry: QuirkRegistry;
beforeEach(async () => {
  registry = await startQuirkRegistry();
});
afterEach(() => registry.close());

const data = blob(10_000, 'quirk');
const ask = (method: string, path: string, options?: CallOptions): Promise<Answer> =>
  call(method, new URL(path, registry.url).href, options);
const code = (answer: Answer): string => {
  const { errors } = jsonOf<{ errors: { code: string }[] }>(answer.body);
  return errors[0]?.code ?? '';
};
const session = async (): Promise<string> => {
  const { location = '' } = (await ask('POST', '/v2/a/b/blobs/uploads/')).headers;
  return location;
};
const chunk = (location: string, from: number, until: number): Promise<Answer> =>
  ask('PATCH', location, {
    headers: { 'content-range': `${from}-${until - 1}`, 'content-type': 'application/octet-stream' },
    body: data.bytes().subarray(from, until),
  });
const get = (headers: Record<string, string> = {}): Promise<Answer> =>
  ask('GET', `/v2/a/b/blobs/${data.digest}`, { headers });

describe('without a quirk', () => {
  test('takes whole images, and the oracle finds them whole', async () => {
    const content = multiPlatform({ attestations: 'artifact' });
    await push(registry.url, 'team/app', 'v1', content);
    await push(registry.url, 'team/app', 'signed', signature(content));
    const report = await assertWorldIsWhole({ url: registry.url, withReferrers: true });
    expect(report.tags['team/app:v1']).toBe(content.digest);
    expect(registry.state.sessions.size).toBe(0);
    const referrers = await ask('GET', `/v2/team/app/referrers/${content.digest}`);
    expect(JSON.parse(referrers.body.toString())).toMatchObject({
      mediaType: types.ociIndex,
      manifests: [{ artifactType: 'application/vnd.cncf.notary.signature' }],
    });
  });

  test.runIf(hasPeer('skopeo'))('satisfies skopeo as source and as destination', async () => {
    const content = multiPlatform({ attestations: 'image' });
    registry.seed('from', 'v1', content);
    const flags = ['--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'];
    const run = await skopeo([
      'copy',
      ...flags,
      `docker://${registry.host}/from:v1`,
      `docker://${registry.host}/to:v1`,
    ]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect((await skopeoRaw(registry.host, 'to:v1')).equals(content.raw)).toBe(true);
  });

  test('takes chunks in order only, tells the status, and cancels', async () => {
    const location = await session();
    const first = await chunk(location, 0, 4000);
    expect(first).toMatchObject({ status: 202, headers: { range: '0-3999' } });
    expect((await chunk(location, 5000, 6000)).status).toBe(416);
    expect((await ask('GET', location)).headers.range).toBe('0-3999');
    await chunk(location, 4000, 10_000);
    expect((await ask('PUT', `${location}?digest=${data.digest}`)).status).toBe(201);
    expect((await get()).body.equals(data.bytes())).toBe(true);
    const other = await session();
    expect((await ask('DELETE', other)).status).toBe(204);
    expect((await ask('GET', other)).status).toBe(404);
  });

  test('mounts, answers ranges, pages tags, refuses what is incomplete', async () => {
    registry.seedBlob('a/b', data);
    expect((await ask('POST', `/v2/c/blobs/uploads/?mount=${data.digest}&from=a/b`)).status).toBe(201);
    expect((await ask('POST', `/v2/c/blobs/uploads/?mount=${data.digest}&from=nowhere`)).status).toBe(202);
    const part = await get({ range: 'bytes=9990-' });
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 9990-9999/10000' } });
    expect((await get({ range: 'bytes=10000-' })).status).toBe(416);
    expect((await get({ range: 'bytes=-5' })).body.equals(data.bytes().subarray(-5))).toBe(true);
    for (const tag of ['v1', 'v2', 'v3']) registry.seed('t', tag, image({ seed: tag }));
    const page = await ask('GET', '/v2/t/tags/list?n=2');
    expect(page.headers.link).toBe('</v2/t/tags/list?last=v2&n=2>; rel="next"');
    const incomplete = index([image()]);
    await expect(pushManifest(registry.url, 'z', 'v1', incomplete)).rejects.toThrow('MANIFEST_BLOB_UNKNOWN');
  });

  test('keeps what arrived of a body that broke off', async () => {
    const location = await session();
    async function* broken(): AsyncIterable<Buffer> {
      yield data.bytes().subarray(0, 3000);
      await new Promise((resolve) => setTimeout(resolve, 30));
      throw new Error('cut');
    }
    const headers = { 'content-length': '10000', 'content-range': '0-9999' };
    await expect(ask('PATCH', location, { headers, body: broken() })).rejects.toThrow('cut');
    await expect.poll(async () => (await ask('GET', location)).headers.range).toBe('0-2999');
  });
});

describe('as the quirks say', () => {
  test('Locations', async () => {
    const shapes = {
      locationRelative: /^\/v2\//,
      locationSchemeless: /^\/\/127/,
      locationFragment: /#fragment$/,
      locationUserinfo: /someone:secret@/,
      locationEmpty: /^$/,
    };
    for (const [quirk, shape] of Object.entries(shapes)) {
      registry.setQuirks({ [quirk]: true });
      expect(await session()).toMatch(shape);
    }
    registry.setQuirks({ locationMissingOnPost: true });
    expect((await ask('POST', '/v2/a/b/blobs/uploads/')).headers.location).toBeUndefined();
    registry.setQuirks({ locationQuery: 'sig=a%2Bb%3D', locationChanges: true });
    const first = await session();
    const second = (await chunk(first, 0, 10)).headers.location ?? '';
    expect(code(await chunk(first, 10, 20))).toBe('BLOB_UPLOAD_INVALID');
    expect((await chunk(second, 10, 20)).status).toBe(202);
    registry.setQuirks({ locationElsewhere: true });
    expect(await session()).toContain(registry.elsewhere);
  });

  test('uploads', async () => {
    registry.setQuirks({ monolithicOnly: true });
    expect((await chunk(await session(), 0, 10)).status).toBe(405);
    registry.setQuirks({ patchAnswers201: true, rangeStale: true, rangeHasUnit: true });
    const location = await session();
    await chunk(location, 0, 10);
    expect(await chunk(location, 10, 30)).toMatchObject({ status: 201, headers: { range: 'bytes=0-9' } });
    registry.setQuirks({ statusCancelsSession: true });
    await ask('GET', location);
    expect((await ask('GET', location)).status).toBe(404);
    registry.setQuirks({ minimumChunkBytes: 100 });
    const small = await session();
    await chunk(small, 0, 10);
    expect((await chunk(small, 10, 20)).status).toBe(400);
    registry.setQuirks({ unauthorizedUploadNth: 2 });
    const renewed = await session();
    const statuses = [];
    for (const [from, until] of [
      [0, 5],
      [5, 9],
      [5, 9],
    ] as const)
      statuses.push((await chunk(renewed, from, until)).status);
    expect(statuses).toEqual([202, 401, 202]);
    registry.setQuirks({ bodyLimitBytes: 5000 });
    expect(await chunk(await session(), 0, 9000)).toMatchObject({
      status: 413,
      headers: { 'content-type': 'text/html' },
    });
    registry.setQuirks({ resetAboveBytes: 5000 });
    await expect(chunk(await session(), 0, 9000)).rejects.toThrow();
    registry.setQuirks({ lengthRequired: true });
    expect((await ask('PATCH', await session(), { body: data.open() })).status).toBe(411);
    registry.setQuirks({ diskFull: true });
    expect((await chunk(await session(), 0, 9)).body.toString()).toContain('no space left');
    expect((await ask('POST', '/v2/a/b/blobs/uploads/')).status).toBe(500);
    registry.setQuirks({ earlyBodyLimitBytes: 5000 });
    const early = await chunk(await session(), 0, 9000).then(
      (answer) => answer.status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(early);
  });

  test('downloads', async () => {
    registry.seedBlob('a/b', data);
    registry.setQuirks({ blobRedirect: 307, signedUses: 1 });
    const { location = '' } = (await get()).headers;
    expect(location).toContain(registry.elsewhere);
    expect((await call('GET', location, { headers: { authorization: 'Basic xxxx' } })).status).toBe(400);
    expect((await call('GET', location)).status).toBe(200);
    expect((await call('GET', location)).status).toBe(403);
    registry.setQuirks({ rangeIgnored: true });
    expect((await get({ range: 'bytes=5-' })).status).toBe(200);
    registry.setQuirks({ rangeShifted: true });
    expect((await get({ range: 'bytes=5-' })).headers['content-range']).toBe('bytes 6-9999/10000');
    registry.setQuirks({ truncateAt: 100, blobFaultTimes: 1 });
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await get()).body.length).toBe(10_000);
    registry.setQuirks({ truncateUnlengthedAt: 100 });
    expect((await get()).body.length).toBe(100);
    registry.setQuirks({ corruptAt: 7, extraBytes: 3 });
    const wrong = (await get()).body;
    expect(wrong.length).toBe(10_003);
    expect(wrong.subarray(0, 10_000).equals(data.bytes())).toBe(false);
    registry.setQuirks({ rangeRefusalBroken: true });
    await expect(get({ range: 'bytes=10000-' })).rejects.toThrow();
    registry.setQuirks({ stallAt: 50 });
    const url = `${registry.url}/v2/a/b/blobs/${data.digest}`;
    await expect(call('GET', url, { timeoutMs: 100 })).rejects.toThrow();
    registry.setQuirks({ blobsMissing: [data.digest] });
    expect((await get()).status).toBe(404);
  });

  test('manifests', async () => {
    const content = multiPlatform({ attestations: 'artifact' });
    registry.setQuirks({ emptyConfigRefused: true });
    await expect(push(registry.url, 'a/b', 'v1', content)).rejects.toThrow('unknown manifest class');
    registry.setQuirks({ absentSubjectRefused: true });
    await expect(push(registry.url, 'a/b', 'sig', signature(image({ seed: 'absent' })))).rejects.toThrow('subject');
    registry.setQuirks({ tagsImmutable: 412 });
    await push(registry.url, 'a/b', 'v1', image());
    await expect(push(registry.url, 'a/b', 'v1', image({ seed: 'other' }))).rejects.toThrow('412');
    registry.setQuirks({ sparseAccepted: true });
    await pushManifest(registry.url, 'a/b', 'sparse', index([image({ seed: 'absent' })]));
    expect((await verifyWorld({ url: registry.url })).problems[0]?.problem).toBe('manifest answers 404');
    registry.setQuirks({ manifestHeadRefused: true });
    expect((await ask('HEAD', '/v2/a/b/manifests/v1')).status).toBe(405);
    registry.setQuirks({ notFoundCode: true });
    expect(code(await ask('GET', '/v2/a/b/manifests/absent'))).toBe('NOT_FOUND');
  });

  test('limits and failures', async () => {
    registry.setQuirks({ tooManyRequests: { times: 1, retryAfter: 'date' }, failEvery: 3 });
    const limited = await ask('GET', '/v2/');
    expect(limited.status).toBe(429);
    expect(Date.parse(limited.headers['retry-after'] ?? '')).toBeGreaterThan(Date.now() - 2000);
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await ask('GET', '/v2/')).status);
    expect(statuses).toEqual([200, 500, 200, 200]);
    registry.setQuirks({ projects: ['here'] });
    expect((await ask('POST', '/v2/there/x/blobs/uploads/')).status).toBe(401);
    await ask('POST', '/api/v2.0/projects', { body: '{"project_name":"there"}' });
    expect((await ask('POST', '/v2/there/x/blobs/uploads/')).status).toBe(202);
  });
});

test('asks for tokens and knows what they grant', async () => {
  const tokens = await startTokenServer({});
  const guarded = await startQuirkRegistry({ access: { tokens }, quirks: { challengesInOneHeader: true } });
  const url = `${guarded.url}/v2/a/tags/list`;
  const challenge = (await call('GET', url)).headers['www-authenticate'];
  expect(challenge).toContain(`Bearer realm="${tokens.realm}",service="registry.test",scope="repository:a:pull"`);
  expect(challenge).toMatch(/^Negotiate, NTLM, Basic/);
  const bearer = (scope: string): CallOptions => ({ headers: { authorization: `Bearer ${tokens.issue([scope])}` } });
  expect((await call('GET', url, bearer('repository:a:pull'))).status).toBe(404);
  expect((await call('GET', url, bearer('repository:b:pull'))).headers['www-authenticate']).toContain(
    'insufficient_scope',
  );
  await Promise.all([guarded.close(), tokens.close()]);
});

test('speaks TLS with plain http Locations', async () => {
  const { good, authority } = await createCertificates();
  const secure = await startQuirkRegistry({ tls: good, quirks: { locationPlainHttp: true } });
  const answer = await call('POST', `${secure.url}/v2/a/blobs/uploads/`, { ca: authority.cert });
  expect(answer.headers.location).toMatch(new RegExp(`^http://${secure.host}/`));
  await secure.close();
});
