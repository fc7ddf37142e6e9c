import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import { image } from '../../../fakes/images.ts';
import { type Answer, call } from '../../../fakes/plain-http.ts';
import { startTestDock } from './started-docks.ts';

const sample = image();
const page = Buffer.from('<html><script>alert(1)</script></html>');

async function stocked(): Promise<{ url: string; pageDigest: string }> {
  const library = memoryLibrary();
  for (const blob of sample.blobs) await putBlob(library, 'a', blob.bytes());
  await putManifest(library, 'a', sample.raw, 'one');
  const { digest } = await putBlob(library, 'a', page);
  const dock = await startTestDock({ library });
  return { url: dock.url, pageDigest: digest };
}

test('every answer forbids browsers to guess or to run, and invites no other origin', async () => {
  const { url, pageDigest } = await stocked();
  const paths = [
    '',
    '_catalog',
    'a/tags/list',
    'a/manifests/one',
    `a/blobs/${pageDigest}`,
    'a/blobs/sha256:x',
    'nothing',
  ];
  for (const path of paths) {
    const { headers } = await call('GET', `${url}/v2/${path}`, { headers: { origin: 'http://evil.example' } });
    expect(headers['docker-distribution-api-version']).toBe('registry/2.0');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toBe("sandbox; default-src 'none'");
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('a blob is always a stream of bytes, whatever it looks like', async () => {
  const { url, pageDigest } = await stocked();
  const answer = await call('GET', `${url}/v2/a/blobs/${pageDigest}`, { headers: { accept: 'text/html' } });
  expect(answer.headers['content-type']).toBe('application/octet-stream');
});

test('a manifest of a type that browsers would run is not taken', async () => {
  const { url } = await stocked();
  for (const mediaType of ['application/xhtml+xml', 'image/svg+xml', 'text/html']) {
    const body = sample.raw.toString().replace(sample.mediaType, mediaType);
    const answer = await call('PUT', `${url}/v2/a/manifests/x`, { headers: { 'content-type': mediaType }, body });
    expect([mediaType, answer.status]).toEqual([mediaType, 400]);
  }
});

test('no address is made from what the client calls us', async () => {
  const { url } = await stocked();
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  const answers: Answer[] = [
    await call('POST', `${url}/v2/a/blobs/uploads/`, { headers }),
    await call('PUT', `${url}/v2/a/manifests/two`, { headers, body: sample.raw }),
    await call('GET', `${url}/v2/a/tags/list?n=1`, { headers }),
  ];
  for (const { headers } of answers) {
    expect(headers.location ?? headers['link']).toMatch(/^<?\/v2\/a\//);
    expect(JSON.stringify(headers)).not.toContain('evil');
  }
});

test('says back which registry a mirror stands for', async () => {
  const { url } = await stocked();
  const good = await call('GET', `${url}/v2/a/manifests/one?ns=docker.io`);
  expect([good.status, good.headers['oci-namespace']]).toEqual([200, 'docker.io']);
  const bad = await call('GET', `${url}/v2/a/manifests/one?ns=a%0d%0aSet-Cookie:b`);
  expect([bad.status, bad.headers['oci-namespace']]).toEqual([200, undefined]);
});

test('without a catalog says so and lists nothing', async () => {
  const dock = await startTestDock({ catalog: false });
  const answer = await call('GET', `${dock.url}/v2/_catalog`);
  expect([answer.status, answer.body.toString()]).toEqual([404, expect.stringContaining('DENIED')]);
});

test('an unexpected failure tells the client nothing', async () => {
  const library = memoryLibrary();
  library.tags = async () => {
    throw new Error('ENOENT /home/operator/secret');
  };
  const lines: unknown[] = [];
  const dock = await startTestDock({ library, logger: { log: (...line) => lines.push(line) } });
  const answer = await call('GET', `${dock.url}/v2/a/tags/list`);
  expect(answer.status).toBe(500);
  expect(answer.body.toString()).not.toMatch(/ENOENT|operator/);
  expect(lines.some((line) => JSON.stringify(line).includes('could not answer'))).toBe(true);
});
