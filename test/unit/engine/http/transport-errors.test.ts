import { describe, expect, test } from 'vitest';
import { IdleError } from '../../../../electron/engine/http/exchange.ts';
import { transportError } from '../../../../electron/engine/http/transport-errors.ts';
import { copyError, type CopyError } from '../../../../electron/engine/kernel/errors.ts';

const context = { side: 'source', op: 'blob.get', subject: 'a/b@sha256:x', host: 'registry.test' } as const;
const coded = (code: string, more: object = {}): Error => Object.assign(new Error(`secret=${code}`), { code, ...more });
const judged = (thrown: unknown): CopyError => transportError(thrown, context);

describe('every code of the retry classes', () => {
  test.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'ENOTFOUND',
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_SOCKET',
    'UND_ERR_BODY_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  ])('%s is worth another try', (code) => {
    expect(judged(coded(code))).toMatchObject({ side: 'source', advice: { do: 'again' } });
    expect(judged(coded(code)).kind).toMatch(/unreachable|timeout/);
  });

  test.each([
    ['CERT_HAS_EXPIRED', 'tls', 'clock-wrong'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'trust-ca'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls', 'trust-ca'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', undefined],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'plain-http'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls', undefined],
    ['UND_ERR_HEADERS_OVERFLOW', 'protocol', undefined],
    ['ERR_FORBIDDEN_ADDRESS', 'refused', undefined],
    ['UND_ERR_PRX_TLS', 'proxy', undefined],
  ] as const)('%s is %s, for good', (code, kind, hint) => {
    expect(judged(coded(code))).toMatchObject({ kind, hint, advice: { do: 'never' } });
  });

  test.each(['EMFILE', 'ENFILE'])('%s is this machine’s', (code) => expect(judged(coded(code)).kind).toBe('disk'));
});

test('the first of several addresses speaks for all', () => {
  const both = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]);
  expect(judged(both)).toMatchObject({ kind: 'unreachable' });
  expect(judged(both).message).toContain('connection refused');
});

test('a cause speaks for an error without a code', () => {
  expect(judged(new Error('x', { cause: coded('ECONNRESET') }))).toMatchObject({ hint: 'line-broken' });
});

test.each([
  [407, 'never'],
  [403, 'never'],
  [502, 'again'],
  [503, 'again'],
] as const)('a proxy that answered CONNECT with %i: %s', (status, advice) => {
  const thrown = coded('UND_ERR_ABORTED');
  thrown.message = `Proxy response (${status}) !== 200 when HTTP Tunneling`;
  expect(judged(thrown)).toMatchObject({ kind: 'proxy', advice: { do: advice } });
});

test('idle is a timeout that says what was waited for', () => {
  expect(judged(new IdleError('no answer')).message).toBe('source registry.test: no answer (blob.get of a/b@sha256:x)');
});

test('what is known already passes', () => {
  const error = copyError('integrity', { side: 'source', op: 'x', subject: 'y' });
  expect(judged(error)).toBe(error);
});

test('the unknown is internal, and redacted', () => {
  const error = judged(new Error('https://me:hunter22@host/?sig=abc'));
  expect(error.kind).toBe('internal');
  expect(error.message).not.toMatch(/hunter22|sig=abc/);
});
