import { describe, expect, test } from 'vitest';
import { startProgram } from './program.ts';

type Ask = (url: string, method?: string) => Promise<Response>;

/** The program's own handler of its scheme. The address is given as it is: a Request would put it in order first. */
async function handler(): Promise<Ask> {
  const { electron } = await startProgram();
  const answer = electron.protocol.handlers.get('app');
  if (answer === undefined) throw new Error('nobody answers');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that is looked at of a request
  return async (url, method = 'GET') => answer({ url, method } as Request);
}

/** Ways to say "up", "down", "else": in every spelling that some server once fell for. */
const dots = ['..', '%2e%2e', '%2E%2E', '.%2e', '%2e.', '%252e%252e', '..%00', '%c0%ae%c0%ae', '．．', '....', '..;'];
const slashes = ['/', '\\', '%2f', '%2F', '%5c', '%5C', '%255c', '//', '/./', '\\\\', '%c0%af', '∕'];
const targets = ['.env', 'assets/main.js', 'etc/passwd'];
const oddities = [
  'index.html',
  'assets',
  'assets/',
  'assets/main.js/',
  'assets/main.js?x',
  'assets/main.js#x',
  'assets/main.js%00',
  'assets/main.js\0',
  'assets/main.js.',
  'assets/main.js::$DATA',
  'assets//main.js',
  './assets/main.js',
  'assets\\main.js',
  'assets%2fmain.js',
  'assets%5cmain.js',
  'assets%5Cmain.js',
  '%61ssets/main.js',
  'ASSETS/MAIN.JS',
  'assets/main.js.map',
  '.env',
  'C:/Windows/win.ini',
  'C:\\Windows\\win.ini',
  'c:',
  '/c:/windows',
  '\\\\host\\share',
  '//host/share',
  '\\\\?\\C:\\',
  'file:///etc/passwd',
  'con',
  'nul.js',
  '__proto__',
  'constructor',
  'toString',
  ' ',
  '%20',
  '?',
  '#',
  '*',
  'x'.repeat(100_000),
];
const others = [
  'app://ferry',
  'app://ferry.evil/assets/main.js',
  'app://ferry@evil/assets/main.js',
  'app://evil/assets/main.js',
  'app://FERRY/assets/main.js',
  'app://ferry:80/assets/main.js',
  'app:///assets/main.js',
  'app:/assets/main.js',
  'app:assets/main.js',
  'https://ferry/assets/main.js',
  'file:///assets/main.js',
  '',
];

describe('S-SHELL-4: only built files are there', () => {
  test('whatever else is asked for, in 200 and more spellings', async () => {
    const ask = await handler();
    const climbing = dots.flatMap((dot) =>
      slashes.flatMap((slash) => targets.map((target) => `${dot}${slash}${target}`)),
    );
    const inside = dots.flatMap((dot) => slashes.map((slash) => `assets${slash}${dot}${slash}assets${slash}main.js`));
    const paths = [...climbing, ...inside, ...oddities].map((path) => `app://ferry/${path}`);
    expect(paths.length).toBeGreaterThan(200);
    for (const url of [...paths, ...others]) {
      const response = await ask(url);
      expect({ url, status: response.status, text: await response.text() }).toEqual({ url, status: 404, text: '' });
    }
  });

  test('and they come whole, as what they are', async () => {
    const ask = await handler();
    const file = await ask('app://ferry/assets/main.js');
    expect([file.status, file.headers.get('Content-Type'), await file.text()]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'export {};',
    ]);
    const head = await ask('app://ferry/assets/main.js', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'get', ''])('%j is no way to ask', async (method) => {
    const ask = await handler();
    expect((await ask('app://ferry/', method)).status).toBe(405);
  });
});

describe('S-SHELL-5: every answer is shielded', () => {
  const policy = (nonce: string): string =>
    `default-src 'none'; script-src 'self'; style-src 'self'${nonce}; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; require-trusted-types-for 'script'`;

  test.each([
    ['app://ferry/assets/main.js', 'GET'],
    ['app://ferry/absent', 'GET'],
    ['app://ferry/', 'POST'],
  ])('%s by %s', async (url, method) => {
    const ask = await handler();
    const { headers } = await ask(url, method);
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Content-Security-Policy')).toBe(policy(''));
  });

  test('each load of the page has a nonce of its own, in the page and in its policy', async () => {
    const ask = await handler();
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await ask('app://ferry/');
        const [, nonce = ''] = /nonce="([A-Za-z0-9+/=]{20,})"/.exec(await response.text()) ?? [];
        expect(response.headers.get('Content-Security-Policy')).toBe(policy(` 'nonce-${nonce}'`));
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });
});
