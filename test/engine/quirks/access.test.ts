import { describe, expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../electron/engine/ports/credentials.ts';
import { guardSecret } from '../../fakes/recorder.ts';
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../../fakes/token-server.ts';
import type { Quirks } from '../../fakes/quirk-registry/server.ts';
import { watchForLeaks } from './outcomes.ts';
import { fastClock, large, openScene, type Scene, scaledLimits } from './scene.ts';

watchForLeaks();

const user = 'robot$team+ferry';
const password = 'pa$$ word-ÄÖ-7331';
const login: Credential = { kind: 'basic', user, password };
const slow = { clock: fastClock(20), limits: scaledLimits(20) };

async function withTokens(
  quirks: Quirks,
  options: TokenServerOptions = {},
  setup: Parameters<typeof openScene>[0] = {},
): Promise<{ scene: Scene; tokens: TokenServer }> {
  const tokens = await startTokenServer({ users: { [user]: { password } }, ...options });
  onTestFinished(() => tokens.close());
  const scene = await openScene({ targetCredential: login, ...setup, target: { quirks, access: { tokens } } });
  guardSecret(password, [tokens.origin, ...(quirks.realmRelative === true ? [scene.target.url] : [])]);
  return { scene, tokens };
}

async function whole(scene: Scene, tokens: TokenServer): Promise<void> {
  scene.target.setQuirks({});
  const scope = (name: string): string => `repository:${name}:pull`;
  await scene.assertWhole({
    repositories: { 'mirror/app': 'all' },
    authorization: (repository) => `Bearer ${tokens.issue([scope(repository ?? '')])}`,
  });
}

describe('challenges', () => {
  const rows: readonly { sentence: string; quirks: Quirks }[] = [
    { sentence: 'one header with Negotiate, NTLM, Basic and Bearer', quirks: { challengesInOneHeader: true } },
    { sentence: 'the same in several headers', quirks: { challengesInHeaders: true } },
    { sentence: 'odd order, case, blanks and escapes', quirks: { challengeOdd: true } },
    { sentence: 'a realm that is only a path', quirks: { realmRelative: true } },
    { sentence: 'no service and no scope', quirks: { challengeBare: true } },
    { sentence: 'cookies and CSRF (Harbor): none are kept', quirks: { cookies: true } },
  ];
  test.each(rows)('$sentence', async ({ quirks }) => {
    const { scene, tokens } = await withTokens(quirks);
    const result = await scene.copyOne();
    expect(result.failure).toBeUndefined();
    expect(result.outcome).toBe('copied');
    expect(scene.target.records.some((one) => one.headers.some(([name]) => /^cookie$/i.test(name)))).toBe(false);
    await whole(scene, tokens);
  });

  test('a 401 without any challenge says what is wrong', async () => {
    const { scene } = await withTokens({ challengeMissing: true });
    expect((await scene.copyOne()).failure).toMatchObject({ side: 'destination', kind: 'unauthorized' });
  });
});

describe('tokens', () => {
  const rows: readonly { sentence: string; quirks?: Quirks; options: TokenServerOptions }[] = [
    { sentence: 'access_token only', options: { tokenField: 'access_token' } },
    { sentence: 'both names', options: { tokenField: 'both' } },
    { sentence: 'no expires_in', options: { omitExpiry: true, omitIssuedAt: true } },
    { sentence: 'a life of 60 s', options: { lifetimeSeconds: 60 } },
    { sentence: 'only the first scope honoured', options: { onlyFirstScope: true } },
    {
      sentence: 'a token server that fails at first',
      options: { failures: { times: 2, status: 503 } },
    },
    {
      sentence: 'Docker Hub: a token that the first use finds too new',
      quirks: { freshTokenRefusedTimes: 1 },
      options: {},
    },
  ];
  test.each(rows)('$sentence', async ({ quirks = {}, options }) => {
    const { scene, tokens } = await withTokens(quirks, options, { engine: slow });
    const result = await scene.copyOne();
    expect(result.failure).toBeUndefined();
    await whole(scene, tokens);
  });

  test('the clock of the token server is hours off', async () => {
    const { scene, tokens } = await withTokens(
      {},
      { lifetimeSeconds: 300, tokenLifetimeSeconds: 20_000, clockSkewSeconds: -7200 },
    );
    expect((await scene.copyOne()).failure).toBeUndefined();
    expect(tokens.issuedCount()).toBeLessThan(6);
  });

  test.each([undefined, 404, 405] as const)(
    'a refresh token is posted; where POST is %s the same is asked by GET',
    async (postStatus) => {
      const refreshToken = 'refresh-me-0001';
      const users = { '<token>': { password: refreshToken, refreshToken } };
      const { scene, tokens } = await withTokens(
        {},
        { users, ...(postStatus === undefined ? {} : { postStatus }) },
        { targetCredential: { kind: 'identity', token: refreshToken } },
      );
      guardSecret(refreshToken, [tokens.origin]);
      expect((await scene.copyOne()).failure).toBeUndefined();
      expect(tokens.records.some((one) => one.method === (postStatus === undefined ? 'POST' : 'GET'))).toBe(true);
    },
  );

  test('every token refused: it ends, with the right that is missing', async () => {
    const { scene, tokens } = await withTokens({ tokensRefused: true }, {}, { engine: slow });
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind: 'forbidden', side: 'destination' });
    expect(failure?.message).toContain('repository:mirror/app:pull,push');
    expect(tokens.issuedCount()).toBeLessThanOrEqual(3);
  });

  test.each(['deniedAs403', 'deniedAs404', 'none'] as const)(
    'a right that is missing (%s) has a remedy',
    async (how) => {
      const access = [{ name: 'mirror/app', actions: ['pull'] }];
      const { scene, tokens } = await withTokens(how === 'none' ? {} : { [how]: true }, {
        users: { [user]: { password, access } },
      });
      const { failure } = await scene.copyOne();
      expect(failure?.kind).toMatch(/forbidden|not-found/);
      expect(failure).toMatchObject({ side: 'destination' });
      expect(tokens.issuedCount()).toBeLessThan(8);
    },
  );

  test.each([1, 2, 3])('a token that ends at upload request %i is renewed', async (nth) => {
    const quirks = { bodyLimitBytes: 2 * 2 ** 20, unauthorizedUploadNth: nth };
    const { scene, tokens } = await withTokens(quirks, {}, { content: large, engine: slow });
    expect((await scene.copyOne()).failure).toBeUndefined();
    await whole(scene, tokens);
  });

  test('a token that ends while one large body flows is renewed, and the body sent again', async () => {
    const { scene, tokens } = await withTokens({ unauthorizedUploadNth: 2 }, {}, { content: large, engine: slow });
    expect((await scene.copyOne()).failure).toBeUndefined();
    await whole(scene, tokens);
  });
});

describe('wrong passwords', () => {
  const wrong: Credential = { kind: 'basic', user, password: 'not-the-password' };
  const six = Array.from({ length: 6 }, (_, at) => ['team/app:1', `mirror/app${at}:1`] as const);

  test('at a token server: tried once, however many images', async () => {
    const { scene, tokens } = await withTokens({}, {}, { targetCredential: wrong });
    const summary = await scene.copy(six);
    expect(summary.images.failed).toBe(6);
    for (const { failure } of summary.results)
      expect(failure).toMatchObject({ kind: 'unauthorized', hint: 'credential-wrong' });
    expect(tokens.records).toHaveLength(1);
  });

  const basic = { user, password };

  test('by Basic: tried once, however many images', async () => {
    const scene = await openScene({ target: { access: { basic } }, targetCredential: wrong });
    const summary = await scene.copy(six);
    expect(summary.images.failed).toBe(6);
    for (const { failure } of summary.results)
      expect(failure).toMatchObject({ kind: 'unauthorized', hint: 'credential-wrong' });
    const tried = scene.target.records.filter((one) => one.headers.some(([name]) => /^authorization$/i.test(name)));
    expect(tried).toHaveLength(1);
  });

  test('by Basic, answered as 429 (Docker Hub): tried once, however many lists', async () => {
    const scene = await openScene({
      source: { quirks: { wrongLoginAs429: true }, access: { basic } },
      sourceCredential: wrong,
    });
    const asked = ['a', 'b', 'c'].map((path) =>
      scene.engine.tags({ host: scene.source.host, path }, new AbortController().signal),
    );
    for (const outcome of await Promise.allSettled(asked))
      expect(outcome).toMatchObject({ reason: { kind: 'unauthorized', hint: 'credential-wrong' } });
    const tried = scene.source.records.filter((one) => one.headers.some(([name]) => /^authorization$/i.test(name)));
    expect(tried).toHaveLength(1);
  });

  test('by Basic: the right one is sent to the registry only', async () => {
    const scene = await openScene({
      target: { quirks: { blobRedirect: 307, uploadRedirects: true }, access: { basic: { user, password } } },
      targetCredential: login,
    });
    guardSecret(password, [scene.target.url]);
    expect((await scene.copyOne()).outcome).toBe('copied');
  });

  test('none at all', async () => {
    const { scene } = await withTokens(
      {},
      {},
      { engine: { credentials: { credentialFor: () => Promise.resolve(undefined) } } },
    );
    expect((await scene.copyOne()).failure).toMatchObject({ kind: 'unauthorized', hint: 'credential-missing' });
  });
});

describe('projects', () => {
  test.each([401, 403, 404] as const)('Harbor: a project that is missing (%i) is to be created', async (status) => {
    const scene = await openScene({ target: { quirks: { projects: ['library'], projectMissingStatus: status } } });
    expect((await scene.copyOne()).failure).toMatchObject({ side: 'destination', hint: 'create-project' });
  });

  test('ECR cuts the connection: it ends, and says so', async () => {
    const scene = await openScene({ target: { quirks: { projects: ['library'], projectMissingCuts: true } } });
    expect((await scene.copyOne()).failure).toMatchObject({ kind: 'unreachable', side: 'destination', attempts: 4 });
  });
});

describe('the door', () => {
  const rows: readonly { sentence: string; quirks: Quirks }[] = [
    { sentence: '429 with seconds', quirks: { tooManyRequests: { times: 2, retryAfter: 'seconds' } } },
    { sentence: '429 with a date', quirks: { tooManyRequests: { times: 2, retryAfter: 'date' } } },
    { sentence: '429 with nothing', quirks: { tooManyRequests: { times: 2, retryAfter: 'none' } } },
    {
      sentence: '429 with X-Retry-After (old Hub)',
      quirks: { tooManyRequests: { times: 1, retryAfter: 'x-retry-after' } },
    },
    { sentence: '429 with a Unix time (Hub)', quirks: { tooManyRequests: { times: 1, retryAfter: 'unix-seconds' } } },
    { sentence: '429 with Unix milliseconds', quirks: { tooManyRequests: { times: 1, retryAfter: 'unix-ms' } } },
    { sentence: '429 with a duration', quirks: { tooManyRequests: { times: 1, retryAfter: 'duration' } } },
    { sentence: '429 of the abuse limiter, a plain page', quirks: { abuseLimit: { times: 2, retryAfter: 'seconds' } } },
    { sentence: '503 with Retry-After', quirks: { unavailable: { times: 2, retryAfter: 'seconds' } } },
    { sentence: 'every fifth request is 500', quirks: { failEvery: 5 } },
    { sentence: 'the first three are 502', quirks: { failFirst: { times: 3, status: 502 } } },
    { sentence: 'the first is 408', quirks: { failFirst: { times: 1, status: 408 } } },
    { sentence: 'the first is 524 (Cloudflare)', quirks: { failFirst: { times: 1, status: 524 } } },
    { sentence: 'a Warning on everything', quirks: { warning: 'this registry closes in May' } },
    { sentence: 'idle connections are closed at once', quirks: { keepAliveMs: 1 } },
    { sentence: 'the ping is 404', quirks: { pingMissing: true } },
    { sentence: 'slow answers', quirks: { delayMs: 20 } },
    { sentence: 'headroom is told', quirks: { rateLimit: { limit: 100, windowSeconds: 21_600 } } },
  ];
  test.each(rows)('$sentence', async ({ quirks }) => {
    for (const side of ['source', 'target'] as const) {
      const scene = await openScene({ [side]: { quirks }, engine: slow });
      const result = await scene.copyOne();
      expect(result.failure).toBeUndefined();
      scene.target.setQuirks({});
      await scene.assertWhole();
    }
  });

  test('a pull limit that is used up is a rate limit, not a wrong password', async () => {
    const scene = await openScene({ source: { quirks: { rateLimit: { limit: 0, windowSeconds: 60 } } } });
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind: 'rate-limited', side: 'source', attempts: 4 });
  });

  test('407 from something before the registry is the proxy’s', async () => {
    const scene = await openScene({ source: { quirks: { proxyAuthenticationRequired: true } } });
    expect((await scene.copyOne()).failure).toMatchObject({ kind: 'proxy', side: 'source' });
  });

  test('a web page of a proxy is never taken for a manifest', async () => {
    const scene = await openScene({ source: { quirks: { proxyPage: true } } });
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind: 'protocol', side: 'source' });
    expect(failure?.message).toContain('web page');
  });

  test('a web page of a proxy is never taken for a destination either', async () => {
    const scene = await openScene({ target: { quirks: { proxyPage: true } } });
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind: 'protocol', side: 'destination' });
  });
});
