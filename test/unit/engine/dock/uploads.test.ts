import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { blob, blobOf } from '../../../fakes/images.ts';
import { type Answer, call, open } from '../../../fakes/plain-http.ts';
import { startTestDock } from './started-docks.ts';

const content = blobOf('0123456789');

async function openUpload(url: string, repository = 'a'): Promise<string> {
  const answer = await call('POST', `${url}/v2/${repository}/blobs/uploads/`);
  expect(answer.status).toBe(202);
  return url + String(answer.headers.location);
}

const patch = (location: string, body: string, range?: string): Promise<Answer> =>
  call('PATCH', location, { body, ...(range === undefined ? {} : { headers: { 'content-range': range } }) });

test.each([
  ['2-4', 'behind a gap'],
  ['0-4', 'a second time'],
  ['bytes 5-9/10', 'in the words of HTTP'],
  ['5', 'without an end'],
  ['9-5', 'backwards'],
  ['99999999999999999999-9', 'absurdly far'],
])('answers 416 to a chunk %s, %s, and says where to go on', async (range) => {
  const { url } = await startTestDock();
  const location = await openUpload(url);
  expect((await patch(location, '01234', '0-4')).status).toBe(202);
  const refused = await patch(location, '56789', range);
  expect([refused.status, refused.headers.range, url + String(refused.headers.location)]).toEqual([
    416,
    '0-4',
    location,
  ]);
  expect((await patch(location, '56789', '5-9')).status).toBe(202);
  expect((await call('PUT', `${location}?digest=${content.digest}`)).status).toBe(201);
});

test('refuses a chunk whose length is not what its range says', async () => {
  const { url } = await startTestDock();
  const location = await openUpload(url);
  expect((await patch(location, '012', '0-4')).status).toBe(400);
  const short = await call('PATCH', location, { body: [Buffer.from('012')], headers: { 'content-range': '0-4' } });
  expect([short.status, short.body.toString()]).toEqual([400, expect.stringContaining('SIZE_INVALID')]);
  expect((await patch(location, '3456789')).headers.range).toBe('0-9');
});

test('keeps what came before a connection broke, and goes on from there', async () => {
  const { url } = await startTestDock();
  const location = await openUpload(url);
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('01234');
    await expect.poll(async () => (await call('GET', location)).headers.range).toBe('0-4');
    throw new Error('the line broke');
  };
  await expect(open('PATCH', location, { body: body() })).rejects.toThrow('the line broke');
  expect((await patch(location, '56789', '5-9')).status).toBe(202);
  expect((await call('PUT', `${location}?digest=${content.digest}`)).status).toBe(201);
});

test('an upload belongs to its repository', async () => {
  const { url } = await startTestDock();
  const location = await openUpload(url, 'a');
  const elsewhere = location.replace('/v2/a/', '/v2/b/');
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
    const answer = await call(method, `${elsewhere}?digest=${content.digest}`);
    expect([method, answer.status]).toEqual([method, 404]);
  }
  expect((await call('GET', location)).status).toBe(204);
});

test('gives an upload up that nobody touched for its time', async () => {
  const clock = new FakeClock();
  const library = memoryLibrary();
  const { url } = await startTestDock({ clock, library, limits: { uploadIdleMs: 1000 } });
  const location = await openUpload(url);
  await patch(location, '01234');
  await clock.advance(900);
  expect((await patch(location, '56789')).status).toBe(202);
  await clock.advance(900);
  expect((await call('GET', location)).status).toBe(204);
  await clock.advance(100);
  expect((await call('GET', location)).status).toBe(404);
  expect(library.usedBytes).toBe(0);
});

test('opens only so many uploads, and a new one when one is cancelled', async () => {
  const { url } = await startTestDock({ limits: { uploads: 2 } });
  const first = await openUpload(url);
  await openUpload(url);
  const refused = await call('POST', `${url}/v2/a/blobs/uploads/`);
  expect([refused.status, refused.body.toString()]).toEqual([429, expect.stringContaining('TOOMANYREQUESTS')]);
  expect((await call('DELETE', first)).status).toBe(204);
  await openUpload(url);
});

test('says 507 when the library is full, before the rest of the body came', async () => {
  const library = memoryLibrary({ maxBytes: 1_000_000 });
  const { url } = await startTestDock({ library });
  const large = blob(8_000_000, 'large');
  const location = await openUpload(url);
  const answer = await call('PATCH', location, { body: large.open() });
  expect([answer.status, answer.body.toString()]).toEqual([507, expect.stringContaining('DENIED')]);
  await call('DELETE', location);
  expect(library.usedBytes).toBe(0);
});

test('has nothing left after uploads that failed, and after close', async () => {
  const library = memoryLibrary();
  const dock = await startTestDock({ library });
  await call('PUT', `${await openUpload(dock.url)}?digest=${blobOf('x').digest}`, { body: '0123456789' });
  await call('POST', `${dock.url}/v2/a/blobs/uploads/?digest=${blobOf('x').digest}`, { body: '0123456789' });
  expect(library.usedBytes).toBe(0);
  await patch(await openUpload(dock.url), '01234');
  expect(library.usedBytes).toBe(5);
  await dock.close();
  expect(library.usedBytes).toBe(0);
});
