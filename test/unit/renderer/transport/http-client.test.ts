import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HttpClient } from '../../../../renderer/transport/http-client.ts';

interface Added {
  readonly feed: string;
  readonly name: string;
}

/** A server that speaks the wire of electron/shells/web/README.md and does what a test says. */
let server: Server;
let streams: ServerResponse[];
let added: Added[];
let removed: string[];
let isOver: boolean;
/** Another one for each test: windows of earlier tests still try, and are turned away. */
let token = 't0';
let tests = 0;
const realFetch = globalThis.fetch;

beforeEach(async () => {
  [streams, added, removed, isOver] = [[], [], [], false];
  tests++;
  token = `t${tests}`;
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // a page has an address of its own, which Node has not
  vi.stubGlobal(
    'fetch',
    async (path: string, init: RequestInit) => await realFetch(`http://127.0.0.1:${port}${path}`, init),
  );
});

afterEach(async () => {
  vi.unstubAllGlobals();
  for (const stream of streams) stream.destroy();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const piece of request) text += String(piece);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the window under test says it
  const body = JSON.parse(text) as { readonly open?: boolean; readonly add?: Added[]; readonly remove?: string[] };
  if (isOver || request.headers.authorization !== `Bearer ${token}`) response.writeHead(401).end();
  else if (request.url === '/api/call/vault.lock') response.writeHead(503).end();
  else if (request.url?.startsWith('/api/call/'))
    response.end(JSON.stringify({ ok: true, value: { asked: request.url, body } }));
  else if (body.open === true) {
    streams.push(response);
    response.write(`{"stream":"s${streams.length}"}\n{}\n`);
  } else {
    added.push(...(body.add ?? []));
    removed.push(...(body.remove ?? []));
    response.end('{"ok":true,"value":{}}');
  }
}

const first = { number: 1, isFirst: true, isLast: true, set: {}, unset: [], lists: { tasks: { length: 0, rows: [] } } };
const say = (feed: string, message: object): void =>
  void streams.at(-1)?.write(`${JSON.stringify({ feed, message })}\n`);
const broke: boolean[] = [];
const client = (): HttpClient => new HttpClient(token, { broke: (isBroken) => broke.push(isBroken), ended: () => {} });

test('a call goes to the address of its name, with the token, and gives the value', async () => {
  expect(await client().call('vault.state', {})).toEqual({ asked: '/api/call/vault.state', body: {} });
});

test('an answer without a body is a failure on this machine', async () => {
  await expect(client().call('vault.lock', {})).rejects.toMatchObject({
    failure: { side: 'local', kind: 'unavailable' },
  });
});

test('a session that is over says so', async () => {
  isOver = true;
  let ended = 0;
  const late = new HttpClient(token, { broke: () => {}, ended: () => ended++ });
  await expect(late.call('vault.state', {})).rejects.toMatchObject({ failure: { kind: 'unauthorized' } });
  expect(ended).toBe(1);
});

test('feeds share one stream, and each hears its own', async () => {
  const heard: string[] = [];
  const window = client();
  window.feed('tasks', {}, { changed: () => heard.push('tasks') });
  const notices = window.feed('notices', {}, { changed: () => heard.push('notices') });
  await vi.waitFor(() => expect(added.map(({ name }) => name)).toEqual(['tasks', 'notices']));
  say(added[1]?.feed ?? '', first);
  await vi.waitFor(() => expect(heard).toEqual(['notices']));
  notices.close();
  await vi.waitFor(() => expect(removed).toEqual([added[1]?.feed]));
  expect(streams).toHaveLength(1);
});

test('after a hole the feed is added again', async () => {
  client().feed('tasks', {}, { changed: () => {} });
  await vi.waitFor(() => expect(added).toHaveLength(1));
  say(added[0]?.feed ?? '', first);
  say(added[0]?.feed ?? '', { ...first, number: 5, isFirst: false });
  await vi.waitFor(() => expect(added).toHaveLength(2));
  expect(added[1]).toEqual(added[0]);
});

test('a broken stream is told of and opened again with all its feeds', async () => {
  let shown = 0;
  client().feed('tasks', {}, { changed: () => shown++ });
  await vi.waitFor(() => expect(added).toHaveLength(1));
  broke.length = 0;
  streams[0]?.destroy();
  await vi.waitFor(() => expect(added).toHaveLength(2), { timeout: 5000 });
  say(added[1]?.feed ?? '', first);
  await vi.waitFor(() => expect(shown).toBe(1));
  expect(broke).toEqual([true, false]);
});
