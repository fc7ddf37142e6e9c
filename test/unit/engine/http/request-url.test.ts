import { expect, test } from 'vitest';
import { RequestUrl } from '../../../../electron/engine/http/request-url.ts';

test('a path at an origin is sent as it stands, and is a URL for whoever asks', () => {
  const place = RequestUrl.at('http://registry.test:5000', '/v2/a/b/tags/list?n=5&last=v1');
  expect([place.origin, place.path]).toEqual(['http://registry.test:5000', '/v2/a/b/tags/list?n=5&last=v1']);
  expect(place.url.href).toBe('http://registry.test:5000/v2/a/b/tags/list?n=5&last=v1');
  expect(place.url).toBe(place.url);
});

test.each([
  ['/v2/_catalog?n=5&last=é "a"', '/v2/_catalog?n=5&last=%C3%A9%20%22a%22'],
  ['/api/a/../b/./c', '/api/b/c'],
  ['/v2/a\nb', '/v2/ab'],
])('%j is written as a URL writes it', (path, written) => {
  expect(RequestUrl.at('https://registry.test', path).path).toBe(written);
});

test.each(['/v2/a.b/c_d/manifests/v1.0-x', '/v2/a/blobs/sha256:0f?from=b%2Fc&x=1+1', '/v2/'])(
  '%s is what a URL makes of it',
  (path) => {
    const { pathname, search } = new URL(`https://registry.test${path}`);
    expect(RequestUrl.at('https://registry.test', path).path).toBe(`${pathname}${search}`);
  },
);

test('of a place that was named in full the fragment stays here', () => {
  const place = RequestUrl.of(new URL('https://blobs.test/x/y?token=1#part'));
  expect([place.origin, place.path]).toEqual(['https://blobs.test', '/x/y?token=1']);
});
