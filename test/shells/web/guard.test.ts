import { beforeAll, describe, expect, test } from 'vitest';
import { type GuardedRequest, refusalOf } from '../../../electron/shells/web/guard.ts';
import { openWeb } from './stage.ts';

const port = 41_234;

function request(
  lines: readonly (readonly [string, string])[],
  method = 'POST',
  url = '/api/call/about.get',
): GuardedRequest {
  return { method, url, rawHeaders: lines.flat() };
}

const own = '127.0.0.1:41234';
const hosts: readonly (readonly [host: string, isOurs: boolean])[] = [
  ['127.0.0.1:41234', true],
  ['localhost:41234', true],
  ['[::1]:41234', true],
  ['127.0.0.1', false],
  ['localhost', false],
  ['[::1]', false],
  ['', false],
  ['127.0.0.1:41235', false],
  ['127.0.0.1:4123', false],
  ['127.0.0.1:412345', false],
  ['127.0.0.1:041234', false],
  ['127.0.0.1:41234.', false],
  ['127.0.0.1.:41234', false],
  ['localhost.:41234', false],
  ['LOCALHOST:41234', false],
  ['Localhost:41234', false],
  ['[::0001]:41234', false],
  ['[0:0:0:0:0:0:0:1]:41234', false],
  ['[::ffff:127.0.0.1]:41234', false],
  ['::1:41234', false],
  ['127.1:41234', false],
  ['127.0.1:41234', false],
  ['127.000.000.001:41234', false],
  ['0177.0.0.1:41234', false],
  ['0x7f.0.0.1:41234', false],
  ['0x7f000001:41234', false],
  ['2130706433:41234', false],
  ['127.0.0.2:41234', false],
  ['0.0.0.0:41234', false],
  ['[::]:41234', false],
  ['127.attacker.example:41234', false],
  ['127.0.0.1.attacker.example:41234', false],
  ['localhost.attacker.example:41234', false],
  ['attacker.example:41234', false],
  ['user@127.0.0.1:41234', false],
  ['127.0.0.1:41234@attacker.example', false],
  ['127.0.0.1:41234,attacker.example', false],
  ['127.0.0.1:41234 attacker.example', false],
  ['127.0.0.1:41234/path', false],
  ['http://127.0.0.1:41234', false],
  ['１２７.0.0.1:41234', false],
];

describe('S-WEB-4: the host is one of three texts', () => {
  test.each(hosts)('%j', (host, isOurs) => {
    const asked = request([
      ['Host', host],
      ['Origin', `http://${host}`],
      ['Authorization', 'Bearer x'],
    ]);
    expect(refusalOf(asked, port)).toBe(isOurs ? undefined : 403);
  });

  test('and it is there, once', () => {
    expect(refusalOf(request([['Origin', `http://${own}`]]), port)).toBe(403);
    expect(
      refusalOf(
        request([
          ['Host', own],
          ['host', own],
          ['Origin', `http://${own}`],
        ]),
        port,
      ),
    ).toBe(403);
  });

  test.each(['http://127.0.0.1:41234/', 'http://attacker.example/', '*', '', 'api/call/about.get'])(
    'and no target names another: %j',
    (url) => {
      expect(refusalOf(request([['Host', own]], 'GET', url), port)).toBe(403);
    },
  );
});

describe('S-WEB-5: what changes something comes from our own page', () => {
  const token = ['Authorization', 'Bearer x'] as const;
  const table: readonly (readonly [what: string, lines: readonly (readonly [string, string])[], passes: boolean])[] = [
    ['our origin', [['Origin', `http://${own}`]], true],
    [
      'our origin and site',
      [
        ['Origin', `http://${own}`],
        ['Sec-Fetch-Site', 'same-origin'],
      ],
      true,
    ],
    [
      'our origin, typed by a person',
      [
        ['Origin', `http://${own}`],
        ['Sec-Fetch-Site', 'none'],
      ],
      true,
    ],
    ['no origin, a token, no browser', [token], true],
    ['no origin, no token', [], false],
    ['no origin, a token, a browser', [token, ['Sec-Fetch-Site', 'same-origin']], false],
    ['no origin, two tokens', [token, token], false],
    ['null', [['Origin', 'null'], token], false],
    ['empty', [['Origin', ''], token], false],
    ['our other name', [['Origin', 'http://localhost:41234'], token], false],
    ['another port', [['Origin', 'http://127.0.0.1:41235'], token], false],
    ['no port', [['Origin', 'http://127.0.0.1'], token], false],
    ['https', [['Origin', `https://${own}`], token], false],
    ['another host', [['Origin', 'http://attacker.example'], token], false],
    ['one that begins like ours', [['Origin', `http://${own}.attacker.example`], token], false],
    ['one that ends like ours', [['Origin', `http://attacker.example/${own}`], token], false],
    ['a slash behind', [['Origin', `http://${own}/`], token], false],
    ['upper case', [['Origin', `HTTP://${own}`], token], false],
    ['two origins', [['Origin', `http://${own}`], ['Origin', `http://${own}`], token], false],
    ['two in one', [['Origin', `http://${own} http://${own}`], token], false],
    ['another site', [['Origin', `http://${own}`], ['Sec-Fetch-Site', 'cross-site'], token], false],
    ['another port of this machine', [['Origin', `http://${own}`], ['Sec-Fetch-Site', 'same-site'], token], false],
    ['an odd site', [['Origin', `http://${own}`], ['Sec-Fetch-Site', 'Same-Origin'], token], false],
    [
      'two sites',
      [['Origin', `http://${own}`], ['Sec-Fetch-Site', 'same-origin'], ['Sec-Fetch-Site', 'none'], token],
      false,
    ],
  ];

  test.each(table)('%s', (_, lines, passes) => {
    expect(refusalOf(request([['Host', own], ...lines]), port)).toBe(passes ? undefined : 403);
  });

  test.each([
    ['a link from elsewhere shows the page', '/', 'navigate', 'document', undefined],
    ['but not within a frame', '/', 'navigate', 'iframe', 403],
    ['nor as a picture', '/', 'no-cors', 'image', 403],
    ['nor a part of it', '/assets/main.js', 'navigate', 'document', 403],
  ])('%s', (_, url, mode, destination, refusal) => {
    const lines = [
      ['Host', own],
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Mode', mode],
      ['Sec-Fetch-Dest', destination],
    ] as const;
    expect(refusalOf(request(lines, 'GET', url), port)).toBe(refusal);
  });
});

describe('S-WEB-6: no other method, and nothing for other origins', () => {
  test.each(['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'get', 'CONNECT'])('%s', (method) => {
    expect(
      refusalOf(
        request(
          [
            ['Host', own],
            ['Authorization', 'Bearer x'],
          ],
          method,
        ),
        port,
      ),
    ).toBe(405);
  });

  test('a preflight is refused without any header for other origins', async () => {
    const { raw, port } = await openWeb();
    const answer = await raw(
      `OPTIONS /api/call/about.get HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://attacker.example\r\n` +
        'Access-Control-Request-Method: POST\r\nAccess-Control-Request-Private-Network: true\r\n\r\n',
    );
    expect(answer).toMatchObject({ status: 405, body: '' });
    expect(answer.head.toLowerCase()).not.toContain('access-control');
  });
});

describe('on a real socket', () => {
  let line = '';
  beforeAll(() => {
    line = 'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
  });

  test('S-WEB-4: requests with a strange host never reach a route', async () => {
    const { raw, port, refused } = await openWeb();
    for (const head of ['', 'Host: attacker.example\r\n', `Host: 127.0.0.1:${port}\r\nHost: 127.0.0.1:${port}\r\n`]) {
      const answer = await raw(`POST /api/session HTTP/1.1\r\n${head}${line}`);
      expect([400, 403]).toContain(answer.status);
      expect(answer.body).toBe('');
    }
    const absolute = await raw(
      `POST http://127.0.0.1:${port}/api/session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${line}`,
    );
    expect(absolute).toMatchObject({ status: 403, body: '' });
    expect(refused).toEqual([]);
  });

  test('S-WEB-7: an upgrade to a web socket is no more than a request for what is not there', async () => {
    const { raw, port } = await openWeb();
    const answer = await raw(
      `GET /api/feed HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    expect(answer).toMatchObject({ status: 404, body: '' });
  });
});
