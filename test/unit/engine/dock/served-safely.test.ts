import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import { allowList, isLoopback } from '../../../../electron/engine/dock/client-address.ts';
import type { DockRequest } from '../../../../electron/engine/dock/options.ts';
import { startDock } from '../../../../electron/engine/dock/server.ts';
import { createAuthority, createSelfSigned } from '../../../fakes/certificates.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { blob, image } from '../../../fakes/images.ts';
import { basic, call, open } from '../../../fakes/plain-http.ts';
import { push } from '../../../fakes/push.ts';
import { startTestDock } from './started-docks.ts';

const never = new AbortController().signal;

test('speaks TLS with the certificate it was given', async () => {
  const authority = await createAuthority();
  const { cert, key } = await authority.sign();
  const dock = await startTestDock({ tls: { cert, key } });
  expect(dock.url).toMatch(/^https:/);
  await push(dock.url, 'a', '1', image(), { ca: authority.cert });
  const answer = await call('GET', `${dock.url}/v2/a/manifests/1`, { ca: authority.cert });
  expect(answer.body).toEqual(image().raw);
});

test('sends clients to its token service by the scheme it speaks', async () => {
  const { cert, key } = await createSelfSigned();
  const dock = await startTestDock({ tls: { cert, key }, bearer: { users: { ferry: 'password' } } });
  const answer = await call('GET', `${dock.url}/v2/`, { ca: cert });
  expect(answer.headers['www-authenticate']).toContain(`realm="${dock.url}/token"`);
});

test('speaks no TLS older than 1.2', async () => {
  const { cert, key } = await createSelfSigned();
  const dock = await startTestDock({ tls: { cert, key } });
  const socket = connectTls({
    port: Number(new URL(dock.url).port),
    host: '127.0.0.1',
    ca: cert,
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  await expect(
    new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    }),
  ).rejects.toThrow();
});

test('refuses a certificate whose key is another one', async () => {
  const [{ cert }, { key }] = [await createSelfSigned(), await createSelfSigned()];
  await expect(startDock({ library: memoryLibrary(), tls: { cert, key } })).rejects.toMatchObject({ kind: 'invalid' });
});

test('rotten bytes do not make a whole answer below TLS either', async () => {
  const { cert, key } = await createSelfSigned();
  const library = memoryLibrary();
  const { digest } = await putBlob(library, 'a', blob(300_000, 'x').bytes());
  const sound = library.blob.bind(library);
  library.blob = async (...given) => {
    const stored = await sound(...given);
    return stored && { ...stored, open: async function* () {} };
  };
  const dock = await startTestDock({ library, tls: { cert, key } });
  const url = `${dock.url}/v2/a/blobs/${digest}`;
  await expect(call('GET', url, { ca: cert })).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  expect((await call('GET', url, { ca: cert })).status).toBe(404);
});

test('strangers are cut off before they say a word', async () => {
  const dock = await startTestDock({ allow: ['10.0.0.0/8', '192.168.1.7'] });
  const ended = new Promise((resolve) => {
    const socket = connect(Number(new URL(dock.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.once('close', resolve);
  });
  await ended;
  const open = await startTestDock({ allow: ['127.0.0.0/8'] });
  expect((await call('GET', `${open.url}/v2/`)).status).toBe(200);
});

test('strangers are cut off below TLS too, and harm nobody', async () => {
  const { cert, key } = await createSelfSigned();
  const strict = await startTestDock({ tls: { cert, key }, allow: ['10.0.0.0/8'] });
  for (let round = 0; round < 5; round++) {
    await expect(call('GET', `${strict.url}/v2/`, { ca: cert })).rejects.toThrow(/ECONNRESET|hang up|disconnected/);
  }
  const few = await startTestDock({ tls: { cert, key }, limits: { socketsPerAddress: 1 } });
  const held = connect(Number(new URL(few.url).port), '127.0.0.1');
  await new Promise((resolve) => held.once('connect', resolve));
  await expect(call('GET', `${few.url}/v2/`, { ca: cert })).rejects.toThrow(/ECONNRESET|hang up|disconnected/);
  held.destroy();
  await expect
    .poll(() => call('GET', `${few.url}/v2/`, { ca: cert }).catch(() => ({ status: 0 })))
    .toMatchObject({
      status: 200,
    });
});

test.each([
  ['10.0.0.0/8', '10.255.1.2', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.1.1.1', true],
  ['192.168.1.7', '192.168.1.7', true],
  ['192.168.1.7', '192.168.1.8', false],
  ['fd00::/8', 'fd12::1', true],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::/0', '10.0.0.1', false],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '', false],
])('%s and %s: allowed is %s', (block, address, isAllowed) => {
  expect(allowList([block])(address)).toBe(isAllowed);
});

test.each(['10.0.0.0/33', 'fd00::/129', 'example.com', '10.0.0', '10.0.0.0/', '10.0.0.0/8x', '', '10.0.0.0/-1'])(
  'refuses "%s" as a block',
  (block) => {
    expect(() => allowList([block])).toThrow(expect.objectContaining({ kind: 'invalid' }));
  },
);

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['localhost', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['localhost.example', false],
])('%s is loopback: %s', (host, isIt) => {
  expect(isLoopback(host)).toBe(isIt);
});

test('takes writes off loopback only from people with a password', async () => {
  const listen = { host: '0.0.0.0' };
  await expect(startDock({ library: memoryLibrary(), writable: true, listen })).rejects.toMatchObject({
    kind: 'invalid',
  });
  const dock = await startTestDock({ listen, access: { basic: { ferry: 'password' } } });
  const url = `http://127.0.0.1:${new URL(dock.url).port}`;
  expect((await call('POST', `${url}/v2/a/blobs/uploads/`)).status).toBe(401);
  const headers = { authorization: basic('ferry', 'password') };
  expect((await call('POST', `${url}/v2/a/blobs/uploads/`, { headers })).status).toBe(202);
  const open = await startTestDock({ listen, writable: false });
  expect((await call('GET', `http://127.0.0.1:${new URL(open.url).port}/v2/`)).status).toBe(200);
});

test('sends no faster than it may, whoever asks', async () => {
  const clock = new FakeClock();
  const library = memoryLibrary();
  const bytes = blob(4_000_000, 'paced').bytes();
  const upload = await library.beginUpload('a', 'sha256', never);
  for (let at = 0; at < 4_000_000; at += 250_000) await upload.append(bytes.subarray(at, at + 250_000), never);
  const { digest } = await putBlob(memoryLibrary(), 'a', bytes);
  await upload.commit(digest, never);
  const dock = await startTestDock({ library, clock, limits: { bytesPerSecond: 1_000_000 } });
  const url = `${dock.url}/v2/a/blobs/${digest}`;
  const both = Promise.all([call('GET', url), call('GET', url)]);
  const done = both.then(() => true);
  const from = clock.monotonicMs();
  while (!(await Promise.race([done, clock.advance(10).then(() => false)])));
  const [one, other] = await both;
  expect([one.body.length, other.body.length]).toEqual([4_000_000, 4_000_000]);
  // 8 MB less the last piece of each, which is not waited for
  expect(clock.monotonicMs() - from).toBeGreaterThanOrEqual(7400);
});

test('stops by itself when its time is over, and says so', async () => {
  const clock = new FakeClock();
  const dock = await startTestDock({ clock, stopAfterMs: 7_200_000 });
  expect(dock.stopsAtMs).toBe(clock.wallMs() + 7_200_000);
  const answer = await open('GET', `${dock.url}/v2/`);
  answer.resume();
  await clock.advance(7_199_999);
  expect((await call('GET', `${dock.url}/v2/`)).status).toBe(200);
  await clock.advance(1);
  await dock.ended;
  await expect(call('GET', `${dock.url}/v2/`)).rejects.toThrow(/ECONNREFUSED/);
  await dock.close();
});

test('tells who pulled what, when, and how much of it', async () => {
  const clock = new FakeClock();
  const library = memoryLibrary();
  const sample = image();
  for (const part of sample.blobs) await putBlob(library, 'team/app', part.bytes());
  await putManifest(library, 'team/app', sample.raw, 'one');
  const told: DockRequest[] = [];
  const users = { ferry: 'password' };
  const onRequest = (request: DockRequest): void => void told.push(request);
  const dock = await startTestDock({ library, clock, onRequest, access: { basic: users } });
  const headers = { authorization: basic('ferry', 'password') };
  const digest = sample.blobs[0]?.digest;
  await call('GET', `${dock.url}/v2/team/app/manifests/one`, { headers });
  await call('GET', `${dock.url}/v2/team/app/blobs/${digest}`, { headers });
  await call('GET', `${dock.url}/v2/`, { headers });
  await expect.poll(() => told.length).toBe(3);
  const who = { user: 'ferry', clientAddress: '127.0.0.1', atMs: clock.wallMs(), status: 200, isComplete: true };
  expect(told[0]).toMatchObject({ ...who, repository: 'team/app', reference: 'one' });
  expect(told[1]).toMatchObject({ ...who, repository: 'team/app', reference: digest });
  expect(told[2]).toMatchObject({ ...who, repository: undefined, reference: undefined });
  expect(told[0]?.sentBytes).toBeGreaterThan(sample.raw.length);
});

test('a mirror hears its namespace again, and only that of the request', async () => {
  const dock = await startTestDock();
  const answer = await call('GET', `${dock.url}/v2/library/nginx/manifests/1?ns=docker.io`);
  expect(answer.status).toBe(404);
  expect(answer.headers['oci-namespace']).toBe('docker.io');
  const odd = await call('GET', `${dock.url}/v2/?ns=a%0d%0ab`);
  expect(odd.headers['oci-namespace']).toBeUndefined();
});

test.each(['-1', '1e309', '0x10', ' 1', '1.5', 'NaN', '9'.repeat(16)])(
  'a list of n=%s entries is refused',
  async (n) => {
    const dock = await startTestDock();
    expect((await call('GET', `${dock.url}/v2/_catalog?n=${encodeURIComponent(n)}`)).status).toBe(400);
  },
);

test.each(['0', '1000000000'])('a list of n=%s entries is no longer than the dock likes', async (n) => {
  const library = memoryLibrary();
  for (const name of ['a', 'b', 'c']) await putManifest(library, name, image().raw, 'one');
  const dock = await startTestDock({ library, limits: { pageSize: 2 } });
  const { body } = await call('GET', `${dock.url}/v2/_catalog?n=${n}`);
  expect(JSON.parse(body.toString())).toEqual({ repositories: n === '0' ? [] : ['a', 'b'] });
});

test('many small ranges and several at once cost no more than their bytes', async () => {
  const library = memoryLibrary();
  const { digest } = await putBlob(library, 'a', blob(100_000, 'ranges').bytes());
  const dock = await startTestDock({ library });
  const url = `${dock.url}/v2/a/blobs/${digest}`;
  const several = Array.from({ length: 1500 }, (_, at) => `${at}-${at}`).join(',');
  const all = await call('GET', url, { headers: { range: `bytes=${several}` } });
  expect([all.status, all.body.length]).toEqual([200, 100_000]);
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => call('GET', url, { headers: { range: `bytes=${at}-${at}` } })),
    );
    expect(answers.every(({ status, body }) => status === 206 && body.length === 1)).toBe(true);
  }
});
