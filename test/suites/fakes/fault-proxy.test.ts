import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCertificates } from '../../fakes/certificates.ts';
import { startFaultProxy, type FaultProxy } from '../../fakes/fault-proxy.ts';
import { blob } from '../../fakes/images.ts';
import { closeServer, createServer, listen, piecesOf } from '../../fakes/listening.ts';
import { call, codeOf, open } from '../../fakes/plain-http.ts';

const content = blob(200_000, 'proxied').bytes();
const seen: { method: string; sizeBytes: number; host: string | undefined; isWhole: boolean }[] = [];
const upstream = createServer(undefined, (request, response) => {
  let sizeBytes = 0;
  request.on('data', (chunk: Buffer) => (sizeBytes += chunk.length));
  request.on('close', () => {
    seen.push({ method: request.method ?? '', sizeBytes, host: request.headers.host, isWhole: request.complete });
  });
  request.on('error', () => undefined);
  request.on('end', () => {
    response.writeHead(200, {
      'content-length': content.length,
      location: `http://${request.headers.host ?? ''}/next`,
    });
    response.end(request.method === 'HEAD' ? undefined : content);
  });
});
let proxy: FaultProxy;

beforeEach(async () => {
  seen.length = 0;
  proxy = await startFaultProxy(`127.0.0.1:${await listen(upstream)}`);
});
afterEach(async () => {
  await proxy.close();
  await closeServer(upstream);
});

async function fetchUntilCut(
  url: string,
): Promise<{ status: number; sizeBytes: number; error: string; digest: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let status = 0;
  let error = '';
  try {
    const response = await open('GET', url);
    status = response.statusCode ?? 0;
    for await (const chunk of piecesOf(response)) {
      sizeBytes += chunk.length;
      hash.update(chunk);
    }
  } catch (thrown) {
    error = codeOf(thrown);
  }
  return { status, sizeBytes, error, digest: hash.digest('hex') };
}

test('passes requests through with the host the client named, and counts the bytes', async () => {
  const answer = await call('PUT', `${proxy.url}/v2/x`, { body: content });
  expect(answer.body.equals(content)).toBe(true);
  expect(seen[0]?.host).toBe(proxy.host);
  expect(answer.headers.location).toBe(`${proxy.url}/next`);
  expect(proxy.bytes('PUT', /x$/)).toEqual({ sent: content.length, received: content.length });
  expect((await call('HEAD', `${proxy.url}/v2/x`)).headers['content-length']).toBe(String(content.length));
});

test.each([0, 1, 511, 65_535, 100_000, 199_999, 200_000])('resets an answer at byte %i', async (atByte) => {
  const struck = proxy.addRule({ direction: 'response', times: 1, action: { kind: 'reset', atByte } });
  const broken = await fetchUntilCut(proxy.url);
  expect(broken.sizeBytes).toBe(atByte);
  expect(broken.status).toBe(200);
  if (atByte < content.length) expect(broken.error).toBe('ECONNRESET');
  expect(struck()).toBe(1);
  expect((await fetchUntilCut(proxy.url)).sizeBytes).toBe(content.length);
});

test('ends short without a length, so that only the digest tells', async () => {
  proxy.addRule({ direction: 'response', action: { kind: 'end-unlengthed', atByte: 5 } });
  const short = await fetchUntilCut(proxy.url);
  expect(short).toMatchObject({ status: 200, sizeBytes: 5, error: '' });
});

test('flips one bit, only on the nth match', async () => {
  proxy.addRule({ direction: 'response', nth: 2, method: 'GET', action: { kind: 'flip', atByte: 70_000 } });
  const digests = [];
  for (let i = 0; i < 3; i++) digests.push((await fetchUntilCut(proxy.url)).digest);
  expect(digests[0]).toBe(digests[2]);
  expect(digests[1]).not.toBe(digests[0]);
});

test('stalls an answer until the client gives up', async () => {
  proxy.addRule({ direction: 'response', action: { kind: 'stall', atByte: 1000 } });
  const response = await open('GET', proxy.url, { timeoutMs: 100 });
  await expect(response.toArray()).rejects.toThrow();
  expect(proxy.exchanges[0]?.responseBytes).toBe(1000);
});

test('cuts a request body, and the upstream sees the part', async () => {
  proxy.addRule({ direction: 'request', method: 'PATCH', action: { kind: 'reset', atByte: 70_000 } });
  await expect(call('PATCH', proxy.url, { body: content })).rejects.toThrow();
  await expect.poll(() => seen).toMatchObject([{ method: 'PATCH', sizeBytes: 70_000, isWhole: false }]);
});

test('loses the acknowledgement of a request that the upstream has carried out', async () => {
  proxy.addRule({ direction: 'response', method: 'PUT', times: 1, action: { kind: 'swallow' } });
  await expect(call('PUT', proxy.url, { body: content })).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(seen).toMatchObject([{ method: 'PUT', sizeBytes: content.length, isWhole: true }]);
});

test('refuses a large body early with 413 or a reset', async () => {
  proxy.addRule({ direction: 'request', action: { kind: 'limit-body', sizeBytes: 100_000 } });
  const outcome = await call('PUT', proxy.url, { body: blob(8_000_000, 'large').open() }).then(
    (answer) => answer.status,
    (error: NodeJS.ErrnoException) => error.code,
  );
  expect([413, 'ECONNRESET', 'EPIPE']).toContain(outcome);
  expect((await call('PUT', proxy.url, { body: 'small' })).status).toBe(200);
});

test('replaces, redirects, rewrites and delays', async () => {
  proxy.addRule({ direction: 'response', path: /a/, action: { kind: 'replace', status: 500, body: '<html>' } });
  proxy.addRule({
    direction: 'request',
    path: /b/,
    action: { kind: 'answer', status: 307, headers: { location: 'http://127.0.0.1:1/' } },
  });
  proxy.addRule({
    direction: 'response',
    path: /c/,
    action: { kind: 'rewrite-location', rewrite: (location) => new URL(location).pathname },
  });
  proxy.addRule({ direction: 'request', path: /c/, action: { kind: 'delay', delayMs: 50 } });
  expect(await call('GET', `${proxy.url}/a`)).toMatchObject({ status: 500, body: Buffer.from('<html>') });
  expect((await call('GET', `${proxy.url}/b`)).headers.location).toBe('http://127.0.0.1:1/');
  const startedAt = performance.now();
  expect((await call('GET', `${proxy.url}/c`)).headers.location).toBe('/next');
  expect(performance.now() - startedAt).toBeGreaterThan(45);
  expect(seen.length).toBe(2);
});

test('closes at once on what is not HTTP, and resets when the upstream is down', async () => {
  await expect(call('GET', proxy.url.replace('http:', 'https:'))).rejects.toThrow();
  await closeServer(upstream);
  await expect(call('GET', proxy.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('strikes by chance in the same places for the same seed', async () => {
  const run = async (): Promise<number[]> => {
    proxy.clearRules();
    const action = { kind: 'replace', status: 503 } as const;
    proxy.addRule({ direction: 'response', chance: { oneIn: 3, seed: 7 }, action });
    const statuses = [];
    for (let i = 0; i < 12; i++) statuses.push((await call('HEAD', proxy.url)).status);
    return statuses;
  };
  const first = await run();
  expect(first).toContain(503);
  expect(await run()).toEqual(first);
});

test('terminates TLS in front of a plain registry', async () => {
  const { good, authority } = await createCertificates();
  const secure = await startFaultProxy(proxy.upstreamHost(), { tls: good });
  const answer = await call('GET', secure.url, { ca: authority.cert });
  await secure.close();
  expect(answer.headers.location).toBe(`http://${secure.host}/next`);
});
