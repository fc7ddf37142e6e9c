import { describe, expect, test } from 'vitest';
import { isRedirect, maxRedirects, namedPlace, redirectTarget } from '../../../../electron/engine/http/redirects.ts';

const context = { side: 'source', op: 'blob.get', subject: 'a/b', method: 'GET', host: 'registry.test' } as const;
const https = new URL('https://registry.test/v2/a/b/blobs/uploads/1?x=y');

describe('a place that a server named', () => {
  test.each([
    ['/v2/x?_state=a%2Bb%3D', https.href, 'https://registry.test/v2/x?_state=a%2Bb%3D'],
    ['//cdn.test/x', https.href, 'https://cdn.test/x'],
    ['https://cdn.test:8443/x#part', https.href, 'https://cdn.test:8443/x'],
    ['http://registry.test/x', https.href, 'https://registry.test/x'],
    ['http://registry.test:80/x', https.href, 'https://registry.test/x'],
    ['http://registry.test/x', 'https://registry.test:5000/v2/', 'https://registry.test:5000/x'],
    ['http://registry.test:5000/x', 'https://registry.test:5000/v2/', 'https://registry.test:5000/x'],
    ['https://registry.test:443/x', https.href, 'https://registry.test/x'],
    ['?only=query', https.href, 'https://registry.test/v2/a/b/blobs/uploads/1?only=query'],
    ['http://other.test/x', 'http://registry.test/', 'http://other.test/x'],
    ['https://other.test/x', 'http://registry.test/', 'https://other.test/x'],
    ['http://2852039166/', 'http://registry.test/', 'http://169.254.169.254/'],
  ])('%s from %s', (text, base, expected) => expect(namedPlace(text, new URL(base), context).href).toBe(expected));

  test.each([
    ['http://other.test/x', 'without TLS'],
    ['http://registry.test:8080/x', 'without TLS'],
    ['file:///etc/passwd', 'scheme file:'],
    ['data:text/plain,x', 'scheme data:'],
    ['javascript:alert(1)', 'scheme javascript:'],
    ['ftp://registry.test/x', 'scheme ftp:'],
    ['https://me:secret@registry.test/', 'user name'],
    ['https://me@registry.test/', 'user name'],
    ['https://[bad/', 'cannot be read'],
  ])('%s is refused: %s', (text, says) => {
    const place = (): URL => namedPlace(text, https, context);
    expect(place).toThrow(expect.objectContaining({ kind: 'protocol', advice: { do: 'never' } }));
    expect(place).toThrow(says);
    expect(place).not.toThrow('secret');
  });
});

describe('a redirect', () => {
  const answer = (location: string | undefined) => ({
    status: 307,
    headers: location === undefined ? {} : { location },
    url: https,
    body: new Uint8Array(),
  });

  test('is one of five statuses', () => {
    const found = Array.from({ length: 100 }, (_, at) => 300 + at).filter(isRedirect);
    expect(found).toEqual([301, 302, 303, 307, 308]);
  });

  test('needs a Location', () => {
    expect(() => redirectTarget(answer(undefined), [], context)).toThrow('without saying where to');
  });

  test('may not lead to where it came from', () => {
    expect(() => redirectTarget(answer(https.href), [https.href], context)).toThrow('in a circle');
  });

  test(`may happen ${maxRedirects} times`, () => {
    const visited = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `https://x/${at}`);
    expect(redirectTarget(answer('/y'), visited(maxRedirects), context).pathname).toBe('/y');
    expect(() => redirectTarget(answer('/y'), visited(maxRedirects + 1), context)).toThrow('more than 5 times');
  });
});
