import { createHash } from 'node:crypto';
import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attestation, helmChart, multiPlatform } from '../../fakes/artifacts.ts';
import { blob, image, index } from '../../fakes/images.ts';
import { pause } from '../../fakes/listening.ts';
import { verifyWorld } from '../../fakes/oracle.ts';
import { call, open, type Answer } from '../../fakes/plain-http.ts';
import { push, pushManifest } from '../../fakes/push.ts';
import { startQuirkRegistry, type Quirks, type QuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { startTokenServer } from '../../fakes/token-server.ts';

let registry: QuirkRegistry;
beforeEach(async () => {
  registry = await startQuirkRegistry();
});
afterEach(() => registry.close());

const data = blob(1000, 'upload');
const bytes = data.bytes();
const path = `/v2/a/blobs/${data.digest}`;
const ask = (
  method: string,
  target: string,
  body?: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  call(method, new URL(target, registry.url).href, { headers, ...(body === undefined ? {} : { body }) });
const session = async (quirks: Quirks): Promise<string> => {
  registry.setQuirks(quirks);
  return (await ask('POST', '/v2/a/blobs/uploads/')).headers.location ?? '';
};
const put = (location: string, body?: Uint8Array): Promise<Answer> =>
  ask('PUT', `${location}?digest=${data.digest}`, body);
const cutPatch = async (location: string): Promise<void> => {
  async function* broken(): AsyncIterable<Buffer> {
    yield bytes.subarray(0, 300);
    await pause(30);
    throw new Error('cut');
  }
  await expect(call('PATCH', location, { headers: { 'content-length': '1000' }, body: broken() })).rejects.toThrow();
};

test.each<[Quirks, number]>([
  [{}, 201],
  [{ putAnswers204: true }, 204],
  [{ putAnswers202: true }, 202],
  [{ chunkedOnly: true }, 400],
  [{ quotaBytes: 500 }, 403],
  [{ digestInvalidTimes: 1 }, 400],
  [{ uploadRedirects: true }, 307],
])('PUT of a whole blob with %o is %i', async (quirks, status) => {
  expect((await put(await session(quirks), bytes)).status).toBe(status);
});

test('answers to PUT and PATCH lack or twist what they say', async () => {
  expect((await put(await session({ locationMissingOnPut: true }), bytes)).headers.location).toBeUndefined();
  expect((await put(await session({ putAnswersOtherDigest: true }), bytes)).headers['docker-content-digest']).not.toBe(
    data.digest,
  );
  const patched = await ask('PATCH', await session({ locationMissingOnPatch: true, rangeMissing: true }), bytes);
  expect([patched.status, patched.headers.location, patched.headers.range]).toEqual([202, undefined, undefined]);
  const location = await session({ digestHeaderInSha256: true });
  const long = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
  const stored = await ask('PUT', `${location}?digest=${long}`, bytes);
  expect(stored).toMatchObject({ status: 201, headers: { 'docker-content-digest': data.digest } });
  expect((await ask('GET', `/v2/a/blobs/${long}`)).body.equals(bytes)).toBe(true);
});

test('a PUT that forgets leaves nothing', async () => {
  expect((await put(await session({ putForgets: true }), bytes)).status).toBe(201);
  expect((await ask('HEAD', path)).status).toBe(404);
});

test('a redirected upload arrives by the other origin', async () => {
  const redirect = await put(await session({ uploadRedirects: true }), bytes);
  expect((await ask('PUT', redirect.headers.location ?? '', bytes)).status).toBe(201);
});

test('one POST uploads a blob, or is taken for the start of a session', async () => {
  const target = `/v2/a/blobs/uploads/?digest=${data.digest}`;
  expect((await ask('POST', target, bytes)).status).toBe(201);
  registry.setQuirks({ singlePostRefused: true });
  expect((await ask('POST', target, bytes)).status).toBe(202);
});

test('sessions end by count, by age and by a broken body', async () => {
  const counted = await session({ sessionRequests: 1 });
  expect([(await ask('GET', counted)).status, (await ask('GET', counted)).status]).toEqual([204, 404]);
  const aged = await session({ sessionLifetimeMs: 10 });
  await pause(15);
  expect((await ask('GET', aged)).status).toBe(404);
  const lost = await session({ sessionLostOnBreak: true });
  await cutPatch(lost);
  await expect.poll(async () => (await ask('GET', lost)).body.toString()).toContain('BLOB_UPLOAD_UNKNOWN');
  const dead = await session({ sessionDeadOnBreak: true });
  await cutPatch(dead);
  await expect.poll(async () => (await ask('GET', dead)).status).toBe(404);
  expect((await put(dead, bytes)).body.toString()).toContain('BLOB_UPLOAD_INVALID');
});

test('PATCH out of order, slowed down, or without a status', async () => {
  const loose = await session({ contentRangeIgnored: true, statusAnswers404: true });
  expect((await ask('PATCH', loose, bytes, { 'content-range': '100-1099' })).status).toBe(202);
  expect((await ask('GET', loose)).status).toBe(404);
  expect((await put(loose)).status).toBe(201);
  const slowed = await session({ slowDownTimes: 1 });
  expect((await ask('PATCH', slowed, bytes)).status).toBe(500);
  expect((await ask('PATCH', slowed, bytes)).status).toBe(202);
});

test.each<[Quirks, string, RegExp | string]>([
  [{ contentRangeMissing: true }, 'content-range', 'undefined'],
  [{ contentRangeOtherTotal: true }, 'content-range', 'bytes 9-999/1001'],
  [{ rangeMultipart: true }, 'content-type', /^multipart/],
  [{ acceptRangesMissing: true }, 'accept-ranges', 'undefined'],
])('a Range with %o', async (quirks, header, expected) => {
  registry.seedBlob('a', data);
  registry.setQuirks(quirks);
  const answer = await ask('GET', path, undefined, { range: 'bytes=9-' });
  expect(answer.status).toBe(206);
  expect(String(answer.headers[header])).toMatch(expected);
});

test('only the resumed part is corrupt, and drips come slowly', async () => {
  registry.seedBlob('a', data);
  registry.setQuirks({ corruptResumedAt: 500 });
  expect((await ask('GET', path)).body.equals(bytes)).toBe(true);
  expect((await ask('GET', path, undefined, { range: 'bytes=9-' })).body.equals(bytes.subarray(9))).toBe(false);
  registry.setQuirks({ dripBytesPerSecond: 5000 });
  const startedAt = performance.now();
  expect((await ask('GET', path)).body.equals(bytes)).toBe(true);
  expect(performance.now() - startedAt).toBeGreaterThan(90);
});

test('signed URLs: relative, expiring, not for HEAD', async () => {
  registry.seedBlob('a', data);
  registry.setQuirks({ blobRedirect: 307, blobRedirectRelative: true, signedHeadRefused: true });
  const { location = '' } = (await ask('GET', path)).headers;
  expect(location).toMatch(/^\/signed\//);
  expect([(await ask('HEAD', location)).status, (await ask('GET', location)).status]).toEqual([403, 200]);
  registry.setQuirks({ blobRedirect: 307, signedLifetimeMs: 5 });
  const late = (await ask('GET', path)).headers.location ?? '';
  await pause(10);
  expect((await ask('GET', late)).status).toBe(403);
});

test.each<[Quirks, string]>([
  [{ unknownConfigRefused: true }, 'unknown media type'],
  [{ manifestLimitBytes: 100 }, 'too large'],
  [{ ociTypesRefused: true }, 'manifest invalid'],
  [{ blobUnknownTimes: 1 }, 'MANIFEST_BLOB_UNKNOWN'],
])('PUT of a chart with %o is refused', async (quirks, message) => {
  registry.setQuirks(quirks);
  await expect(push(registry.url, 'a', 'v1', helmChart())).rejects.toThrow(message);
});

test('PUT of Docker types and of unknown platforms can be refused', async () => {
  registry.setQuirks({ dockerTypesRefused: true, unknownPlatformRefused: true });
  await expect(push(registry.url, 'a', 'v1', image({ flavour: 'docker' }))).rejects.toThrow('415');
  const single = image();
  await expect(push(registry.url, 'a', 'v1', index([single, attestation(single)]))).rejects.toThrow('unknown/unknown');
});

test('what is stored can be incomplete, forgotten, overtaken, swapped or endless', async () => {
  registry.setQuirks({ incompleteAccepted: true });
  await pushManifest(registry.url, 'a', 'hollow', image());
  expect((await verifyWorld({ url: registry.url })).problems.length).toBe(2);
  registry.setQuirks({ manifestPutForgets: true });
  await push(registry.url, 'b', 'v1', image());
  expect((await ask('HEAD', '/v2/b/manifests/v1')).status).toBe(404);
  const [one, other] = [image(), multiPlatform()];
  registry.seed('c', 'other', other);
  registry.setQuirks({ tagOvertakenBy: other.digest });
  await push(registry.url, 'c', 'v1', one);
  expect((await ask('HEAD', '/v2/c/manifests/v1')).headers['docker-content-digest']).toBe(other.digest);
  registry.setQuirks({ manifestSwapped: other.digest });
  expect((await ask('GET', `/v2/c/manifests/${one.digest}`)).body.equals(other.raw)).toBe(true);
  registry.setQuirks({ manifestEndless: true });
  const endless = await open('GET', `${registry.url}/v2/c/manifests/v1`);
  let sizeBytes = 0;
  for await (const chunk of endless) {
    sizeBytes += String(chunk).length;
    if (sizeBytes > 20_000_000) break;
  }
  expect(sizeBytes).toBeGreaterThan(20_000_000);
});

test('an answer to a manifest with subject may be silent about it', async () => {
  const subject = image();
  const referrer = image({ seed: 'referrer', extra: { subject: { digest: subject.digest, size: 1, mediaType: 'x' } } });
  const answerTo = async (quirks: Quirks): Promise<string> => {
    registry.setQuirks({ incompleteAccepted: true, ...quirks });
    const headers = { 'content-type': referrer.mediaType };
    return String((await ask('PUT', '/v2/a/manifests/v1', referrer.raw, headers)).headers['oci-subject']);
  };
  expect(await answerTo({})).toBe(subject.digest);
  expect(await answerTo({ subjectHeaderMissing: true })).toBe('undefined');
});

test('lists lead elsewhere, have empty pages, or are missing', async () => {
  for (const tag of ['v1', 'v2', 'v3']) registry.seed('a', tag, image());
  registry.setQuirks({ pageSize: 1, linkElsewhere: true });
  expect(String((await ask('GET', '/v2/a/tags/list')).headers.link)).toContain(registry.elsewhere);
  registry.setQuirks({ pageSize: 1, emptyPages: true });
  const report = await verifyWorld({ url: registry.url, repositories: { a: 'all' } });
  expect(Object.keys(report.tags)).toContain('a:v1');
  registry.setQuirks({ emptyRepositoryMissing: true });
  registry.seedBlob('empty', data);
  expect((await ask('GET', '/v2/empty/tags/list')).status).toBe(404);
});

test('an idle connection is closed', async () => {
  registry.setQuirks({ keepAliveMs: 20 });
  const agent = new Agent({ keepAlive: true });
  const request = get(`${registry.url}/v2/`, { agent }, (response) => response.resume());
  const socket = await new Promise<Socket>((resolve) => request.once('socket', resolve));
  await new Promise((resolve) => socket.once('close', resolve));
  expect(registry.connectionCount()).toBe(1);
  agent.destroy();
});

test('rights that are missing are told in several ways', async () => {
  const tokens = await startTokenServer();
  const guarded = await startQuirkRegistry({ access: { tokens } });
  const statuses: number[] = [];
  for (const quirks of [{}, { deniedAs403: true }, { deniedAs404: true }] satisfies Quirks[]) {
    guarded.setQuirks(quirks);
    const headers = { authorization: `Bearer ${tokens.issue(['repository:other:pull'])}` };
    statuses.push((await call('GET', `${guarded.url}/v2/a/tags/list`, { headers })).status);
  }
  expect(statuses).toEqual([401, 403, 404]);
  guarded.setQuirks({ tokensRefused: true });
  const headers = { authorization: `Bearer ${tokens.issue([])}` };
  expect((await call('GET', `${guarded.url}/v2/`, { headers })).headers['www-authenticate']).toContain('invalid_token');
  guarded.setQuirks({});
  expect((await call('GET', `${guarded.url}/v2/`, { headers })).status).toBe(200);
  expect(
    (await call('GET', `${guarded.url}/v2/`, { headers: { authorization: `${headers.authorization}x` } })).status,
  ).toBe(401);
  await Promise.all([tokens.close(), guarded.close()]);
  registry.setQuirks({ projects: [], projectMissingStatus: 404 });
  expect((await ask('POST', '/v2/a/b/blobs/uploads/')).status).toBe(404);
});
