import { createServer, type RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HttpClient, type HttpClientOptions } from '../../../../electron/engine/http/client.ts';
import { type Host, Hosts } from '../../../../electron/engine/http/hosts.ts';
import type { ApiRequest } from '../../../../electron/engine/http/request.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import { closeServer, listen } from '../../../fakes/listening.ts';
import { errorOf } from '../../error-of.ts';

const limits = { connectMs: 1000, tlsMs: 1000, headersMs: 300, closingMs: 300, idleMs: 300, tokenMs: 1000 };
const open = (): AbortSignal => new AbortController().signal;

interface World {
  readonly host: Host;
  readonly client: HttpClient;
  readonly connections: () => number;
  readonly ask: (more?: Partial<ApiRequest>) => ReturnType<HttpClient['send']>;
  readonly meter: Meter;
}

async function world(listener: RequestListener, options: Partial<HttpClientOptions> = {}): Promise<World> {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => connections++);
  const name = `127.0.0.1:${await listen(server)}`;
  const hosts = new Hosts({
    clock: systemClock,
    random: () => 0,
    limits,
    streamsPerHost: 4,
    proxy: {},
    settings: new Map([[name, { plainHttp: true }]]),
  });
  onTestFinished(async () => {
    await hosts.close();
    await closeServer(server);
  });
  const client = new HttpClient({ clock: systemClock, limits, retries: 2, waitMs: 500, ...options });
  const host = hosts.get(name);
  const meter = new Meter();
  const base = {
    host,
    method: 'GET',
    target: '/v2/x',
    side: 'source',
    op: 'manifest.get',
    subject: 'a/b:1',
    scopes: [],
    meter,
    isIdempotent: true,
  } as const;
  return {
    host,
    client,
    meter,
    connections: () => connections,
    ask: (more = {}) => client.send({ ...base, ...more }, undefined, open()),
  };
}

// undici frees a connection one turn of the loop after its answer, so one request after the other takes turns on two
test('two hundred HEADs use two connections at most', async () => {
  const { ask, connections, meter, host } = await world((_request, response) => response.end());
  for (let at = 0; at < 200; at++) await ask({ method: 'HEAD' });
  expect(connections()).toBeLessThanOrEqual(2);
  expect(host.connections).toBe(connections());
  expect(meter.requests).toEqual({ source: 200, destination: 0, token: 0 });
});

test('DELETE and PUT keep their connections too', async () => {
  const { ask, connections } = await world((request, response) =>
    request.resume().on('end', () => response.writeHead(204).end()),
  );
  for (let at = 0; at < 20; at++) {
    await ask({ method: 'DELETE' });
    await ask({ method: 'PUT', body: { kind: 'bytes', bytes: Buffer.alloc(100_000) } });
  }
  expect(connections()).toBeLessThanOrEqual(2);
});

describe('repeating', () => {
  const failing = (times: number, status: number): { listener: RequestListener; asked: () => number } => {
    let asked = 0;
    return {
      asked: () => asked,
      listener: (_request, response) => void response.writeHead(++asked > times ? 200 : status).end(),
    };
  };

  test('what may be sent twice is sent until it goes well', async () => {
    const { listener, asked } = failing(2, 503);
    expect(await (await world(listener)).ask()).toMatchObject({ status: 200 });
    expect(asked()).toBe(3);
  });

  test('no oftener than was said; the error counts', async () => {
    const { listener, asked } = failing(100, 503);
    expect(await errorOf((await world(listener)).ask())).toMatchObject({ kind: 'unavailable', attempts: 3 });
    expect(asked()).toBe(3);
  });

  test('what may not is sent once', async () => {
    const { listener, asked } = failing(100, 503);
    const error = await errorOf((await world(listener)).ask({ isIdempotent: false }));
    expect(error.attempts).toBeUndefined();
    expect(asked()).toBe(1);
  });

  test.each([400, 401, 403, 404, 405, 412, 413])('%i is not repeated', async (status) => {
    const { listener, asked } = failing(100, status);
    await errorOf((await world(listener)).ask());
    expect(asked()).toBe(1);
  });

  test('an accepted status is given back', async () => {
    const { listener } = failing(100, 404);
    expect(await (await world(listener)).ask({ accept: [404] })).toMatchObject({ status: 404 });
  });
});

describe('limits', () => {
  test('a body larger than asked for is an error at once', async () => {
    const { ask } = await world((_request, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    });
    const error = await errorOf(ask({ maxBytes: 100_000 }));
    expect(error).toMatchObject({ kind: 'protocol' });
    expect(error.message).toContain('more than 100000 bytes');
  });

  test('an endless error is read so far', async () => {
    const { ask } = await world((_request, response) => {
      response.writeHead(404);
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    });
    expect(await errorOf(ask())).toMatchObject({ kind: 'not-found' });
  });

  test('an error whose body stalls counts by its head', async () => {
    const { ask } = await world((_request, response) => {
      response.writeHead(403, { 'content-length': '100' });
      response.write('{');
    });
    expect(await errorOf(ask())).toMatchObject({ kind: 'forbidden', http: { status: 403 } });
  });

  test('what has a limit for all of it keeps to it, gates included', async () => {
    const { ask, host } = await world((_request, response) => response.end());
    host.gate.closeFor(600_000);
    expect(await errorOf(ask({ withinMs: 100 }))).toMatchObject({ kind: 'timeout' });
  });
});

describe('streams', () => {
  async function* once(): AsyncGenerator<Uint8Array, void, undefined> {
    yield Buffer.alloc(10);
  }
  const body = () => ({ kind: 'stream', sizeBytes: 10, chunks: once() }) as const;

  test('one that is redirected is for its owner to begin again', async () => {
    const { ask } = await world((request, response) =>
      request.resume().on('end', () => response.writeHead(307, { location: '/elsewhere' }).end()),
    );
    const error = await errorOf(ask({ method: 'PUT', body: body(), isIdempotent: false }));
    expect(error).toMatchObject({ kind: 'protocol', advice: { do: 'again' }, http: { status: 307 } });
  });

  test('bytes that are redirected are sent again', async () => {
    const bodies: string[] = [];
    const { ask } = await world((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        bodies.push(text);
        if (request.url === '/v2/x') response.writeHead(308, { location: '/y' }).end();
        else response.writeHead(201).end();
      });
    });
    const answer = await ask({ method: 'PUT', body: { kind: 'bytes', bytes: Buffer.from('words') } });
    expect(answer).toMatchObject({ status: 201, url: { pathname: '/y' } });
    expect(bodies).toEqual(['words', 'words']);
  });

  test('303 turns a PUT into a GET without a body', async () => {
    const methods: (string | undefined)[] = [];
    const { ask } = await world((request, response) => {
      methods.push(`${request.method} ${request.headers['content-length']}`);
      request.resume().on('end', () => {
        if (request.url === '/v2/x') response.writeHead(303, { location: '/y' }).end();
        else response.end('done');
      });
    });
    await ask({ method: 'PUT', body: { kind: 'bytes', bytes: Buffer.from('words') } });
    expect(methods).toEqual(['PUT 5', 'GET undefined']);
  });
});
