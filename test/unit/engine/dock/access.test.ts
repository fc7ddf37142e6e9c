import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import type { BearerOptions } from '../../../../electron/engine/dock/options.ts';
import type { Dock } from '../../../../electron/engine/dock/server.ts';
import { asObject } from '../../../../electron/oci/fields.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { image } from '../../../fakes/images.ts';
import { type Answer, basic, call } from '../../../fakes/plain-http.ts';
import { startTestDock } from './started-docks.ts';

const users = { ferry: 'a long password', robot$app: 'another one' };
const sample = image();

async function stocked(): Promise<ReturnType<typeof memoryLibrary>> {
  const library = memoryLibrary();
  for (const blob of sample.blobs) await putBlob(library, 'a', blob.bytes());
  await putManifest(library, 'a', sample.raw, 'one');
  return library;
}

async function bearerDock(options: Partial<BearerOptions> = {}, clock?: FakeClock): Promise<Dock> {
  return startTestDock({
    library: await stocked(),
    bearer: { users, ...options },
    ...(clock === undefined ? {} : { clock }),
  });
}

function text(answer: Answer, name: string): string {
  const value: unknown = JSON.parse(answer.body.toString());
  return String(asObject(value, 'token answer')[name]);
}

async function tokenFor(dock: Dock, scopes: readonly string[], user = basic('ferry', users.ferry)): Promise<string> {
  const query = new URLSearchParams({ service: 'dock' });
  for (const scope of scopes) query.append('scope', scope);
  const answer = await call('GET', `${dock.url}/token?${query.toString()}`, { headers: { authorization: user } });
  expect(answer.status).toBe(200);
  expect(text(answer, 'token')).toBe(text(answer, 'access_token'));
  return text(answer, 'token');
}

const ask = (dock: Dock, method: string, path: string, authorization?: string): Promise<Answer> =>
  call(method, `${dock.url}/v2/${path}`, authorization === undefined ? {} : { headers: { authorization } });

test('Basic lets in who knows the password, and says which scheme it wants', async () => {
  const dock = await startTestDock({ library: await stocked(), access: { basic: users } });
  for (const path of ['', 'a/manifests/one', '_catalog']) {
    const refused = await ask(dock, 'GET', path);
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="dock", charset="UTF-8"']);
    expect((await ask(dock, 'GET', path, basic('ferry', 'wrong'))).status).toBe(401);
    expect((await ask(dock, 'GET', path, basic('nobody', users.ferry))).status).toBe(401);
    expect((await ask(dock, 'GET', path, basic('robot$app', users['robot$app']))).status).toBe(200);
  }
});

test('Basic takes a function for its users', async () => {
  const verify = async (user: string, password: string): Promise<boolean> => user === 'u' && password === 'p:q';
  const dock = await startTestDock({ access: { basic: verify } });
  expect((await ask(dock, 'GET', '', basic('u', 'p:q'))).status).toBe(200);
  expect((await ask(dock, 'GET', '', basic('u', 'p'))).status).toBe(401);
});

test('names realm, service and the scope each request needs', async () => {
  const dock = await bearerDock();
  const challenge = async (method: string, path: string): Promise<string> =>
    String((await ask(dock, method, path)).headers['www-authenticate']);
  const start = `Bearer realm="${dock.url}/token",service="dock"`;
  expect(await challenge('GET', '')).toBe(start);
  expect(await challenge('GET', 'a/b/manifests/one')).toBe(`${start},scope="repository:a/b:pull"`);
  expect(await challenge('GET', 'a/tags/list')).toBe(`${start},scope="repository:a:pull"`);
  expect(await challenge('POST', 'a/blobs/uploads/')).toBe(`${start},scope="repository:a:pull,push"`);
  expect(await challenge('DELETE', 'a/manifests/one')).toBe(`${start},scope="repository:a:delete"`);
  expect(await challenge('GET', '_catalog')).toBe(`${start},scope="registry:catalog:*"`);
});

test('a token opens what it was asked for and nothing else', async () => {
  const dock = await bearerDock();
  const pull = `Bearer ${await tokenFor(dock, ['repository:a:pull'])}`;
  expect((await ask(dock, 'GET', '', pull)).status).toBe(200);
  expect((await ask(dock, 'GET', 'a/manifests/one', pull)).status).toBe(200);
  for (const [method, path] of [
    ['POST', 'a/blobs/uploads/'],
    ['DELETE', 'a/manifests/one'],
    ['GET', 'b/tags/list'],
    ['GET', '_catalog'],
  ] as const) {
    const answer = await ask(dock, method, path, pull);
    expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} 401`);
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"');
  }
  const all = `Bearer ${await tokenFor(dock, ['repository:a:pull,push', 'registry:catalog:*'])}`;
  expect((await ask(dock, 'POST', 'a/blobs/uploads/', all)).status).toBe(202);
  expect((await ask(dock, 'GET', '_catalog', all)).status).toBe(200);
});

test('mounts only from repositories that the token may read', async () => {
  const dock = await bearerDock();
  const path = `b/blobs/uploads/?mount=${sample.blobs[0]?.digest ?? ''}&from=a`;
  const without = `Bearer ${await tokenFor(dock, ['repository:b:pull,push'])}`;
  expect((await ask(dock, 'POST', path, without)).status).toBe(202);
  const also = `Bearer ${await tokenFor(dock, ['repository:b:pull,push', 'repository:a:pull'])}`;
  expect((await ask(dock, 'POST', path, also)).status).toBe(201);
});

test('gives tokens by POST for a password and for a refresh token', async () => {
  const dock = await bearerDock();
  const post = (fields: Record<string, string>): Promise<Answer> =>
    call('POST', `${dock.url}/token`, { body: new URLSearchParams(fields).toString() });
  const common = { service: 'dock', scope: 'repository:a:pull repository:b:pull' };
  const first = await post({
    ...common,
    grant_type: 'password',
    username: 'ferry',
    password: users.ferry,
    access_type: 'offline',
  });
  expect([first.status, text(first, 'scope')]).toEqual([200, common.scope]);
  const again = await post({ ...common, grant_type: 'refresh_token', refresh_token: text(first, 'refresh_token') });
  expect((await ask(dock, 'GET', 'a/manifests/one', `Bearer ${text(again, 'token')}`)).status).toBe(200);
  expect((await ask(dock, 'GET', '', `Bearer ${text(first, 'refresh_token')}`)).status).toBe(401);
  expect((await post({ ...common, grant_type: 'refresh_token', refresh_token: 'made up' })).status).toBe(401);
  expect((await post({ ...common, grant_type: 'password', username: 'ferry', password: 'wrong' })).status).toBe(401);
});

test('a token is good for its lifetime and not longer', async () => {
  const clock = new FakeClock();
  const dock = await bearerDock({ lifetimeSeconds: 60 }, clock);
  const token = `Bearer ${await tokenFor(dock, ['repository:a:pull'])}`;
  await clock.advance(59_000);
  expect((await ask(dock, 'GET', 'a/manifests/one', token)).status).toBe(200);
  await clock.advance(1000);
  const late = await ask(dock, 'GET', 'a/manifests/one', token);
  expect([late.status, late.headers['www-authenticate']]).toEqual([
    401,
    expect.stringContaining('error="invalid_token"'),
  ]);
});

test('grants what its rule says, to nobody too, and without a rule nothing to nobody', async () => {
  const open = await bearerDock({ grant: (user, { actions }) => (user === undefined ? ['pull'] : actions) });
  const answer = await call('GET', `${open.url}/token?scope=repository:a:pull,push`);
  expect([answer.status, text(answer, 'scope')]).toEqual([200, 'repository:a:pull']);
  expect((await ask(open, 'GET', 'a/manifests/one', `Bearer ${text(answer, 'token')}`)).status).toBe(200);
  expect((await ask(open, 'POST', 'a/blobs/uploads/', `Bearer ${text(answer, 'token')}`)).status).toBe(401);
  const closed = await bearerDock();
  expect((await call('GET', `${closed.url}/token?scope=repository:a:pull`)).status).toBe(401);
});

test('a realm is not made from what the client calls us', async () => {
  const dock = await bearerDock();
  const answer = await call('GET', `${dock.url}/v2/`, { headers: { host: 'evil.example' } });
  expect(answer.headers['www-authenticate']).toContain(`realm="${dock.url}/token"`);
});

test('no secret reaches the log or the one who listens', async () => {
  const heard: unknown[] = [];
  const dock = await startTestDock({
    library: await stocked(),
    access: { basic: users },
    bearer: { users },
    logger: { log: (...line) => heard.push(line) },
    onRequest: (request) => heard.push(request),
  });
  const token = await tokenFor(dock, ['repository:a:pull']);
  await ask(dock, 'GET', 'a/manifests/one', `Bearer ${token}`);
  await ask(dock, 'GET', 'a/manifests/one?ns=x&token=in-the-query', basic('ferry', users.ferry));
  await ask(dock, 'GET', 'a/manifests/one', basic('ferry', 'wrong one'));
  const all = JSON.stringify(heard);
  expect(all).toContain('/v2/a/manifests/one');
  for (const secret of [users.ferry, token, 'wrong one', 'in-the-query', basic('ferry', users.ferry).slice(6)]) {
    expect(all).not.toContain(secret);
  }
});
