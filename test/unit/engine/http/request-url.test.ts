import { expect, test } from 'vitest';
import { RequestUrl } from '../../../../electron/engine/http/request-url.ts';

test('a path at an origin is sent as it stands, and is a URL for whoever asks', () => {
  const place = RequestUrl.at('http://registry.test:5000', '/v2/a/b/tags/list?n=5&last=v1');
  expect([place.origin, place.path]).toEqual(['http://registry.test:5000', '/v2/a/b/tags/list?n=5&last=v1']);
  expect(place.url.href).toBe('http://registry.test:5000/v2/a/b/tags/list?n=5&last=v1');
  expect(place.url).toBe(place.url);
});

test('of a place that was named in full the fragment stays here', () => {
  const place = RequestUrl.of(new URL('https://blobs.test/x/y?token=1#part'));
  expect([place.origin, place.path]).toEqual(['https://blobs.test', '/x/y?token=1']);
});
