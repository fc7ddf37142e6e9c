import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { registryFiles, writeFiles } from '../../fakes/bundle-files.ts';
import { createSelfSigned } from '../../fakes/certificates.ts';
import { blobsOf, image } from '../../fakes/images.ts';
import { hasPeer } from '../../fakes/peers.ts';
import { basic, call } from '../../fakes/plain-http.ts';
import { push } from '../../fakes/push.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { ferry, folder, startFerry } from './ferry.ts';

const content = image({ seed: 'served', layers: [300_000] });

function dataFolder(): { readonly IMAGE_FERRY_DATA: string } {
  return { IMAGE_FERRY_DATA: mkdtempSync(join(folder, 'data-')) };
}

/** A `serve` that runs, on a free port, and its URL. */
async function serve(
  args: readonly string[],
  env = dataFolder(),
): Promise<{ url: string; said: (text: string) => Promise<void>; stop: () => Promise<number | null> }> {
  const running = startFerry(['serve', '--listen', '127.0.0.1:0', ...args], { env });
  let printed = '';
  running.child.stdout?.on('data', (text: string) => (printed += text));
  await running.said('Ctrl-C');
  const [url = ''] = /https?:\/\/[\d.]+:\d+/.exec(printed) ?? [];
  const stop = async (): Promise<number | null> => {
    running.child.kill('SIGINT');
    return (await running.ended).status;
  };
  return { url, said: (text) => running.said(text), stop };
}

test('what was copied into the library is served, and only read', async () => {
  const source = await startQuirkRegistry({ content: { 'a:1': content } });
  onTestFinished(() => source.close());
  const env = dataFolder();
  const copied = await ferry(['copy', `${source.host}/a:1`, 'library:team/app:1'], { env });
  expect(copied.stderr + copied.stdout).toContain('copied');
  const { url, stop } = await serve([], env);
  expect((await call('GET', `${url}/v2/team/app/manifests/1`)).body).toEqual(content.raw);
  for (const blob of blobsOf(content)) {
    expect((await call('GET', `${url}/v2/team/app/blobs/${blob.digest}`)).body).toEqual(blob.bytes());
  }
  expect((await call('POST', `${url}/v2/team/app/blobs/uploads/`)).status).toBe(405);
  expect((await call('GET', `${url}/v2/_catalog`)).status).toBe(404);
  expect(await stop()).toBe(130);
  const back = await ferry(['copy', 'library:team/app:1', `${source.host}/b:1`], { env });
  expect(back.status).toBe(0);
  expect((await call('GET', `${source.url}/v2/b/manifests/1`)).body).toEqual(content.raw);
});

test('--writable takes pushes, which stay', async () => {
  const env = dataFolder();
  const first = await serve(['--writable', '--catalog'], env);
  await push(first.url, 'team/app', '1', content);
  await first.stop();
  const again = await serve(['--catalog'], env);
  expect((await call('GET', `${again.url}/v2/team/app/manifests/1`)).body).toEqual(content.raw);
  expect((await call('GET', `${again.url}/v2/_catalog`)).body.toString()).toContain('team/app');
});

test('--bundle serves a file of images', async () => {
  const files = mkdtempSync(join(folder, 'registry-'));
  await writeFiles(files, registryFiles({ 'team/app': { '1': content } }));
  const { url } = await serve(['--bundle', files]);
  expect((await call('GET', `${url}/v2/team/app/manifests/1`)).body).toEqual(content.raw);
});

test.runIf(hasPeer('htpasswd'))('--htpasswd and --tls-cert ask for a password over TLS', async () => {
  const { cert, key } = await createSelfSigned();
  const [certFile, keyFile, users] = ['cert.pem', 'key.pem', 'users'].map((name) => join(folder, name));
  await writeFile(certFile ?? '', cert);
  await writeFile(keyFile ?? '', key);
  await writeFile(users ?? '', spawnSync('htpasswd', ['-Bbn', '-C', '4', 'ferry', 'pass']).stdout);
  const args = ['--htpasswd', users ?? '', '--tls-cert', certFile ?? '', '--tls-key', keyFile ?? ''];
  const { url } = await serve(args);
  expect((await call('GET', `${url}/v2/`, { ca: cert })).status).toBe(401);
  const headers = { authorization: basic('ferry', 'pass') };
  expect((await call('GET', `${url}/v2/`, { ca: cert, headers })).status).toBe(200);
});

test('--stop-after ends by itself with status 0', async () => {
  const end = await ferry(['serve', '--listen', '127.0.0.1:0', '--stop-after', '1s']);
  expect(end.status).toBe(0);
  expect(end.stderr).toContain('the time is over');
});

test('--json tells where it serves and what was asked', async () => {
  const end = await ferry(['serve', '--listen', '127.0.0.1:0', '--stop-after', '1s', '--json']);
  const events = end.stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(events[0]).toMatchObject({ event: 'serving', url: expect.stringMatching(/^http:/), writable: false });
  expect(events.at(-1)).toMatchObject({ event: 'summary', ok: true });
});

test('a port in use is said, and no other one taken', async () => {
  const { url } = await serve([]);
  const end = await ferry(['serve', '--listen', new URL(url).host]);
  expect(end.status).toBe(2);
  expect(end.stderr).toContain('the port is in use');
});

test.each([
  [['--listen', '5000'], 'give an address'],
  [['--listen', 'example.com:5000'], 'give an address'],
  [['--listen', '0.0.0.0:0', '--writable'], 'only from people with a password'],
  [['--listen', '127.0.0.1:0', '--allow', 'ten'], 'no block of addresses'],
  [['--listen', '127.0.0.1:0', '--tls-cert', 'x'], 'needs its key'],
  [['--listen', '127.0.0.1:0', '--bundle', 'x', '--writable'], 'can only be read'],
  [['--listen', '127.0.0.1:0', '--bundle', 'no-such-file'], 'no-such-file'],
  [['--listen', '127.0.0.1:0', '--stop-after', '600h'], 'at most 24 days'],
])('serve %s is refused', async (args, told) => {
  const end = await ferry(['serve', ...args]);
  expect(end.stderr).toContain(told);
  expect(end.status).toBe(2);
});

test('--snippets prints what other programs are told, and --allow keeps strangers out', async () => {
  const { url, said } = await serve(['--snippets', '--allow', '10.0.0.0/8']);
  await said('Provider: Docker Registry');
  await said('insecure-registries');
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
});
