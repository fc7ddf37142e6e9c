import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Challenge,
  maxChallengeChars,
  maxChallenges,
  parseChallenges,
} from '../../../../electron/engine/auth/challenge.ts';
import { fuzz, fuzzSeed } from '../../fuzzing.ts';

type Plain = readonly [scheme: string, parameters: Readonly<Record<string, string>>, token68?: string];

function plain(challenges: readonly Challenge[]): readonly Plain[] {
  return challenges.map(({ scheme, parameters, token68 }) =>
    token68 === undefined
      ? [scheme, Object.fromEntries(parameters)]
      : [scheme, Object.fromEntries(parameters), token68],
  );
}

const reference: readonly (readonly [name: string, headers: readonly string[], expected: readonly Plain[]])[] = [
  [
    'Docker Hub',
    ['Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"'],
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/nginx:pull',
        },
      ],
    ],
  ],
  [
    'Docker Hub after a token with too few rights',
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push",error="insufficient_scope"',
    ],
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull,push',
          error: 'insufficient_scope',
        },
      ],
    ],
  ],
  [
    'Harbor',
    ['Bearer realm="https://harbor.example.com/service/token",service="harbor-registry"'],
    [['bearer', { realm: 'https://harbor.example.com/service/token', service: 'harbor-registry' }]],
  ],
  ['Harbor for _catalog', ['Basic realm="harbor"'], [['basic', { realm: 'harbor' }]]],
  [
    'GitLab',
    [
      'Bearer realm="https://gitlab.example.com/jwt/auth",service="container_registry",scope="repository:team/app:pull",error="invalid_token"',
    ],
    [
      [
        'bearer',
        {
          realm: 'https://gitlab.example.com/jwt/auth',
          service: 'container_registry',
          scope: 'repository:team/app:pull',
          error: 'invalid_token',
        },
      ],
    ],
  ],
  [
    'Azure ACR with both ways',
    ['Bearer realm="https://r.azurecr.io/oauth2/token",service="r.azurecr.io"', 'Basic realm="r.azurecr.io"'],
    [
      ['bearer', { realm: 'https://r.azurecr.io/oauth2/token', service: 'r.azurecr.io' }],
      ['basic', { realm: 'r.azurecr.io' }],
    ],
  ],
  [
    'Quay',
    ['Bearer realm="https://quay.io/v2/auth",service="quay.io"'],
    [['bearer', { realm: 'https://quay.io/v2/auth', service: 'quay.io' }]],
  ],
  [
    'ECR, which asks for Basic and names a service',
    ['Basic realm="https://1234.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com"'],
    [['basic', { realm: 'https://1234.dkr.ecr.eu-west-1.amazonaws.com/', service: 'ecr.amazonaws.com' }]],
  ],
  [
    'Aliyun, whose service has colons',
    [
      'Bearer realm="https://dockerauth.cn-hangzhou.aliyuncs.com/auth",service="registry.aliyuncs.com:cn-hangzhou:26842"',
    ],
    [
      [
        'bearer',
        {
          realm: 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth',
          service: 'registry.aliyuncs.com:cn-hangzhou:26842',
        },
      ],
    ],
  ],
  [
    'GitHub',
    ['Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull"'],
    [['bearer', { realm: 'https://ghcr.io/token', service: 'ghcr.io', scope: 'repository:user/image:pull' }]],
  ],
  [
    'Gitea, whose scope is a star',
    ['Bearer realm="https://gitea.example.com/v2/token",service="container_registry",scope="*"'],
    [['bearer', { realm: 'https://gitea.example.com/v2/token', service: 'container_registry', scope: '*' }]],
  ],
  [
    'Nexus, in capitals',
    ['BASIC realm="Sonatype Nexus Repository Manager"'],
    [['basic', { realm: 'Sonatype Nexus Repository Manager' }]],
  ],
  ['a registry with htpasswd', ['Basic realm="Registry Realm"'], [['basic', { realm: 'Registry Realm' }]]],
  [
    'a domain proxy that offers everything in one header',
    ['Negotiate, NTLM, Bearer realm="https://r.example.com/token",service="r", Basic realm="x, y"'],
    [
      ['negotiate', {}],
      ['ntlm', {}],
      ['bearer', { realm: 'https://r.example.com/token', service: 'r' }],
      ['basic', { realm: 'x, y' }],
    ],
  ],
  [
    'a domain proxy in the middle of its handshake',
    ['NTLM TlRMTVNTUAACAAAA==, Bearer realm="/token"', 'Negotiate YII/+a=='],
    [
      ['ntlm', {}, 'TlRMTVNTUAACAAAA=='],
      ['bearer', { realm: '/token' }],
      ['negotiate', {}, 'YII/+a=='],
    ],
  ],
  [
    'Digest with a comma inside quotes',
    ['Digest realm="d", qop="auth,auth-int", nonce=abc, algorithm=MD5, stale=FALSE, Basic realm="b"'],
    [
      ['digest', { realm: 'd', qop: 'auth,auth-int', nonce: 'abc', algorithm: 'MD5', stale: 'FALSE' }],
      ['basic', { realm: 'b' }],
    ],
  ],
  [
    'another order, blanks around the equals sign, capital names',
    ['bEaReR  SERVICE = "s" ,\tScope\t=\t"repository:a:pull" , Realm= "https://t"'],
    [['bearer', { service: 's', scope: 'repository:a:pull', realm: 'https://t' }]],
  ],
  ['escapes in quotes', ['Basic realm="a \\"b\\" \\\\ \\c, d=\\"e"'], [['basic', { realm: 'a "b" \\ c, d="e' }]]],
  [
    'a realm without quotes',
    ['Bearer realm=https://r.example.com/token,service=r.example.com'],
    [['bearer', { realm: 'https://r.example.com/token', service: 'r.example.com' }]],
  ],
  ['no comma between parameters', ['Bearer realm="a" service="b"'], [['bearer', { realm: 'a', service: 'b' }]]],
  [
    'empty list elements',
    [' , ,Bearer ,realm="a",, ,service="b", , Basic,,'],
    [
      ['bearer', { realm: 'a', service: 'b' }],
      ['basic', {}],
    ],
  ],
  ['a scheme alone', ['Bearer'], [['bearer', {}]]],
  ['an empty realm', ['Basic realm=""'], [['basic', { realm: '' }]]],
  ['the first of two realms', ['Bearer realm="first",realm="second"'], [['bearer', { realm: 'first' }]]],
  [
    'names that objects have',
    ['Bearer __proto__="x",constructor=y'],
    [
      [
        'bearer',
        Object.fromEntries([
          ['__proto__', 'x'],
          ['constructor', 'y'],
        ]),
      ],
    ],
  ],
  ['letters outside ASCII in quotes', ['Basic realm="Ünïcode"'], [['basic', { realm: 'Ünïcode' }]]],
  ['a quote that never ends', ['Bearer service="s",realm="https://r'], [['bearer', { service: 's' }]]],
  ['a parameter before any scheme', ['realm="x", Basic realm="y"'], [['basic', { realm: 'y' }]]],
  [
    'a broken element between good ones',
    ['Basic realm="a", @@"x,y" , service="b"'],
    [['basic', { realm: 'a', service: 'b' }]],
  ],
  ['a header split by CR LF', ['Bearer realm="a"\r\nSet-Cookie: x', 'Basic realm="b"'], [['basic', { realm: 'b' }]]],
  ['a header with NUL', ['Bearer realm="a\0"'], []],
  ['nothing', [], []],
  ['empty headers', ['', '  ', ','], []],
];

describe('parseChallenges', () => {
  test.each(reference)('reads %s', (_, headers, expected) => {
    expect(plain(parseChallenges(headers))).toEqual(expected);
  });

  test('refuses every control character but the tab', () => {
    for (let code = 0; code < 32; code++) {
      const found = parseChallenges([`Basic realm="a${String.fromCharCode(code)}b"`]);
      expect(found.length, `character ${code}`).toBe(code === 9 ? 1 : 0);
    }
  });

  test('leaves the challenges behind the limit unread', () => {
    const many = Array.from({ length: 100 }, (_, at) => `S${at}`).join(', ');
    expect(parseChallenges([many, 'Basic realm="late"']).map((challenge) => challenge.scheme)).toEqual(
      Array.from({ length: maxChallenges }, (_, at) => `s${at}`),
    );
  });

  test('ignores a header that passes the limit and reads the shorter one behind it', () => {
    const huge = `Bearer realm="${'a'.repeat(maxChallengeChars)}"`;
    expect(plain(parseChallenges([huge, 'Basic realm="b"']))).toEqual([['basic', { realm: 'b' }]]);
  });

  test.each([
    'a',
    'a ',
    'a=',
    'a, ',
    'a b,',
    '"',
    '\\"',
    '="',
    'a="\\',
    ',',
    '@',
    '@"",',
    'a a=',
    'a=b ',
    'a===',
    'a b',
  ])('takes linear time for a full header of %j', (piece) => {
    const header = piece.repeat(Math.floor(maxChallengeChars / piece.length));
    const before = performance.now();
    parseChallenges([header]);
    expect(performance.now() - before).toBeLessThan(500);
  });

  test(`never throws and stays within its limits (seed ${fuzzSeed})`, { timeout: 120_000 }, () => {
    const pieces = fc.constantFrom(
      'Bearer',
      'Basic',
      'realm',
      'scope',
      '=',
      '==',
      '"',
      '\\',
      ',',
      ' ',
      '\t',
      'a',
      'ü',
      '@',
      '/',
      '\n',
      '__proto__',
    );
    const header = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.array(pieces, { maxLength: 14 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(fc.array(header, { maxLength: 3 }), (headers) => {
        const challenges = parseChallenges(headers);
        if (challenges.length > maxChallenges) return false;
        return challenges.every(
          ({ scheme, parameters }) =>
            scheme !== '' && scheme === scheme.toLowerCase() && [...parameters.keys()].every((name) => name !== ''),
        );
      }),
      fuzz(100_000),
    );
  });

  test('reads back every list of challenges, however it was written', () => {
    const word = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/);
    const value = fc.string({ unit: fc.constantFrom(...'ab ,="\\\tü:/'.split('')), maxLength: 10 });
    const blank = fc.constantFrom('', ' ', '\t', '  ');
    const parameter = fc.record({ name: word, value, before: blank, after: blank });
    const challenge = fc.record({
      scheme: word,
      parameters: fc.uniqueArray(parameter, { maxLength: 4, selector: ({ name }) => name.toLowerCase() }),
      token68: fc.option(fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,8}={0,2}$/), { nil: undefined }),
      comma: fc.constantFrom(',', ', ', ' ,', ' , ,\t'),
    });
    const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 6 }), fc.nat({ max: 5 }), (challenges, splitAt) => {
        const written = challenges.map(({ scheme, parameters, token68, comma }) =>
          token68 === undefined
            ? `${scheme} ${parameters.map((p) => `${p.name}${p.before}=${p.after}${quote(p.value)}`).join(comma)}`
            : `${scheme} ${token68}`,
        );
        const headers = [written.slice(0, splitAt).join(', '), written.slice(splitAt).join(',')];
        const expected = challenges.map(({ scheme, parameters, token68 }) => {
          const read = Object.fromEntries(
            token68 === undefined ? parameters.map((p) => [p.name.toLowerCase(), p.value]) : [],
          );
          return token68 === undefined ? [scheme.toLowerCase(), read] : [scheme.toLowerCase(), read, token68];
        });
        expect(plain(parseChallenges(headers))).toEqual(expected);
      }),
      fuzz(5_000),
    );
  });
});
