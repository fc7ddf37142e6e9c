import { describe, expect, test } from 'vitest';
import { NotHttpError, readHead } from '../../../../../electron/engine/http/wire/answer-head.ts';

const head = (lines: readonly string[], method = 'GET'): ReturnType<typeof readHead> =>
  readHead(lines.join('\r\n'), method);

test('names are in lower case, and a name that came twice has both values', () => {
  const { status, headers } = head([
    'HTTP/1.1 401 Unauthorized',
    'WWW-Authenticate: Basic',
    'WWW-Authenticate: Bearer',
  ]);
  expect(status).toBe(401);
  expect(headers).toEqual({ 'www-authenticate': ['Basic', 'Bearer'] });
});

test('blanks and tabs around a value go, those in it stay', () => {
  expect(head(['HTTP/1.1 200 OK', 'X-A: \t a \t b \t', 'X-B:', 'X-C:c']).headers).toEqual({
    'x-a': 'a \t b',
    'x-b': '',
    'x-c': 'c',
  });
});

test('a status without a reason is one', () => {
  expect(head(['HTTP/1.1 204', 'X-A: b'])).toMatchObject({ status: 204, framing: { by: 'nothing' } });
});

test('a header cannot reach what every object has', () => {
  const { headers } = head(['HTTP/1.1 200 OK', '__proto__: polluted', 'constructor: x', 'toString: y']);
  expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  expect(Object.entries(headers)).toEqual([
    ['constructor', 'x'],
    ['tostring', 'y'],
  ]);
});

describe('where an answer ends', () => {
  test.each([
    ['by its length', ['HTTP/1.1 200 OK', 'Content-Length: 5'], 'GET', { by: 'length', sizeBytes: 5 }],
    ['by its chunks', ['HTTP/1.1 200 OK', 'Transfer-Encoding: Chunked'], 'GET', { by: 'chunks' }],
    ['with the connection', ['HTTP/1.1 200 OK'], 'GET', { by: 'close' }],
    ['at once after HEAD', ['HTTP/1.1 200 OK', 'Content-Length: 5'], 'HEAD', { by: 'nothing' }],
    ['at once when nothing changed', ['HTTP/1.1 304 Not Modified', 'Content-Length: 5'], 'GET', { by: 'nothing' }],
  ] as const)('%s', (_, lines, method, framing) => {
    expect(head(lines, method).framing).toEqual(framing);
  });
});

describe('whether the connection goes on', () => {
  test.each([
    [['HTTP/1.1 204 No Content'], true],
    [['HTTP/1.1 204 No Content', 'Connection: Close'], false],
    [['HTTP/1.0 204 No Content'], false],
    [['HTTP/1.0 204 No Content', 'Connection: Keep-Alive'], true],
    [['HTTP/1.1 200 OK'], false],
  ] as const)('%j: %j', (lines, isKept) => {
    expect(head(lines).isKept).toBe(isKept);
  });
});

describe('what two readers could understand in two ways is refused', () => {
  test.each([
    [['HTTP/1.1 200 OK', 'Content-Length: 5', 'Content-Length: 5']],
    [['HTTP/1.1 200 OK', 'Content-Length: 5', 'Transfer-Encoding: chunked']],
    [['HTTP/1.1 200 OK', 'Content-Length: +5']],
    [['HTTP/1.1 200 OK', 'Content-Length: 5, 5']],
    [['HTTP/1.1 200 OK', 'Content-Length: 0x5']],
    [['HTTP/1.1 200 OK', 'Content-Length:']],
    [['HTTP/1.1 200 OK', 'Content-Length: 9999999999999999']],
    [['HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked']],
    [['HTTP/1.0 200 OK', 'Transfer-Encoding: chunked']],
    [['HTTP/1.1 200 OK', 'X-A: a', ' folded']],
    [['HTTP/1.1 200 OK', 'X-A : a']],
    [['HTTP/1.1 200 OK', 'no colon']],
    [['HTTP/1.1 200 OK', ': no name']],
    [['HTTP/1.1 200 OK', 'X-A: a\rX-B: b']],
    [['HTTP/1.1 200 OK', 'X-A: a\nX-B: b']],
    [['HTTP/1.1 200 OK', 'X-A: \0']],
    [['HTTP/2 200 OK']],
    [['HTTP/1.1 99 Low']],
    [['HTTP/1.1 2000 High']],
    [['200 OK']],
  ] as const)('%j', (lines) => {
    expect(() => head(lines)).toThrow(NotHttpError);
  });
});
