import { describe, expect, onTestFinished, test } from 'vitest';
import { basicAuthorization, fetchToken, type Token } from '../../../../electron/engine/auth/tokens.ts';
import { HttpClient } from '../../../../electron/engine/http/client.ts';
import { Hosts } from '../../../../electron/engine/http/hosts.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import { pullScope, pushScope, type Scope } from '../../../../electron/engine/rules/scopes.ts';
import { startRawRegistry, type RawScript } from '../../../fakes/raw-registry.ts';
import { rawAnswer } from '../../../fakes/raw-answers.ts';
import { errorOf } from '../../error-of.ts';

const limits = { connectMs: 1000, tlsMs: 1000, headersMs: 500, closingMs: 500, idleMs: 500, tokenMs: 1000 };
const json = (value: unknown): string => rawAnswer(200, { 'Content-Type': 'application/json' }, JSON.stringify(value));

interface Asked {
  readonly token: Promise<Token>;
  readonly records: readonly {
    readonly method: string;
    readonly url: string;
    readonly body: string;
    readonly headers: readonly (readonly [string, string])[];
  }[];
  readonly meter: Meter;
}

async function ask(
  script: RawScript,
  credential?: Credential,
  scopes: readonly Scope[] = [pullScope('a/b')],
  realmQuery = '',
): Promise<Asked> {
  const raw = await startRawRegistry(script);
  const meter = new Meter();
  const hosts = new Hosts({
    clock: systemClock,
    random: () => 0,
    limits,
    streamsPerHost: 2,
    proxy: {},
    settings: new Map([[raw.host, { plainHttp: true }]]),
  });
  onTestFinished(async () => {
    await hosts.close();
    await raw.close();
  });
  const client = new HttpClient({ clock: systemClock, limits, retries: 1, waitMs: 100 });
  const question = { realm: new URL(`${raw.url}/token${realmQuery}`), service: 'the service', scopes, credential };
  const target = { host: raw.host, origin: raw.url, scopes, side: 'source', subject: 'a/b:1', meter } as const;
  const token = fetchToken(client, hosts.get(raw.host), question, target, new AbortController().signal);
  token.catch(() => undefined);
  return { token, records: raw.records, meter };
}

const reading = async (value: unknown): Promise<Token> => (await ask(() => [json(value)])).token;

describe('answers', () => {
  test('token, or access_token, or the first of both that says something', async () => {
    expect(await reading({ token: 't' })).toMatchObject({ authorization: 'Bearer t' });
    expect(await reading({ access_token: 'a' })).toMatchObject({ authorization: 'Bearer a' });
    expect(await reading({ token: 't', access_token: 'a' })).toMatchObject({ authorization: 'Bearer t' });
    expect(await reading({ token: '', access_token: 'a' })).toMatchObject({ authorization: 'Bearer a' });
    expect(await reading({ token: null, access_token: 'a' })).toMatchObject({ authorization: 'Bearer a' });
  });

  test.each([
    [undefined, 60],
    [300, 300],
    [0, 60],
    [-5, 60],
    [30, 60],
    ['300', 60],
    [null, 60],
    [1e9, 86_400],
    [90.5, 90.5],
  ])('expires_in %s lives %i s', async (given, expected) => {
    expect((await reading({ token: 't', expires_in: given })).lifetimeSeconds).toBe(expected);
  });

  test('issued_at is nothing to us', async () => {
    expect(await reading({ token: 't', expires_in: 100, issued_at: '1999-01-01T00:00:00Z' })).toMatchObject({
      lifetimeSeconds: 100,
    });
  });

  test('a refresh token that replaces ours', async () => {
    expect(await reading({ token: 't', refresh_token: 'r' })).toMatchObject({ refreshToken: 'r' });
    expect(await reading({ token: 't' })).not.toHaveProperty('refreshToken');
  });

  test.each([
    ['no JSON', '<html>sign in</html>'],
    ['nothing', ''],
    ['a list', '[]'],
    ['no token', '{}'],
    ['a number', '{"token":5}'],
    ['a line break in it', '{"token":"a\\r\\nX-Evil: 1"}'],
    ['a blank in it', '{"token":"a b"}'],
    ['letters beyond ASCII', '{"token":"\\u00e4"}'],
  ])('%s is an error that names the token server', async (_what, body) => {
    const { token } = await ask(() => [rawAnswer(200, {}, body)]);
    const error = await errorOf(token);
    expect(error).toMatchObject({ kind: 'protocol', op: 'token', side: 'source' });
    expect(error.message).not.toContain('Evil');
  });

  test('64 KiB are enough', async () => {
    const { token } = await ask(() => [json({ token: 't', padding: 'x'.repeat(70_000) })]);
    expect(await errorOf(token)).toMatchObject({ kind: 'protocol' });
  });
});

describe('questions', () => {
  const good: RawScript = () => [json({ token: 't' })];

  test('anonymous: service and scopes, encoded, next to what the realm has', async () => {
    const { token, records, meter } = await ask(good, undefined, [pushScope('a/b'), pullScope('c/d')], '?x=1');
    await token;
    const url = new URL(records[0]?.url ?? '', 'http://x');
    expect([...url.searchParams]).toEqual([
      ['x', '1'],
      ['service', 'the service'],
      ['scope', 'repository:a/b:pull,push'],
      ['scope', 'repository:c/d:pull'],
    ]);
    expect(records[0]?.headers.map(([name]) => name.toLowerCase())).not.toContain('authorization');
    expect(meter.requests).toEqual({ source: 0, destination: 0, token: 1 });
  });

  test.each(['robot$team+x', 'AWS', '_json_key', 'oauth2accesstoken', '$oauthtoken', 'üser'])(
    'user %s goes as it is',
    async (user) => {
      const { token, records } = await ask(good, { kind: 'basic', user, password: 'p:$w' });
      await token;
      const header = records[0]?.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
      expect(header).toBe(basicAuthorization(user, 'p:$w'));
      expect(Buffer.from(header?.slice(6) ?? '', 'base64').toString('utf8')).toBe(`${user}:p:$w`);
      expect(new URL(records[0]?.url ?? '', 'http://x').searchParams.get('account')).toBe(user);
      expect(records[0]?.url).not.toContain('offline_token');
    },
  );

  test('a refresh token is posted, and never stands in a URL', async () => {
    const { token, records } = await ask(() => [json({ access_token: 'a' })], { kind: 'identity', token: 'refresh-1' });
    expect(await token).toMatchObject({ authorization: 'Bearer a' });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ method: 'POST', url: '/token' });
  });

  test.each([404, 405])('POST answered %i: the same by GET', async (status) => {
    const script: RawScript = (request) =>
      request.method === 'POST' ? [rawAnswer(status, {})] : [json({ token: 'g' })];
    const { token, records } = await ask(script, { kind: 'identity', token: 'refresh-1' });
    expect(await token).toMatchObject({ authorization: 'Bearer g' });
    expect(records.map((one) => one.method)).toEqual(['POST', 'GET']);
    expect(records[1]?.url).not.toContain('refresh-1');
  });

  test('POST answered 401 is not asked again by GET', async () => {
    const { token, records } = await ask(() => [rawAnswer(401, {})], { kind: 'identity', token: 'refresh-1' });
    expect(await errorOf(token)).toMatchObject({ kind: 'unauthorized' });
    expect(records).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    const { token, records } = await ask(() => [rawAnswer(307, { Location: '/other' })]);
    expect(await errorOf(token)).toMatchObject({ kind: 'protocol', http: { status: 307 } });
    expect(records).toHaveLength(1);
  });
});
