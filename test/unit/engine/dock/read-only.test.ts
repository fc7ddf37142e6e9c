import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import { image } from '../../../fakes/images.ts';
import { call } from '../../../fakes/plain-http.ts';
import { say, startTestDock } from './started-docks.ts';

const sample = image();
const digest = sample.blobs[0]?.digest ?? '';
const id = '00000000-0000-4000-8000-000000000000';
const routes: Readonly<Record<string, boolean>> = {
  '/v2/': true,
  '/v2/_catalog': true,
  '/v2/a/tags/list': true,
  '/v2/a/manifests/one': true,
  [`/v2/a/manifests/${sample.digest}`]: true,
  [`/v2/a/blobs/${digest}`]: true,
  [`/v2/a/referrers/${sample.digest}`]: true,
  '/v2/a/blobs/uploads/': false,
  [`/v2/a/blobs/uploads/${id}`]: false,
};
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

test('a dock that is not writable answers GET and HEAD, and 405 to every other method on every route', async () => {
  const library = memoryLibrary();
  for (const blob of sample.blobs) await putBlob(library, 'a', blob.bytes());
  await putManifest(library, 'a', sample.raw, 'one');
  const before = library.usedBytes;
  const dock = await startTestDock({ library, writable: false });
  for (const [path, isReadable] of Object.entries(routes)) {
    for (const method of methods) {
      const answer = await call(method, dock.url + path);
      const expected = isReadable && (method === 'GET' || method === 'HEAD') ? 200 : 405;
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} ${expected}`);
      if (expected !== 405 || method === 'HEAD') continue;
      expect(JSON.parse(answer.body.toString())).toMatchObject({ errors: [{ code: 'UNSUPPORTED' }] });
      expect(answer.headers.allow).toBe(isReadable ? 'GET, HEAD' : '');
    }
  }
  expect(library.usedBytes).toBe(before);
});

test('answers a write before its body comes, and closes', async () => {
  const dock = await startTestDock({ writable: false });
  const head = 'PUT /v2/a/manifests/one HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\nonly the beginning';
  const said = await say(dock, head);
  expect(said).toMatch(/^HTTP\/1\.1 405 /);
  expect(said).toMatch(/connection: close/i);
});

test('does not invite a body that it will refuse', async () => {
  const dock = await startTestDock({ writable: false });
  const head = 'POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n';
  expect(await say(dock, head)).toMatch(/^HTTP\/1\.1 405 /);
});
