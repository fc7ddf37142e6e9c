import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactFacts, redactText, shownUrl } from '../../../../electron/engine/kernel/redact.ts';
import { fuzz } from '../../fuzzing.ts';

const canary = 'S3cr3t-canary+x/y=';
const base64 = Buffer.from(`user:${canary}`).toString('base64');
const jwt = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(canary).toString('base64url')}.c2lnbmF0dXJl`;

describe('redactText', () => {
  test.each([
    ['a Basic header', `Authorization: Basic ${base64}`],
    ['a Bearer header', `authorization: bearer ${canary}`],
    [
      'a header of another scheme',
      `Authorization: Digest username="${canary}", response="${canary}"`.replaceAll('"', ''),
    ],
    ['a proxy header', `Proxy-Authorization: Basic ${base64}`],
    ['a cookie', `Cookie: a=1; sid=${canary}`],
    ['a cookie being set', `Set-Cookie: sid=${canary}; Path=/; HttpOnly`],
    ['a header in a sentence', `sent Bearer ${canary} to r.io`],
    ['a web token', `the token was ${jwt} and so on`],
    ['a user in a URL', `https://user:${canary}@r.io/v2/`.replace('x/y', 'xy')],
    ['a user whose password has an @', 'https://user:pa@S3cr3t-canary@r.io/v2/'],
    ['a token as the user of a URL', 'https://S3cr3t-canary@r.io/v2/'],
    ['a proxy', 'HTTPS_PROXY=http://user:S3cr3t-canary@proxy:3128'],
    ['a presigned URL', `https://s3.example.com/x?X-Amz-Credential=${canary}&X-Amz-Signature=${canary}`],
    ['a presigned URL with a fragment', `GET https://s3.example.com/x?sig=${canary}#part failed`],
    ['a relative URL', `Location: /v2/a/blobs/uploads/1?_state=${canary}&digest=sha256:1`],
    ['a form', `grant_type=refresh_token&refresh_token=${canary}&service=x`],
    ['a password in a form', `password=${canary}&client_id=x`],
    ['a token answer', `{"token":"${canary}","expires_in":60}`],
    ['an access token answer', `{"access_token": "${canary}", "refresh_token" : "${canary}"}`],
    [
      'a docker config',
      `{"auths":{"r.io":{"auth":"${base64}","identitytoken":"${canary}","registrytoken":"${canary}"}}}`,
    ],
    ['a password with quotes', `{"password":"a\\"b ${canary}"}`],
    ['an auth file in YAML', `r.io:\n  username: u\n  password: ${canary}\n`],
    ['a passphrase', `IMAGE_FERRY_PASSPHRASE=${canary}`],
    ['an environment variable', `CLIENT_SECRET=${canary}`],
    ['a helper answer', `{"Username":"u","Secret":"${canary}"}`],
  ])('hides %s', (_, text) => {
    const clean = redactText(text);
    expect(clean).not.toContain('S3cr3t');
    expect(clean).not.toContain(base64);
    expect(clean).not.toContain(jwt.slice(30, 50));
    expect(redactText(clean)).not.toContain('S3cr3t');
  });

  test.each([
    'destination refused manifest sha256:ab12 of team/app: MANIFEST_INVALID',
    'unauthorized: authentication required',
    'r.io/team/app:v1@sha256:abc',
    'token: the server gave none',
    'https://r.io/v2/team/app/manifests/v1',
    'wrong password for user robot$team+ci',
    'basic auth over http is refused',
    '10.0.0.1:5000 did not answer in 30 s',
    '源端 r.io/a:v1 不存在',
  ])('leaves %j alone', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('takes linear time: a text four times as long takes about four times as long, not sixteen', () => {
    const leastMs = (text: string): number =>
      Math.min(
        ...[1, 2, 3].map(() => {
          const { user } = process.cpuUsage();
          redactText(text);
          return process.cpuUsage().user - user;
        }),
      ) / 1000;
    for (const piece of [
      'a.',
      'a://',
      '"pass',
      'password:',
      '//',
      '//a@',
      '?a=',
      'basic ',
      'eyJ',
      'eyJaaaaaa.',
      '"auth":"\\',
      'cookie: ',
      '-',
      'https://a?',
      '_token=',
    ]) {
      const text = piece.repeat(Math.floor(16_384 / piece.length));
      // what is too short to be measured cannot be far from linear
      expect(leastMs(text.repeat(4)), piece).toBeLessThan(leastMs(text) * 10 + 20);
    }
  });

  test('hides a secret in its usual places whatever stands around', () => {
    const around = fc.string({
      unit: fc.constantFrom('a', ' ', '{', '}', ':', '/', ',', '.', '\n', '-'),
      maxLength: 12,
    });
    const place = fc.constantFrom(
      (secret: string) => ` Bearer ${secret} `,
      (secret: string) => `"password":"${secret}"`,
      (secret: string) => ` https://u:${secret}@r.io/ `,
      (secret: string) => ` https://r.io/x?sig=${secret} `,
      (secret: string) => ` refresh_token=${secret} `,
    );
    fc.assert(
      fc.property(around, place, around, (before, place, after) => {
        expect(redactText(`${before} ${place('S3cr3tCanary')} ${after}`)).not.toContain('S3cr3tCanary');
      }),
      fuzz(2_000),
    );
  });
});

describe('redactFacts', () => {
  test('hides values by their names at any depth, and texts by their shape', () => {
    const facts = {
      url: `https://u:p@r.io/x?sig=${canary}`,
      headers: { Authorization: canary, 'X-Registry-Auth': canary, Cookie: canary, accept: 'x' },
      list: [{ password: canary }, `Bearer ${canary}`],
      credential: { user: 'u', password: canary },
      apiKey: canary,
      error: Object.assign(new Error(`got Bearer ${canary}`), { body: canary }),
      count: 7,
      flag: true,
      nothing: null,
      missing: undefined,
    };
    const clean = redactFacts(facts);
    expect(JSON.stringify(clean)).not.toContain('S3cr3t');
    expect(clean).toMatchObject({
      headers: { accept: 'x' },
      count: 7,
      flag: true,
      nothing: null,
      error: { name: 'Error' },
    });
  });

  test('cleans texts, names of fields and errors by what it is given', () => {
    const clean = (text: string): string => text.replaceAll('hunter2', '');
    const facts = { text: 'it is hunter2', hunter2: [{ deep: new Error('hunter2') }] };
    expect(JSON.stringify(redactFacts(facts, clean))).not.toContain('hunter2');
    expect(JSON.stringify(redactFacts(facts))).toContain('hunter2');
  });

  test('gives something that JSON can say', () => {
    const facts = {
      big: 2n,
      symbol: Symbol('x'),
      url: new URL(`https://u:${encodeURIComponent(canary)}@r.io/a?sig=${canary}`),
      when: new Date(0),
      never: new Date(Number.NaN),
    };
    expect(JSON.parse(JSON.stringify(redactFacts(facts)))).toEqual({
      big: '2',
      symbol: 'Symbol(x)',
      url: 'https://r.io/a',
      when: '1970-01-01T00:00:00.000Z',
      never: '…',
    });
  });

  test('ends on rings and on absurd width', () => {
    const ring: Record<string, unknown> = { name: 'x' };
    ring['self'] = ring;
    expect(JSON.stringify(redactFacts(ring))).toContain('…');
    expect(redactFacts(Array.from({ length: 1_000 }, (_, at) => at))).toHaveLength(100);
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`n${at}`, at]));
    expect(Object.keys(Object(redactFacts(wide)))).toHaveLength(100);
  });
});

test('a URL is shown without user, query and fragment', () => {
  expect(shownUrl(new URL(`https://u:p@r.io:5000/v2/x?sig=${canary}#f`))).toBe('https://r.io:5000/v2/x');
});
