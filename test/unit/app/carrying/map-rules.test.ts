import { describe, expect, test } from 'vitest';
import { mapped, readMapping } from '../../../../electron/app/carrying/map-rules.ts';
import { formatReference, parseReference } from '../../../../electron/oci/reference.ts';

function place(source: string, to: string | undefined, ...maps: readonly string[]): string {
  const { destination, finding } = mapped(parseReference(source), readMapping(to, maps));
  return destination === undefined ? (finding?.code ?? '') : formatReference(destination);
}

describe('where an image of a file goes', () => {
  test.each<[source: string, to: string, maps: readonly string[], destination: string]>([
    ['nginx:1', 'site.example', [], 'site.example/library/nginx:1'],
    ['quay.io/a/b:1', 'site.example/mirror/', [], 'site.example/mirror/a/b:1'],
    ['nginx:1', 'site.example', ['docker.io/library=base'], 'site.example/base/nginx:1'],
    ['nginx:1', 'site.example/p', ['library=base'], 'site.example/p/base/nginx:1'],
    ['nginx:1', 'site.example', ['docker.io=hub', 'docker.io/library=base'], 'site.example/base/nginx:1'],
    ['nginx:1', 'site.example', ['docker.io/library/nginx:1=web/server:stable'], 'site.example/web/server:stable'],
    ['nginx:2', 'site.example', ['docker.io/library/nginx:1=web/server:stable'], 'site.example/library/nginx:2'],
    ['nginx:2', 'site.example', ['docker.io/library/nginx=web/server'], 'site.example/web/server:2'],
    ['quay.io/a/b:1', 'site.example', ['quay.io={upstream}/{path}'], 'site.example/quay.io/a/b:1'],
    ['quay.io/a/b:1', 'site.example', ['quay.io=other.example/x'], 'other.example/x/a/b:1'],
    ['quay.io/ab/c:1', 'site.example', ['quay.io/a=never'], 'site.example/ab/c:1'],
    ['quay.io/a/b:1', 'site.example', ['quay.io={nothing}'], 'mapping-variable'],
    ['localhost:5000/a/b:1', 'site.example', ['localhost:5000/a=x'], 'site.example/x/b:1'],
  ])('%s to %s by %j is %s', (source, to, maps, destination) => {
    expect(place(source, to, ...maps)).toBe(destination);
  });

  test('an image whose repository is not told goes to the place itself', () => {
    const { destination } = mapped({ host: '', path: '', tag: 'v1' }, readMapping('site.example/team/app', []));
    expect(destination).toEqual({ host: 'site.example', path: 'team/app', tag: 'v1' });
  });
});

describe('without a place of its own, or with one in the library', () => {
  test.each<[to: string | undefined, maps: readonly string[], destination: string]>([
    [undefined, [], 'library:a/b:1'],
    ['library:', [], 'library:a/b:1'],
    ['library:kept/', [], 'library:kept/a/b:1'],
    ['library:kept', ['quay.io=x/{upstream}/{path}'], 'library:kept/x/quay.io/a/b:1'],
    [undefined, ['quay.io=site.example/p'], 'site.example/p/a/b:1'],
    [undefined, ['quay.io=localhost/p'], 'localhost/p/a/b:1'],
  ])('to %s by %j is %s', (to, maps, destination) => {
    expect(place('quay.io/a/b:1', to, ...maps)).toBe(destination);
  });
});

test.each(['quay.io', '=x', 'x='])('%s is no mapping', (text) => {
  expect(() => readMapping('site.example', [text])).toThrow(/is not FROM=TO/);
});
