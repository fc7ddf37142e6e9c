import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob } from '../../../../electron/engine/content/put-content.ts';
import { type Dock, startDock } from '../../../../electron/engine/dock/server.ts';
import { blob } from '../../../fakes/images.ts';
import { call, open } from '../../../fakes/plain-http.ts';
import { say, startTestDock } from './started-docks.ts';

const portOf = (dock: Dock): number => Number(new URL(dock.url).port);

function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
  });
}

test('a client that tries TLS is told off at once', async () => {
  const dock = await startTestDock();
  const began = performance.now();
  const socket = connectTls({ port: portOf(dock), host: '127.0.0.1', rejectUnauthorized: false });
  await closing(socket);
  expect(performance.now() - began).toBeLessThan(2000);
});

test('what is not HTTP gets 400 and loses its connection', async () => {
  const dock = await startTestDock();
  expect(await say(dock, 'hello there\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await say(dock, 'GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n')).toMatch(
    / 400 /,
  );
});

test('headers may be only so large', async () => {
  const dock = await startTestDock({ limits: { headerBytes: 4096 } });
  expect(await say(dock, `GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(8192)}\r\n\r\n`)).toMatch(/ 400 /);
});

test('a client that never ends its headers loses its connection, others do not wait', async () => {
  const dock = await startTestDock({ limits: { headersMs: 200 } });
  const slow = say(dock, 'GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  expect((await call('GET', `${dock.url}/v2/`)).status).toBe(200);
  await slow;
});

test('a client that neither sends nor reads loses its connection', async () => {
  const library = memoryLibrary();
  const { digest } = await putBlob(library, 'a', blob(20_000_000, 'slow').bytes());
  const told: { isComplete: boolean }[] = [];
  const dock = await startTestDock({ library, limits: { idleMs: 200 }, onRequest: (request) => told.push(request) });
  const socket = connect(portOf(dock), '127.0.0.1');
  socket.pause();
  socket.write(`GET /v2/a/blobs/${digest} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await expect.poll(() => told.length, { timeout: 5000 }).toBe(1);
  expect(told[0]?.isComplete).toBe(false);
  socket.destroy();
});

test('a client that reads slowly makes the dock read slowly', async () => {
  const library = memoryLibrary();
  const piece = Buffer.alloc(65_536);
  let openedBytes = 0;
  library.blob = async (_repository, digest) => ({
    digest,
    sizeBytes: 1000 * piece.length,
    open: async function* () {
      for (let at = 0; at < 1000; at++) {
        openedBytes += piece.length;
        yield piece;
      }
    },
  });
  const dock = await startTestDock({ library });
  const response = await open('GET', `${dock.url}/v2/a/blobs/sha256:${'a'.repeat(64)}`);
  let before = -1;
  // What the kernel's buffers of both ends take is its own affair; it is far less than the blob.
  await expect.poll(() => before === openedBytes || ((before = openedBytes), false), { interval: 200 }).toBe(true);
  expect(openedBytes).toBeLessThan(20_000_000);
  response.destroy();
});

test('one address has only so many connections', async () => {
  const dock = await startTestDock({ limits: { socketsPerAddress: 3 } });
  const held = Array.from({ length: 3 }, () => connect(portOf(dock), '127.0.0.1'));
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  await expect(call('GET', `${dock.url}/v2/`)).rejects.toThrow();
  const closed = held.map(closing);
  for (const socket of held) socket.destroy();
  await Promise.all(closed);
  await expect
    .poll(() =>
      call('GET', `${dock.url}/v2/`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
});

test('close ends connections that are idle, that send and that wait', async () => {
  const library = memoryLibrary();
  const { digest } = await putBlob(library, 'a', blob(20_000_000, 'slow').bytes());
  const dock = await startTestDock({ library });
  const sockets = [
    '',
    `GET /v2/a/blobs/${digest} HTTP/1.1\r\nHost: x\r\n\r\n`,
    'POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n',
  ].map((text) => {
    const socket = connect(portOf(dock), '127.0.0.1');
    socket.write(text);
    return socket;
  });
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  const closed = sockets.map(closing);
  await dock.close();
  for (const socket of sockets) socket.resume();
  await Promise.all(closed);
});

test('says which address it cannot have, and why, and takes no other', async () => {
  const dock = await startTestDock();
  const again = startDock({ library: memoryLibrary(), listen: { port: portOf(dock) } });
  await expect(again).rejects.toMatchObject({
    kind: 'unavailable',
    subject: dock.host,
    message: expect.stringContaining('the port is in use'),
  });
  await expect(startDock({ library: memoryLibrary(), listen: { host: '192.0.2.1' } })).rejects.toThrow(
    'this machine does not have that address',
  );
});
