import { expect, test } from 'vitest';
import { requestHead, UnsafeRequestError } from '../../../../../electron/engine/http/wire/request-head.ts';

test('is the request line, the host, and every header', () => {
  expect(requestHead('GET', 'r.example:5000', '/v2/?n=1', { accept: 'a/b' })).toBe(
    'GET /v2/?n=1 HTTP/1.1\r\nhost: r.example:5000\r\nconnection: keep-alive\r\naccept: a/b\r\n\r\n',
  );
});

test('says that a body is empty where one is usual', () => {
  expect(requestHead('POST', 'r', '/', {})).toContain('content-length: 0\r\n');
  expect(requestHead('POST', 'r', '/', { 'content-length': '5' }).match(/content-length/g)).toHaveLength(1);
  expect(requestHead('GET', 'r', '/', {})).not.toContain('content-length');
});

test.each([
  ['/a b', {}],
  ['/a\r\nX-B: b', {}],
  ['/', { 'x-a': 'a\r\nX-B: b' }],
  ['/', { 'x-a': 'a\0' }],
  ['/', { 'x-a\r\nx-b': 'b' }],
  ['/', { 'x-a': '名' }],
  ['', {}],
])('nothing can end a line that should not: %j %j', (path, headers) => {
  expect(() => requestHead('GET', 'r', path, headers)).toThrow(UnsafeRequestError);
});
