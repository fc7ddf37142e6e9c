import { expect, onTestFinished, test } from 'vitest';
import { multiPlatform, signature } from '../../fakes/artifacts.ts';
import { image } from '../../fakes/images.ts';
import { basic, call, codeOf, type Answer, type CallOptions } from '../../fakes/plain-http.ts';
import { startQuirkRegistry, type AccessSetup, type Quirks } from '../../fakes/quirk-registry/server.ts';
import { startTokenServer } from '../../fakes/token-server.ts';

const content = multiPlatform({ seed: 'table' });
const layer = content.children[0]?.blobs[1]?.digest ?? '';
const tags = '/v2/a/b/tags/list';
const manifest = '/v2/a/b/manifests/v1';
const blobPath = `/v2/a/b/blobs/${layer}`;
const referrers = `/v2/a/b/referrers/${content.digest}`;
const uploads = '/v2/c/blobs/uploads/';
const mount = `${uploads}?mount=${layer}&from=a/b`;

type Expected = number | string | RegExp | ((answer: Answer) => unknown);
const table: readonly (readonly [quirks: Quirks, method: string, path: string, expected: Expected, CallOptions?])[] = [
  [{ tagsNull: true }, 'GET', tags, /"tags":null/],
  [{ pageSize: 1 }, 'GET', tags, ({ headers }) => headers.link === `<${tags}?last=v1&n=1>; rel="next"`],
  [
    { pageSize: 1, linkAbsolute: true },
    'GET',
    tags,
    ({ headers }) => String(headers.link).startsWith('<http://127.0.0.1'),
  ],
  [{ pageSize: 1, linkLoops: true }, 'GET', `${tags}?last=v1`, ({ headers }) => headers.link?.includes('last=v1')],
  [{ pageSize: 1, linkMissing: true }, 'GET', tags, ({ headers }) => headers.link === undefined],
  [
    { pageSize: 1, linkPathWrong: true },
    'GET',
    tags,
    ({ headers }) => String(headers.link).startsWith('</repository/'),
  ],
  [{ pageSize: 1, linkOpaque: true }, 'GET', tags, ({ headers }) => headers.link?.includes('next_page=v1')],
  [{ countIgnored: true }, 'GET', `${tags}?n=1`, /v1.*v3/],
  [{ countLimit: 1000 }, 'GET', `${tags}?n=1001`, /PAGINATION_NUMBER_INVALID/],
  [{ unsorted: true }, 'GET', tags, /v3.*v1/],
  [{ tagsDetailed: true }, 'GET', tags, /imageSizeBytes/],
  [{ catalogRefused: true }, 'GET', '/v2/_catalog', 401],
  [{ catalogMissing: true }, 'GET', '/v2/_catalog', 404],
  [{}, 'GET', referrers, /notary/],
  [{}, 'GET', `${referrers}?artifactType=x`, ({ headers }) => headers['oci-filters-applied'] === 'artifactType'],
  [{ referrersUnfiltered: true }, 'GET', `${referrers}?artifactType=x`, /notary/],
  [{ referrersMissing: true }, 'GET', referrers, 404],
  [{ referrersEmpty: true }, 'GET', referrers, /"manifests":\[\]/],
  [{ referrersNotIndex: true }, 'GET', referrers, /<html>/],
  [{ referrersPageSize: 1 }, 'GET', referrers, ({ headers }) => headers.link?.includes('from=1')],
  [{}, 'POST', mount, 201],
  [{ mountAnswers: 202 }, 'POST', mount, 202],
  [{ mountAnswers: 400 }, 'POST', mount, /invalid repository name/],
  [{ mountAnswers: 401 }, 'POST', mount, /project a\/b not found/],
  [{ mountNeedsFrom: true }, 'POST', `${uploads}?mount=${layer}`, 400],
  [{ mountLies: true }, 'POST', `${uploads}?mount=${layer}&from=nowhere`, 201],
  [{ insufficientStorage: true }, 'POST', uploads, 507],
  [{ announcedChunkBytes: 9 }, 'POST', uploads, ({ headers }) => headers['oci-chunk-min-length'] === '9'],
  [{ uploadIdMissing: true }, 'POST', uploads, ({ headers }) => headers['docker-upload-uuid'] === undefined],
  [{ rangeZeroWhenEmpty: true }, 'POST', uploads, ({ headers }) => headers.range === '0-0'],
  [{ blobHeadAnswers: 405 }, 'HEAD', blobPath, 405],
  [{ blobHeadUnlengthed: true }, 'HEAD', blobPath, ({ headers }) => headers['content-length'] === undefined],
  [{ blobRedirect: 302, blobRedirectTo: 'file:///etc/passwd' }, 'GET', blobPath, 302],
  [{ blobRedirect: 307, blobRedirectLoops: true }, 'GET', blobPath, ({ headers }) => headers.location === blobPath],
  [{ lengthMissing: true }, 'GET', blobPath, ({ headers }) => headers['transfer-encoding'] === 'chunked'],
  [{ contentEncoded: true }, 'GET', blobPath, ({ headers }) => headers['content-encoding'] === 'gzip'],
  [{ rangeRefused: true }, 'GET', blobPath, 416, { headers: { range: 'bytes=1-' } }],
  [{ resetAt: 10 }, 'GET', blobPath, 'ECONNRESET'],
  [{ blobsMissingOnGet: [layer] }, 'HEAD', blobPath, 200],
  [{ digestHeaderMissing: true }, 'HEAD', manifest, ({ headers }) => headers['docker-content-digest'] === undefined],
  [{ digestHeaderLies: true }, 'HEAD', manifest, ({ headers }) => headers['docker-content-digest'] !== content.digest],
  [{ contentType: 'text/plain' }, 'GET', manifest, ({ headers }) => headers['content-type'] === 'text/plain'],
  [{ contentTypeMissing: true }, 'GET', manifest, ({ headers }) => headers['content-type'] === undefined],
  [{ contentTypeParameters: true }, 'GET', manifest, ({ headers }) => headers['content-type']?.endsWith('utf-8')],
  [{ schema1WithoutAccept: true }, 'GET', manifest, 404],
  [{ schema1WithoutAccept: true }, 'GET', '/v2/a/b/manifests/v2', /"schemaVersion": 1/],
  [{ pullPrevented: true }, 'GET', manifest, 412],
  [{ tagDeleteRefused: true }, 'DELETE', manifest, 405],
  [{ wrongLoginAs429: true }, 'GET', '/v2/', 200],
  [{ abuseLimit: { times: 1, retryAfter: 'none' } }, 'GET', '/v2/', 429],
  [
    { unavailable: { times: 1, retryAfter: 'seconds', seconds: 7 } },
    'GET',
    '/v2/',
    ({ headers }) => headers['retry-after'] === '7',
  ],
  [
    { tooManyRequests: { times: 1, retryAfter: 'duration' } },
    'GET',
    '/v2/',
    ({ headers }) => headers['retry-after'] === '1000.5ms',
  ],
  [{ rateLimit: { limit: 0, windowSeconds: 60 } }, 'GET', manifest, 429],
  [{ rateLimit: { limit: 0, windowSeconds: 60 } }, 'HEAD', manifest, 200],
  [{ failFirst: { times: 1, status: 502 } }, 'GET', '/v2/', 502],
  [{ warning: 'old' }, 'GET', '/v2/', ({ headers }) => headers.warning === '299 - "old"'],
  [{ cookies: true }, 'POST', uploads, 403, { headers: { cookie: 'sid=a1b2c3' } }],
  [{ cookies: true }, 'POST', uploads, 202],
  [{ projects: [], projectMissingCuts: true }, 'POST', uploads, 'ECONNRESET'],
  [{ projects: [], projectCreateAnswers: 403 }, 'POST', '/api/v2.0/projects', /Only system admin/, { body: '{}' }],
  [{ proxyAuthenticationRequired: true }, 'GET', '/v2/', 407],
  [{ proxyPage: true }, 'GET', manifest, /<html>/],
  [{ pingMissing: true }, 'GET', '/v2/', 404],
];

async function outcome(
  quirks: Quirks,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer | string> {
  const registry = await startQuirkRegistry({
    quirks,
    content: {
      'a/b:v1': content,
      'a/b:v2': image({ flavour: 'docker' }),
      'a/b:v3': signature(content),
      'a/b:v4': signature(content, 'another'),
    },
  });
  onTestFinished(() => registry.close());
  return call(method, registry.url + path, options).catch(codeOf);
}

test.each(table.map((row) => [`${JSON.stringify(row[0])} ${row[1]} ${row[2].slice(0, 30)}`, row] as const))(
  '%s',
  async (_name, [quirks, method, path, expected, options]) => {
    const answer = await outcome(quirks, method, path, options);
    if (typeof expected === 'string' || typeof answer === 'string') expect(answer).toBe(expected);
    else if (typeof expected === 'number') expect(answer.status).toBe(expected);
    else if (expected instanceof RegExp) expect(answer.body.toString()).toMatch(expected);
    else expect(expected(answer), JSON.stringify(answer.headers)).toBe(true);
  },
);

test.each<[Quirks, RegExp]>([
  [{ realmRelative: true }, /^Bearer realm="\/token",service="registry\.test",scope="repository:a:pull"$/],
  [{ challengesInHeaders: true }, /^Negotiate, NTLM, Basic .*, Bearer realm=/],
  [{ challengeOdd: true }, /^bEARER .*SERVICE = registry\.test\t, realm="http/],
  [{ challengeBare: true }, /^Bearer realm="[^"]*"$/],
  [{ challengeMissing: true }, /^$/],
])('challenges: %o', async (quirks, shape) => {
  const tokens = await startTokenServer({ users: { me: { password: 'my secret' } } });
  const access: AccessSetup = { tokens, basic: { user: 'admin', password: 'admin secret' } };
  const registry = await startQuirkRegistry({ access, quirks });
  onTestFinished(async () => void (await Promise.all([tokens.close(), registry.close()])));
  const refused = await call('GET', `${registry.url}/v2/a/tags/list`);
  expect(refused.status).toBe(401);
  expect(refused.headers['www-authenticate'] ?? '').toMatch(shape);
  const headers = { authorization: basic('me', 'my secret') };
  expect((await call('GET', `${registry.url}/token?scope=repository:a:pull`, { headers })).status).toBe(200);
  registry.setQuirks({ catalogWantsBasic: true });
  const catalog = `${registry.url}/v2/_catalog`;
  expect((await call('GET', catalog)).headers['www-authenticate']).toMatch(/^Basic/);
  expect((await call('GET', catalog, { headers: { authorization: basic('admin', 'admin secret') } })).status).toBe(200);
  registry.setQuirks({ freshTokenRefusedTimes: 1 });
  const authorization = `Bearer ${tokens.issue([])}`;
  const statuses = [];
  for (let i = 0; i < 2; i++)
    statuses.push((await call('GET', `${registry.url}/v2/`, { headers: { authorization } })).status);
  expect(statuses).toEqual([401, 200]);
});
