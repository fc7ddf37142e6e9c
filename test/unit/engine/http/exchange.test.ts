import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { Agent } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { exchange, type WireRequest } from '../../../../electron/engine/http/exchange.ts';
import type { RequestBody } from '../../../../electron/engine/http/request-body.ts';
import { RequestUrl } from '../../../../electron/engine/http/request-url.ts';
import { BodyCollector } from '../../../../electron/engine/http/response.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import type { ByteSink } from '../../../../electron/engine/ports/byte-sink.ts';
import { closeServer, listen } from '../../../fakes/listening.ts';

const open = (): AbortSignal => new AbortController().signal;

async function serve(
  listener: RequestListener,
): Promise<{ server: Server; origin: string; sockets: () => Promise<number> }> {
  const server = createServer(listener);
  const port = await listen(server);
  onTestFinished(() => closeServer(server));
  const sockets = (): Promise<number> =>
    new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  return { server, origin: `http://127.0.0.1:${port}`, sockets };
}

function agent(): Agent {
  const made = new Agent();
  onTestFinished(() => made.destroy());
  return made;
}

function wire(origin: string, more: Partial<WireRequest> = {}): WireRequest {
  return {
    method: 'GET',
    place: RequestUrl.at(origin, '/x'),
    headers: {},
    connectMs: 2000,
    headersMs: 300,
    idleMs: 300,
    ...more,
  };
}

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500 && !(await check()); tries++) await after(10);
  expect(await check()).toBe(true);
}

test('gives the body to the sink that its head asked for', async () => {
  const { origin } = await serve((_request, response) => response.writeHead(206, { 'x-a': 'b' }).end('hello'));
  const collector = new BodyCollector(100);
  const head = await exchange(agent(), wire(origin), () => collector, systemClock, open());
  expect(head).toMatchObject({ status: 206, headers: { 'x-a': 'b' } });
  expect(Buffer.from(collector.bytes()).toString()).toBe('hello');
});

test('a sink that is full pauses the line: memory is bounded, and nothing is lost', async () => {
  const total = 64 * 2 ** 20;
  let produced = 0;
  const { origin } = await serve((_request, response) => {
    const piece = Buffer.alloc(65_536);
    const more = (): void => {
      while (produced < total && response.write(piece)) produced += piece.length;
      if (produced < total) {
        produced += piece.length;
        response.once('drain', more);
      } else response.end();
    };
    more();
  });
  let received = 0;
  let resume = (): void => {};
  const sink: ByteSink = {
    write: (chunk) => {
      received += chunk.byteLength;
      return false;
    },
    onRoom: (again) => {
      resume = again;
    },
  };
  const done = exchange(agent(), wire(origin, { idleMs: 200 }), () => sink, systemClock, open());
  await until(() => received > 0);
  const before = received;
  await after(500); // longer than the idle limit: a pause is not the line's fault
  expect(received - before).toBeLessThan(2 ** 20);
  expect(produced).toBeLessThan(32 * 2 ** 20);
  const resuming = setInterval(() => resume(), 1);
  onTestFinished(() => clearInterval(resuming));
  await done;
  expect(received).toBe(total);
});

describe('what ends early', () => {
  test('an abort rejects with the signal’s reason and closes the socket', async () => {
    const { origin, sockets } = await serve((_request, response) => response.write('some'));
    const controller = new AbortController();
    const done = exchange(
      agent(),
      wire(origin, { idleMs: 60_000 }),
      () => new BodyCollector(100),
      systemClock,
      controller.signal,
    );
    await until(async () => (await sockets()) === 1);
    controller.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
    await until(async () => (await sockets()) === 0);
  });

  test('an abort while it is paused does too', async () => {
    const { origin, sockets } = await serve((_request, response) => response.end(Buffer.alloc(2 ** 20)));
    const controller = new AbortController();
    const sink = { write: () => false };
    const done = exchange(agent(), wire(origin), () => sink, systemClock, controller.signal);
    await after(100);
    controller.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
    await until(async () => (await sockets()) === 0);
  });

  test('an abort before it began sends nothing', async () => {
    let asked = 0;
    const { origin } = await serve((_request, response) => {
      asked++;
      response.end();
    });
    const done = exchange(
      agent(),
      wire(origin),
      () => new BodyCollector(1),
      systemClock,
      AbortSignal.abort(new Error('no')),
    );
    await expect(done).rejects.toThrow('no');
    const controller = new AbortController();
    const started = exchange(agent(), wire(origin), () => new BodyCollector(1), systemClock, controller.signal);
    controller.abort(new Error('no'));
    await expect(started).rejects.toThrow('no');
    await after(50);
    expect(asked).toBe(0);
  });

  test('a sink that throws is what is heard, and the socket closes', async () => {
    const { origin, sockets } = await serve((_request, response) => response.end('hello'));
    const sink = {
      write: () => {
        throw new Error('wrong bytes');
      },
    };
    await expect(exchange(agent(), wire(origin), () => sink, systemClock, open())).rejects.toThrow('wrong bytes');
    await until(async () => (await sockets()) === 0);
  });

  test('so is a receiver that wants no such answer', async () => {
    const { origin } = await serve((_request, response) => response.end('hello'));
    const refuse = (): ByteSink => {
      throw new Error('not this');
    };
    await expect(exchange(agent(), wire(origin), refuse, systemClock, open())).rejects.toThrow('not this');
  });

  test.each([
    ['before the head', undefined],
    ['in the body', 'some'],
  ])('a stall %s', async (_where, text) => {
    const { origin, sockets } = await serve((_request, response) => {
      if (text !== undefined) response.write(text);
    });
    const done = exchange(
      agent(),
      wire(origin, { headersMs: 150, idleMs: 150 }),
      () => new BodyCollector(9),
      systemClock,
      open(),
    );
    await expect(done).rejects.toMatchObject({ name: 'IdleError' });
    await until(async () => (await sockets()) === 0);
  });

  test('no connection', async () => {
    const done = exchange(agent(), wire('http://127.0.0.1:1'), () => new BodyCollector(1), systemClock, open());
    await expect(done).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('bodies of requests', () => {
  async function* pieces(
    count: number,
    size: number,
    taken: { count: number },
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for (; taken.count < count; taken.count++) yield Buffer.alloc(size, taken.count);
  }

  test('flow with their length, as bytes or as a stream', async () => {
    const seen: (string | undefined)[] = [];
    const { origin } = await serve((request, response) => {
      seen.push(request.headers['content-length'], request.headers['transfer-encoding']);
      let size = 0;
      request.on('data', (chunk: Buffer) => (size += chunk.length));
      request.on('end', () => response.end(String(size)));
    });
    const bodies: RequestBody[] = [
      { kind: 'bytes', bytes: Buffer.alloc(0) },
      { kind: 'bytes', bytes: Buffer.alloc(10) },
      { kind: 'bytes', bytes: Buffer.alloc(300_000) },
      { kind: 'stream', sizeBytes: 300_000, chunks: pieces(3, 100_000, { count: 0 }) },
    ];
    const sizes: string[] = [];
    for (const body of bodies) {
      const collector = new BodyCollector(100);
      await exchange(agent(), wire(origin, { method: 'PUT', body }), () => collector, systemClock, open());
      sizes.push(Buffer.from(collector.bytes()).toString());
    }
    expect(sizes).toEqual(['0', '10', '300000', '300000']);
    expect(seen).toEqual(['0', undefined, '10', undefined, '300000', undefined, '300000', undefined]);
  });

  test('an answer that comes while sending is heard, and sending stops', async () => {
    const { origin, sockets } = await serve((request, response) => {
      request.once('data', () => response.writeHead(413, { connection: 'close' }).end('too large'));
    });
    const taken = { count: 0 };
    const body: RequestBody = { kind: 'stream', sizeBytes: 64 * 2 ** 20, chunks: pieces(64, 2 ** 20, taken) };
    const head = await exchange(
      agent(),
      wire(origin, { method: 'PUT', body }),
      () => new BodyCollector(100),
      systemClock,
      open(),
    );
    expect(head.status).toBe(413);
    await until(async () => (await sockets()) === 0);
    expect(taken.count).toBeLessThan(64);
  });

  test('a refusal that comes before the body was read costs its connection, and no later request waits behind it', async () => {
    const { origin } = await serve((request, response) => {
      if (request.method === 'GET') response.end('fine');
      else response.writeHead(500, { 'content-length': '4' }).end('full');
    });
    const one = agent();
    for (let at = 0; at < 5; at++) {
      const body: RequestBody = { kind: 'stream', sizeBytes: 2 ** 20, chunks: pieces(16, 65_536, { count: 0 }) };
      const collector = new BodyCollector(100);
      const head = await exchange(one, wire(origin, { method: 'PUT', body }), () => collector, systemClock, open());
      expect([head.status, Buffer.from(collector.bytes()).toString()]).toEqual([500, 'full']);
      expect(await exchange(one, wire(origin), () => new BodyCollector(9), systemClock, open())).toMatchObject({
        status: 200,
      });
    }
  });

  test.each(['bytes', 'stream'] as const)('a line that takes nothing is noticed (%s)', async (kind) => {
    const { origin } = await serve((request) => request.pause());
    const size = 64 * 2 ** 20;
    const body: RequestBody =
      kind === 'bytes'
        ? { kind, bytes: Buffer.alloc(size) }
        : { kind, sizeBytes: size, chunks: pieces(64, 2 ** 20, { count: 0 }) };
    const request = wire(origin, { method: 'PUT', body, idleMs: 200, headersMs: 60_000 });
    const done = exchange(agent(), request, () => new BodyCollector(1), systemClock, open());
    await expect(done).rejects.toMatchObject({ name: 'IdleError', what: 'the request stopped flowing' });
  });

  test('a slow origin of the bytes is not the line’s fault', async () => {
    const { origin } = await serve((request, response) => request.resume().on('end', () => response.end()));
    async function* slow(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.alloc(10);
      await after(400);
      yield Buffer.alloc(10);
    }
    const body: RequestBody = { kind: 'stream', sizeBytes: 20, chunks: slow() };
    const request = wire(origin, { method: 'PUT', body, idleMs: 100, headersMs: 200 });
    expect(await exchange(agent(), request, () => new BodyCollector(1), systemClock, open())).toMatchObject({
      status: 200,
    });
  });

  test('an error of the origin of the bytes is what is heard', async () => {
    const { origin, sockets } = await serve((request) => request.resume());
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.alloc(10);
      throw new Error('the source broke');
    }
    const body: RequestBody = { kind: 'stream', sizeBytes: 20, chunks: failing() };
    const done = exchange(
      agent(),
      wire(origin, { method: 'PUT', body }),
      () => new BodyCollector(1),
      systemClock,
      open(),
    );
    await expect(done).rejects.toThrow('the source broke');
    await until(async () => (await sockets()) === 0);
  });
});

test('a collector takes what it may, and then throws', () => {
  const collector = new BodyCollector(10);
  expect(collector.write(Buffer.from('12345'))).toBe(true);
  expect(collector.write(Buffer.from('67890'))).toBe(true);
  expect(() => collector.write(Buffer.from('x'))).toThrow('more than 10 bytes');
  expect(Buffer.from(collector.bytes()).toString()).toBe('1234567890');
});
