import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WindowHost } from '../../../electron/app/window/window.ts';
import { Commands } from '../../../electron/contract/commands.ts';
import { loadPage } from '../../../electron/shells/web/page.ts';
import { WebServer } from '../../../electron/shells/web/server.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { memoryParts } from '../../unit/app/window/memory-parts.ts';
import { codeOf, openWeb, testFolder } from './stage.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const wrongToken = 'x'.repeat(43);

describe('S-WEB-1: the window listens on loopback only', () => {
  test.each(['0.0.0.0', '::', '127.0.0.2', '192.168.0.1', 'localhost', ''])('not on %j', async (address) => {
    const folder = testFolder();
    await writeFile(join(folder, 'index.html'), '');
    const parts = await memoryParts();
    const page = await loadPage(folder);
    const options = {
      window: new WindowHost(parts),
      clock: parts.clock,
      page,
      port: 0,
      refused: () => {},
      failed: () => {},
    };
    await expect(WebServer.start({ ...options, address })).rejects.toMatchObject({ kind: 'invalid' });
  });

  const others = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter((each) => !each.internal && each.family === 'IPv4');

  test.runIf(others.length > 0)('the other addresses of this machine are refused', async () => {
    const { port } = await openWeb();
    for (const { address } of others) {
      const outcome = await new Promise((resolve) => {
        const socket = connect(port, address);
        socket.once('connect', () => resolve('connected'));
        socket.once('error', () => resolve('refused'));
      });
      expect(outcome).toBe('refused');
    }
  });
});

const routes = [
  ...Object.keys(Commands).map((name) => `/api/call/${name}`),
  '/api/feed',
  '/api/lock',
  '/api/unheard-of',
  '/',
];

describe('S-WEB-2: every route but the page and the exchange wants the token', () => {
  test.each(routes)('%s', async (route) => {
    const clock = new FakeClock();
    const { post, signIn } = await openWeb({ clock });
    const other = await openWeb({ clock });
    const ended = await signIn();
    await post('/api/lock', {}, ended);
    for (const token of [undefined, wrongToken, '', 'short', ended, await other.signIn()]) {
      const response = await post(route, {}, token);
      expect([response.status, await response.text()]).toEqual([401, '']);
    }
  });

  test.each([
    ['a cookie', { Cookie: 'token=TOKEN' }, ''],
    ['the query', {}, '?token=TOKEN'],
    ['another scheme', { Authorization: 'Basic TOKEN' }, ''],
    ['no scheme', { Authorization: 'TOKEN' }, ''],
    ['a header of its own', { 'X-Token': 'TOKEN' }, ''],
  ])('a token is not taken from %s', async (_, headers, query) => {
    const { post, signIn } = await openWeb();
    const token = await signIn();
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, text.replace('TOKEN', token)]),
    );
    const response = await post(`/api/call/about.get${query.replace('TOKEN', token)}`, {}, undefined, filled);
    expect(response.status).toBe(401);
  });

  test('a token has 256 bit and is never the same', async () => {
    const { signIn } = await openWeb();
    const tokens = [await signIn(), await signIn(), await signIn()];
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) expect(Buffer.from(token, 'base64url').byteLength).toBe(32);
  });
});

describe('S-WEB-3: a code opens one session, within a minute', () => {
  test('it stands in the fragment, which is never sent', async () => {
    const { server, origin } = await openWeb();
    const address = new URL(server.newAddress());
    expect([address.origin, address.pathname, address.search]).toEqual([origin, '/', '']);
    expect(address.hash).toMatch(/^#code=[A-Za-z0-9_-]{43}$/);
  });

  test('a second use is refused', async () => {
    const { server, post } = await openWeb();
    const code = codeOf(server.newAddress());
    expect((await post('/api/session', { code })).status).toBe(200);
    const replay = await post('/api/session', { code });
    expect([replay.status, await replay.text()]).toEqual([401, '']);
  });

  test('a code that is older than a minute is refused', async () => {
    const clock = new FakeClock();
    const { server, post } = await openWeb({ clock });
    const early = codeOf(server.newAddress());
    await clock.advance(30_000);
    const late = codeOf(server.newAddress());
    await clock.advance(30_001);
    expect((await post('/api/session', { code: early })).status).toBe(401);
    expect((await post('/api/session', { code: late })).status).toBe(200);
  });

  test.each([{}, { code: '' }, { code: 'x'.repeat(43) }, { code: 7 }, { code: 'x', more: 1 }, [], null])(
    '%j opens nothing',
    async (body) => {
      const { post } = await openWeb();
      expect((await post('/api/session', body)).status).toBe(401);
    },
  );

  test('no cookie is ever set', async () => {
    const { server, post, origin } = await openWeb();
    const answers = [await fetch(origin), await post('/api/session', { code: codeOf(server.newAddress()) })];
    for (const answer of answers) expect(answer.headers.get('set-cookie')).toBeNull();
  });
});

describe('S-WEB-11: sessions end, and guessing is slow', () => {
  test('after an hour without a request', async () => {
    const clock = new FakeClock();
    const { post, signIn } = await openWeb({ clock });
    const token = await signIn();
    await clock.advance(59 * 60_000);
    expect((await post('/api/call/about.get', {}, token)).status).toBe(200);
    await clock.advance(59 * 60_000);
    expect((await post('/api/call/about.get', {}, token)).status).toBe(200);
    await clock.advance(60 * 60_000);
    expect((await post('/api/call/about.get', {}, token)).status).toBe(401);
  });

  test('when it is locked, and only that one', async () => {
    const { post, signIn } = await openWeb();
    const [one, two] = [await signIn(), await signIn()];
    expect(await (await post('/api/lock', {}, one)).json()).toEqual({ ok: true, value: {} });
    expect((await post('/api/call/about.get', {}, one)).status).toBe(401);
    expect((await post('/api/call/about.get', {}, two)).status).toBe(200);
  });

  test('with the program', async () => {
    const first = await openWeb();
    const token = await first.signIn();
    const second = await openWeb();
    expect((await second.post('/api/call/about.get', {}, token)).status).toBe(401);
  });

  test('the ninth session ends the first', async () => {
    const { post, signIn } = await openWeb();
    const tokens: string[] = [];
    for (let at = 0; at < 9; at++) tokens.push(await signIn());
    const statuses = await Promise.all(
      tokens.map(async (token) => (await post('/api/call/about.get', {}, token)).status),
    );
    expect(statuses).toEqual([401, ...Array.from({ length: 8 }, () => 200)]);
  });

  test('more than ten wrong tokens a minute wait a second each, are counted, and are forgiven', async () => {
    const clock = new FakeClock();
    const { post, refused, signIn } = await openWeb({ clock });
    const token = await signIn();
    for (let at = 0; at < 10; at++) expect((await post('/api/call/about.get', {}, wrongToken)).status).toBe(401);
    expect(clock.sleptMs).toEqual([]);
    const slow = post('/api/call/about.get', {}, wrongToken);
    await clock.whenSleeping();
    expect((await post('/api/call/about.get', {}, token)).status).toBe(200);
    await clock.advance(1000);
    expect((await slow).status).toBe(401);
    expect(refused.at(-1)).toBe(11);
    await clock.advance(60_000);
    expect((await post('/api/call/about.get', {}, wrongToken)).status).toBe(401);
    expect(refused.at(-1)).toBe(1);
  });
});
