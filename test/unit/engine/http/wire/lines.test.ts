import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { Lines } from '../../../../../electron/engine/http/wire/lines.ts';
import { systemClock } from '../../../../../electron/engine/kernel/clock.ts';
import { listen } from '../../../../fakes/listening.ts';

interface Told {
  status?: number;
  body: string;
  error?: Error;
}

/** A server of sockets: `answer` is given each request's text once its head is whole. */
async function serve(answer: (socket: Socket, request: string) => void): Promise<{ url: URL; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const whole = text;
      text = '';
      answer(socket, whole);
    });
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${port}`), sockets };
}

function linesTo(url: URL, idleMs = 5000): { lines: Lines; opened: () => number } {
  let opened = 0;
  const lines = new Lines(
    url,
    { clock: systemClock, timeoutMs: 5000 },
    { idleMs, mostHeadBytes: 65_536, onConnect: () => opened++ },
  );
  onTestFinished(() => lines.destroy());
  return { lines, opened: () => opened };
}

function ask(lines: Lines, more: Partial<Dispatcher.DispatchOptions> = {}): Promise<Told> {
  return new Promise((resolve) => {
    const told: Told = { body: '' };
    lines.dispatch(
      { method: 'GET', path: '/', headers: {}, body: null, ...more },
      {
        onRequestStart() {},
        onResponseStart(_, status) {
          told.status = status;
        },
        onResponseData(_, chunk) {
          told.body += String(chunk);
        },
        onResponseEnd() {
          resolve(told);
        },
        onResponseError(_, error) {
          resolve({ ...told, error });
        },
      },
    );
  });
}

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

test('one request after another goes over one connection, several at once over several', async () => {
  const { url } = await serve((socket) => socket.write(hello));
  const { lines, opened } = linesTo(url);
  for (let time = 0; time < 3; time++) expect(await ask(lines)).toEqual({ status: 200, body: 'hello' });
  expect(opened()).toBe(1);
  await Promise.all([ask(lines), ask(lines), ask(lines)]);
  expect(opened()).toBe(3);
});

test('a pause that was asked for with the last piece of an answer does not hold up the next one', async () => {
  const { url } = await serve((socket) => socket.write(hello));
  const { lines, opened } = linesTo(url);
  await new Promise<void>((resolve, reject) => {
    lines.dispatch(
      { method: 'GET', path: '/', headers: {}, body: null },
      {
        onResponseData: (controller) => controller.pause(),
        onResponseEnd: () => resolve(),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
  expect(await ask(lines)).toEqual({ status: 200, body: 'hello' });
  expect(opened()).toBe(1);
});

test('a connection that the other side said it would close is not asked again', async () => {
  const { url } = await serve((socket) => socket.write(hello.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')));
  const { lines, opened } = linesTo(url);
  await ask(lines);
  await ask(lines);
  expect(opened()).toBe(2);
});

test('one that was kept for less time than the next request took is not asked again', async () => {
  const { url } = await serve((socket) => socket.write(hello.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n')));
  const { lines, opened } = linesTo(url);
  await ask(lines);
  await ask(lines);
  expect(opened()).toBe(2);
});

test('one that rested for too long is closed', async () => {
  const { url, sockets } = await serve((socket) => socket.write(hello));
  const { lines } = linesTo(url, 30);
  await ask(lines);
  for (let tries = 0; tries < 200 && sockets[0]?.readableEnded !== true; tries++) await after(10);
  expect(sockets[0]?.readableEnded).toBe(true);
});

test('after one that was closed when it was asked again, the next requests take new ones', async () => {
  const { url } = await serve((socket) => {
    const isSecond = asked.has(socket);
    asked.add(socket);
    if (isSecond) socket.destroy();
    else socket.write(hello);
  });
  const asked = new Set<Socket>();
  const { lines } = linesTo(url);
  expect(await ask(lines)).toEqual({ status: 200, body: 'hello' });
  expect((await ask(lines)).error).toBeDefined();
  for (let time = 0; time < 5; time++) expect(await ask(lines)).toEqual({ status: 200, body: 'hello' });
});

test('bytes that nobody asked for are never taken for the next answer', async () => {
  const { url } = await serve((socket) => socket.write(`${hello}HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled`));
  const { lines, opened } = linesTo(url);
  await ask(lines);
  expect(await ask(lines)).toEqual({ status: 200, body: 'hello' });
  expect(opened()).toBe(2);
});

test('a request whose body was not taken whole leaves its connection', async () => {
  const { url } = await serve((socket, request) => {
    if (request.startsWith('PUT')) socket.write(hello.replace('200 OK', '413 Too Large'));
    else if (request.startsWith('GET')) socket.write(hello);
  });
  const { lines, opened } = linesTo(url);
  const returned = { already: false };
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield Buffer.alloc(1000);
        await after(5);
      }
    } finally {
      returned.already = true;
    }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undici's types leave out the iterables it accepts
  const body = endless() as unknown as Uint8Array;
  expect(await ask(lines, { method: 'PUT', headers: { 'content-length': '1000000' }, body })).toMatchObject({
    status: 413,
  });
  expect(await ask(lines)).toEqual({ status: 200, body: 'hello' });
  expect(opened()).toBe(2);
  for (let tries = 0; tries < 200 && !returned.already; tries++) await after(10);
  expect(returned.already).toBe(true);
});

test.each([
  ['more', 3],
  ['fewer', 30],
])('a body of %s bytes than said breaks off', async (_, length) => {
  const { url } = await serve(() => {});
  const { lines } = linesTo(url);
  async function* ten(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(10);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  const body = ten() as unknown as Uint8Array;
  const told = await ask(lines, { method: 'PUT', headers: { 'content-length': String(length) }, body });
  expect(told.error).toMatchObject({ code: 'ERR_BODY_LENGTH' });
});

test('a request that was given up while it waited for a connection leaves the connection to others', async () => {
  const { url } = await serve((socket) => socket.write(hello));
  const { lines, opened } = linesTo(url);
  const reason = new Error('given up');
  const told = await new Promise<Error>((resolve) => {
    lines.dispatch(
      { method: 'GET', path: '/', headers: {}, body: null },
      {
        onRequestStart: (controller) => controller.abort(reason),
        onResponseError: (_, error) => resolve(error),
      },
    );
  });
  expect(told).toBe(reason);
  expect(await ask(lines)).toEqual({ status: 200, body: 'hello' });
  expect(opened()).toBe(1);
});

test('destroying ends what is under way', async () => {
  const { url } = await serve(() => {});
  const { lines } = linesTo(url);
  const asked = ask(lines);
  await after(20);
  await lines.destroy();
  expect((await asked).error).toMatchObject({ code: 'ERR_LINE_CLOSED' });
});
