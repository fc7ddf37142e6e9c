import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startDock } from '../../../electron/engine/dock/server.ts';
import { memoryLibrary } from '../../../electron/engine/content/memory-library.ts';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { openWeb, type RawAnswer, rawRequest, type WebStage } from './stage.ts';

const shield: Readonly<Record<string, string>> = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const rules = [
  "default-src 'none'",
  "script-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
];

/** The headers of an answer by their names in lower case. */
function headersOf({ head }: RawAnswer): Readonly<Record<string, string>> {
  const lines = head.split('\r\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
}

function requestLines(stage: WebStage, token: string): readonly (readonly [what: string, text: string])[] {
  const head = `Host: 127.0.0.1:${stage.port}\r\nConnection: close\r\n`;
  const post = (path: string, more: string, body: string): string =>
    `POST ${path} HTTP/1.1\r\n${head}Origin: ${stage.origin}\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const json = 'Content-Type: application/json\r\n';
  const signed = `${json}Authorization: Bearer ${token}\r\n`;
  return [
    ['the page', `GET / HTTP/1.1\r\n${head}\r\n`],
    ['its head', `HEAD / HTTP/1.1\r\n${head}\r\n`],
    ['a part of it', `GET /assets/main.js HTTP/1.1\r\n${head}\r\n`],
    ['nothing', `GET /absent HTTP/1.1\r\n${head}\r\n`],
    ['a strange host', 'GET / HTTP/1.1\r\nHost: attacker.example\r\n\r\n'],
    ['a strange method', `DELETE / HTTP/1.1\r\n${head}\r\n`],
    ['no token', post('/api/call/about.get', json, '{}')],
    ['a call', post('/api/call/about.get', signed, '{}')],
    ['a failure', post('/api/call/history.job', signed, '{"job":7}')],
    ['a wrong type', post('/api/call/about.get', signed.replace('application/json', 'text/plain'), '{}')],
    ['no JSON', post('/api/call/about.get', signed, '{')],
    ['an unknown route', post('/api/other', signed, '{}')],
    ['a wrong code', post('/api/session', json, '{"code":"x"}')],
    ['a stream that is not there', post('/api/feed', signed, '{"stream":"x","add":[],"remove":[]}')],
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['too long a head', `GET / HTTP/1.1\r\n${head}X: ${'x'.repeat(20_000)}\r\n\r\n`],
  ];
}

describe('S-WEB-8: every answer is shielded', () => {
  test('whatever was asked', async () => {
    const stage = await openWeb();
    for (const [what, text] of requestLines(stage, await stage.signIn())) {
      const answer = await stage.raw(text);
      const headers = headersOf(answer);
      expect({ what, ...headers }).toMatchObject({ what, ...shield });
      const policy = (headers['content-security-policy'] ?? '').split('; ');
      expect({ what, policy }).toEqual({ what, policy: expect.arrayContaining(rules) });
      expect(policy.join()).not.toContain('unsafe');
      expect({ what, names: Object.keys(headers).filter((name) => name.startsWith('access-control')) }).toEqual({
        what,
        names: [],
      });
      if (answer.status >= 400) expect({ what, body: answer.body }).toEqual({ what, body: '' });
    }
    expect(stage.failed).toEqual([]);
  });

  test('S-SHELL-5: each load of the page has a nonce of its own, in the page and in its policy', async () => {
    const { origin } = await openWeb();
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await fetch(origin);
        const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(
          response.headers.get('content-security-policy') ?? '',
        )?.[1];
        expect(await response.text()).toContain(`nonce="${nonce ?? ''}"`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
    expect(nonces).not.toContain(undefined);
  });
});

describe('the page', () => {
  test('is made of the files that were there at the start, of known kinds', async () => {
    const { raw, port } = await openWeb();
    const get = async (path: string): Promise<number> =>
      (await raw(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)).status;
    expect(await get('/assets/main.js')).toBe(200);
    const paths = [
      '/index.html',
      '/.env',
      '/assets/main.js.map',
      '/assets/',
      '/assets',
      '/assets/../index.html',
      '/assets/..%2fmain.js',
      '/assets/%6dain.js',
      '/assets\\main.js',
      '/assets//main.js',
      '//assets/main.js',
      '/./assets/main.js',
      '/assets/main.js/',
      '/assets/main.js?x',
      '/ASSETS/MAIN.JS',
      '/C:/windows/win.ini',
      '/..%5c..%5cwindows',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/etc/passwd',
      '/assets/main.js%00',
      '/__proto__',
      '/constructor',
    ];
    for (const path of paths) expect({ path, status: await get(path) }).toEqual({ path, status: 404 });
  });
});

describe('S-WEB-9: only JSON, at most a mebibyte', () => {
  const call = '/api/call/files.read';

  test.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/json; charset=utf-16', 415],
    ['application/jsonp', 415],
    ['text/plain; application/json', 415],
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['APPLICATION/JSON', 200],
  ])('%s is %i', async (type, status) => {
    const { post, signIn } = await openWeb();
    expect((await post(call, { name: 'x', text: '' }, await signIn(), { 'Content-Type': type })).status).toBe(status);
  });

  test.each(['', '{', 'undefined', '{"a":1}x', '\u0000', "{'a':1}"])('%j is no JSON', async (body) => {
    const { post, signIn } = await openWeb();
    const response = await post(call, body, await signIn());
    expect([response.status, await response.text()]).toEqual([400, '']);
  });

  test('bytes that are no UTF-8 are refused', async () => {
    const { raw, port, origin, signIn } = await openWeb();
    const head = `Host: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nAuthorization: Bearer ${await signIn()}\r\nConnection: close\r\n`;
    const answer = await raw(
      `POST ${call} HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 3\r\n\r\n"\u00ff"`,
    );
    expect(answer.status).toBe(400);
  });

  test('a body that says it is longer is refused unread, and one that only is longer is refused on the way', async () => {
    const { raw, port, origin, signIn } = await openWeb();
    const head = `POST ${call} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nAuthorization: Bearer ${await signIn()}\r\nContent-Type: application/json\r\n`;
    expect((await raw(`${head}Content-Length: 1048577\r\n\r\n`)).status).toBe(413);
    const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const tooLong = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${piece.repeat(17)}`).catch(() => undefined);
    expect([413, undefined, 0]).toContain(tooLong?.status);
  });

  test('a mebibyte is taken', async () => {
    const { post, signIn } = await openWeb();
    const text = 'x'.repeat(800_000);
    expect((await post(call, { name: 'x', text }, await signIn())).status).toBe(200);
  });

  test('a body nested very deep does no harm', async () => {
    const { post, signIn, failed } = await openWeb();
    const token = await signIn();
    for (const deep of [
      '['.repeat(100_000) + ']'.repeat(100_000),
      '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000),
    ]) {
      const response = await post(call, deep, token);
      expect([200, 400]).toContain(response.status);
    }
    expect(failed).toEqual([]);
  });

  test.each(['X-HTTP-Method-Override', 'X-Method-Override'])('%s overrides nothing', async (name) => {
    const { origin } = await openWeb();
    const response = await fetch(`${origin}/api/call/about.get`, { headers: { [name]: 'POST' } });
    expect(response.status).toBe(404);
  });

  test('no answer leads elsewhere', async () => {
    const { origin } = await openWeb();
    for (const path of ['//attacker.example', '/\\attacker.example', '/?next=http://attacker.example']) {
      const response = await fetch(`${origin}${path}`, { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([404, null]);
    }
  });
});

describe('S-WEB-12: the window and the local registry are strangers', () => {
  test('no route of one is there on the other', async () => {
    const stage = await openWeb();
    const token = await stage.signIn();
    const dock = await startDock({ library: memoryLibrary() });
    onTestFinished(() => dock.close());
    for (const path of ['/v2/', '/v2/_catalog', '/v2/team/app/tags/list'])
      expect((await fetch(`${stage.origin}${path}`)).status).toBe(404);
    for (const path of ['/api/call/about.get', '/api/feed', '/api/session']) {
      const response = await fetch(`${dock.url}${path}`, {
        method: 'POST',
        body: '{}',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      });
      expect([404, 405]).toContain(response.status);
    }
  });

  test('neither imports the other', async () => {
    const folder = fileURLToPath(new URL('../../../electron/', import.meta.url));
    expect(await readFile(join(folder, 'shells', 'web', 'server.ts'), 'utf8')).not.toMatch(/dock/);
    expect(await readFile(join(folder, 'engine', 'dock', 'server.ts'), 'utf8')).not.toMatch(/shells/);
  });
});

describe('S-WEB-13: slow and many callers', () => {
  test('a head that never ends is cut off', async () => {
    const { port } = await openWeb({ limits: { headersMs: 100, requestMs: 200 } });
    const answer = await rawRequest(port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    expect(answer.status).toBe(408);
  });

  test('a body that never ends is cut off', async () => {
    const stage = await openWeb({ limits: { headersMs: 100, requestMs: 200 } });
    const answer = await stage.raw(
      `POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}\r\nOrigin: ${stage.origin}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    expect([408, 0]).toContain(answer.status);
    expect(stage.failed).toEqual([]);
  });

  test('more connections than agreed are not served', async () => {
    const { port } = await openWeb({ limits: { connections: 2 } });
    const outcomes = await Promise.all(
      Array.from(
        { length: 5 },
        () =>
          new Promise<string>((resolve) => {
            const socket = connect(port, '127.0.0.1');
            onTestFinished(() => void socket.destroy());
            socket.once('close', () => resolve('closed'));
            socket.once('error', () => resolve('closed'));
            socket.once('connect', () => {
              socket.once('data', () => resolve('served'));
              socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
            });
          }),
      ),
    );
    expect(outcomes.filter((each) => each === 'served')).toHaveLength(2);
  });
});
