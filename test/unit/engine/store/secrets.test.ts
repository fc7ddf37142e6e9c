import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { failureOf, intentOf, resultOf, signal, Stores, wellDone } from './stores.ts';

const stores = new Stores();
afterEach(() => stores.clean());

const planted = [
  'Hunter2-canary-1',
  'Y2FuYXJ5OmNhbmFyeS0y',
  'eyJjYW5hcnktMyI6MX0.eyJjYW5hcnktMyI6MX0.c2lnbmF0dXJl',
  'presigned-canary-4',
  'proxy-canary-5',
  'field-canary-6',
];
const [password, basic, webToken, presigned, proxy, field] = planted;
const text = [
  `https://user:${password}@registry.example/v2/`,
  `Authorization: Basic ${basic}`,
  `Bearer ${webToken}`,
  `https://store.example/blob?X-Amz-Signature=${presigned}`,
  `http://proxy:${proxy}@proxy.example:3128`,
].join(' and ');

test('no planted secret reaches the files of the store (S-LOG-1)', async () => {
  const folder = await stores.folder();
  const store = await stores.open({ folder });
  const wish = {
    source: text,
    list: [text, { deep: [{ text }] }],
    password: field,
    auths: { 'a.example': { auth: field } },
  };
  const intent = { command: text, fingerprint: `copy ${text} ${field}`, title: text, wish, account: text, host: text };
  const job = await store.journal.begin(intentOf('a', intent), signal);
  await job.images([{ source: text, destination: text }]);
  const failure = { ...failureOf(text), subject: text, http: { method: 'GET', url: text }, codes: [text] };
  const notices = [{ kind: 'overwritten' as const, text }];
  const digest = text;
  void job.ended(resultOf(1, { outcome: 'failed', failure, notices, digest }), [{ digest, size: 1, how: 'sent' }]);
  void job.ended(resultOf(2, { outcome: 'failed', failure: { ...failure, message: `${text} `.repeat(1_000) } }), []);
  await job.finish(wellDone);
  await store.settings.set({ name: 'window', fallback: {}, read: Object }, { proxy: text, token: field });
  const entry = { id: 'a', host: 'a.example', plainHttp: false, insecure: false };
  await store.registries.put({ ...entry, displayName: text, namespaces: [text] });
  await store.realms.pin('a.example', `https://user:${password}@auth.example/token?x=${presigned}`);
  await store.close();
  const files = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toString('latin1');
  expect(files).toContain('registry.example');
  expect(planted.filter((secret) => files.includes(secret))).toEqual([]);
});

test('references stay readable whose names only sound like secrets', async () => {
  const store = await stores.open();
  const source = 'source.example:5000/team/my-secret:v1';
  const wish = { references: Array.from({ length: 300 }, (_, n) => `${source}.${n}`) };
  const job = await store.journal.begin(intentOf('a', { wish }), signal);
  await job.images([{ source, destination: `target.example/token:v2@sha256:${'a'.repeat(64)}` }]);
  expect((await store.history.images(job.number, { most: 1 }, signal))[0]).toMatchObject({
    source,
    destination: `target.example/token:v2@sha256:${'a'.repeat(64)}`,
  });
  expect((await store.history.job(job.number, signal))?.wish).toEqual(wish);
});

test('a wish too large to keep is left out, and the job begins all the same', async () => {
  const store = await stores.open();
  const job = await store.journal.begin(intentOf('a', { wish: 'x'.repeat(2 * 1024 ** 2) }), signal);
  expect(await store.history.job(job.number, signal)).not.toHaveProperty('wish');
});

test.each([
  ['a user with a password behind it', { user: 'user:password' }],
  ['a web token for a user', { user: webToken ?? '' }],
  ['a user in the host', { host: 'user:password@a.example' }],
  ['a private key beside the certificate', { ca: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' }],
])('a registry is refused with %s', async (_, more) => {
  const store = await stores.open();
  const entry = { id: 'a', host: 'a.example', displayName: 'A', plainHttp: false, insecure: false, namespaces: [] };
  await expect(store.registries.put({ ...entry, ...more })).rejects.toMatchObject({ kind: 'invalid', side: 'local' });
  expect(await store.registries.list()).toEqual([]);
});

test('a setting named like a secret is refused', async () => {
  const store = await stores.open();
  const setting = { name: 'proxyPassword', fallback: '', read: String };
  await expect(store.settings.set(setting, 'x')).rejects.toMatchObject({ kind: 'invalid' });
});
