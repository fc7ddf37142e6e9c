import { createServer, type RequestListener, type Server } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { HttpClient, type HttpClientOptions } from '../../../../electron/engine/http/client.ts';
import { type Host, Hosts } from '../../../../electron/engine/http/hosts.ts';
import { RateLimit } from '../../../../electron/engine/http/rate-limit.ts';
import type { ApiRequest } from '../../../../electron/engine/http/request.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import { closeServer, listen } from '../../../fakes/listening.ts';
import { errorOf } from '../../error-of.ts';

const limits = { connectMs: 1000, tlsMs: 1000, headersMs: 5000, closingMs: 5000, idleMs: 5000, tokenMs: 1000 };
const nobody = undefined;
const open = (): AbortSignal => new AbortController().signal;

interface World {
  readonly host: Host;
  readonly client: HttpClient;
  readonly base: ApiRequest;
  readonly ask: (more?: Partial<ApiRequest>) => ReturnType<HttpClient['send']>;
  readonly stop: () => Promise<void>;
  readonly start: (listener: RequestListener) => Promise<void>;
}

/** A client of one host that can be stopped and started again at the same port. */
async function world(listener: RequestListener, options: Partial<HttpClientOptions> = {}): Promise<World> {
  let server: Server = createServer(listener);
  const port = await listen(server);
  const name = `127.0.0.1:${port}`;
  const settings = new Map([[name, { plainHttp: true }]]);
  const shared = { clock: systemClock, random: () => 0, limits, streamsPerHost: 4, proxy: {}, settings };
  const hosts = new Hosts(shared);
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await closeServer(server);
  };
  onTestFinished(async () => {
    await hosts.close();
    if (server.listening) await stop();
  });
  const client = new HttpClient({ clock: systemClock, limits, retries: 2, waitMs: 20_000, ...options });
  const host = hosts.get(name);
  const base = {
    host,
    method: 'GET',
    target: '/v2/x',
    side: 'source',
    op: 'manifest.get',
    subject: 'a/b:1',
    scopes: [],
    meter: new Meter(),
    isIdempotent: true,
  } as const;
  return {
    host,
    client,
    base,
    ask: (more = {}) => client.send({ ...base, ...more }, nobody, open()),
    stop,
    start: async (next) => {
      server = createServer(next);
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
  };
}

test('a host that goes and comes back is waited for, with one request ahead of the others', async () => {
  const { ask, host, stop, start } = await world((_request, response) => response.end('one'));
  await ask();
  await stop();
  const asked = Array.from({ length: 20 }, () => ask());
  await expect.poll(() => host.outage.downForMs).toBeGreaterThan(600);
  await start((_request, response) => response.end('two'));
  const answers = await Promise.all(asked);
  expect(answers.map(({ body }) => Buffer.from(body).toString())).toEqual(Array.from({ length: 20 }, () => 'two'));
  expect(host.outage.downForMs).toBeUndefined();
});

test('a probe that needs a token from the host itself gets it', async () => {
  const { ask, client, host, stop, start, base } = await world((_request, response) => response.end('one'));
  await ask();
  await stop();
  const authorizer = {
    authorization: async (): Promise<undefined> => {
      await client.send({ ...base, op: 'token', isTokenRequest: true }, nobody, open());
    },
    challenged: () => Promise.resolve(),
    lacking: () => Promise.resolve(undefined),
    settled: () => undefined,
  };
  const asked = [ask(), client.send(base, authorizer, open()), client.send(base, authorizer, open())];
  await expect.poll(() => host.outage.downForMs).toBeGreaterThan(300);
  await start((_request, response) => response.end('two'));
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('a host that stays away is given up after the time allowed, by all who wait', async () => {
  const { ask, stop } = await world((_request, response) => response.end(), { waitMs: 700 });
  await ask();
  await stop();
  const errors = await Promise.all(Array.from({ length: 10 }, () => errorOf(ask())));
  expect(new Set(errors.map(({ kind }) => kind))).toEqual(new Set(['unreachable']));
});

test.each([401, 403, 404, 500])('a host that answers %d is not gone', async (status) => {
  const { ask, host } = await world((_request, response) => response.writeHead(status).end());
  await errorOf(ask());
  expect(host.outage.downForMs).toBeUndefined();
});

test('what was under way when the machine slept is asked again, and counts as no failure', async () => {
  let asked = 0;
  const { ask, client } = await world(
    (_request, response) => {
      asked++;
      if (asked === 4) response.end('here');
      // the others were asked before a sleep, and nobody answers them any more
      else setImmediate(() => client.reconnect());
    },
    { retries: 0 },
  );
  const { body } = await ask();
  expect(Buffer.from(body).toString()).toBe('here');
  expect(asked).toBe(4);
});

test('blobs come in as slowly as they may, whole', async () => {
  const bytes = Buffer.alloc(300_000, 7);
  const clock = systemClock;
  const received = new RateLimit(clock, 1_000_000);
  const { ask } = await world((_request, response) => response.end(bytes), {
    rates: { received, sent: new RateLimit(clock) },
  });
  const chunks: Uint8Array[] = [];
  const write = (chunk: Uint8Array): boolean => {
    // nothing comes while the last piece is not paid for
    expect(received.pausedForMs()).toBe(0);
    chunks.push(chunk);
    return true;
  };
  await ask({ sink: () => ({ write }) });
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
});

test('blobs go out as slowly as they may, whole', async () => {
  const clock = systemClock;
  const sent = new RateLimit(clock, 1_000_000);
  let arrived = 0;
  const { ask } = await world(
    (request, response) => {
      request.on('data', (chunk: Buffer) => (arrived += chunk.byteLength));
      request.on('end', () => response.writeHead(201).end());
    },
    { rates: { received: new RateLimit(clock), sent } },
  );
  const put = { method: 'PUT', body: { kind: 'bytes', bytes: Buffer.alloc(200_000) } } as const;
  const beganMs = clock.monotonicMs();
  await ask(put);
  await ask(put);
  expect(arrived).toBe(400_000);
  expect(clock.monotonicMs() - beganMs).toBeGreaterThan(300);
});

test('too many open files are waited for, with fewer bodies at a time', async () => {
  const { host, ask } = await world((_request, response) => response.end('here'));
  await ask();
  host.openTo = () => undefined;
  const connectionsFor = host.connectionsFor.bind(host);
  let refusals = 0;
  host.connectionsFor = (url, signal) => {
    if (refusals++ >= 4) return connectionsFor(url, signal);
    return Promise.reject(Object.assign(new Error('open'), { code: 'EMFILE' }));
  };
  const { status } = await ask();
  expect(status).toBe(200);
  expect(host.leases.size).toBe(1);
});
