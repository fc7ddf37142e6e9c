import { afterEach, expect, test } from 'vitest';
import { call } from '../../fakes/plain-http.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { allRecords, assertNoLeak, assertNoSecretLeaked, forgetRecords, guardSecret } from '../../fakes/recorder.ts';
import { startTokenServer } from '../../fakes/token-server.ts';

afterEach(() => forgetRecords());

const secret = 'pä$$ w0rd+/=';

async function leak(headers: Record<string, string>, path = '/v2/', body?: string): Promise<() => void> {
  const registry = await startQuirkRegistry();
  await call(body === undefined ? 'GET' : 'POST', registry.url + path, {
    headers,
    ...(body === undefined ? {} : { body }),
  });
  await registry.close();
  return () => assertNoLeak([{ text: secret, allowedOrigins: ['http://127.0.0.1:1'] }], allRecords());
}

test.each([
  ['base64 after a short user', { authorization: `Basic ${Buffer.from(`u:${secret}`).toString('base64')}` }],
  ['base64 after a longer user', { authorization: `Basic ${Buffer.from(`user:${secret}`).toString('base64')}` }],
  ['base64 after the longest', { 'x-auth': Buffer.from(`{"username":"a","password":"${secret}"}`).toString('base64') }],
  ['URL encoded', { referer: `http://x/?p=${encodeURIComponent(secret)}` }],
])('finds a secret in a header: %s', async (_name, headers) => {
  expect(await leak(headers)).toThrow(/credentials leaked:\n {2}secret "pä…" .* in header .* of GET \/v2\/ at http/);
});

test('finds a secret in a URL and does not print it', async () => {
  const check = await leak({}, `/v2/?password=${encodeURIComponent(secret)}`);
  expect(check).toThrow(/in the URL of GET \/v2\/ at/);
  expect(check).not.toThrow('w0rd');
});

test('finds a secret in a form body', async () => {
  const tokens = await startTokenServer();
  await call('POST', tokens.realm, { body: new URLSearchParams({ refresh_token: secret }).toString() });
  await tokens.close();
  expect(() => assertNoLeak([{ text: secret, allowedOrigins: [] }], tokens.records)).toThrow(/in the body of POST/);
});

test('is content when a secret only went where it is bound to', async () => {
  const registry = await startQuirkRegistry();
  const authorization = `Basic ${Buffer.from(`u:${secret}`).toString('base64')}`;
  await call('GET', `${registry.url}/v2/`, { headers: { authorization } });
  await registry.close();
  guardSecret(secret, [registry.url]);
  expect(allRecords().length).toBe(1);
  expect(assertNoSecretLeaked).not.toThrow();
});
