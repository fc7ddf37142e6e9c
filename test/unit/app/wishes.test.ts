import { expect, test } from 'vitest';
import { readWish } from '../../../electron/app/wishes.ts';
import type { CopyWish } from '../../../electron/contract/requests.ts';

const options: CopyWish['options'] = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  force: false,
  referrers: true,
  concurrency: 8,
};

const allTags: NonNullable<CopyWish['tags']> = { globs: [], patterns: [], exclude: [] };

function read(source: string, destinations: readonly string[], more: Partial<CopyWish> = {}) {
  return readWish({ source, destinations, options, ...more });
}

test('short names are read as docker reads them', async () => {
  expect((await read('nginx:1.27', ['registry.example:5000/mirror/nginx'])).origin).toMatchObject({
    kind: 'pairs',
    pairs: [
      {
        source: { host: 'docker.io', path: 'library/nginx', tag: '1.27' },
        destination: { host: 'registry.example:5000', path: 'mirror/nginx' },
      },
    ],
  });
});

test.each<[what: string, wish: () => Promise<unknown>, message: RegExp]>([
  ['a destination by digest', () => read('a', [`b/c@sha256:${'0'.repeat(64)}`]), /names a digest/],
  ['all tags of one tag', () => read('a:1', ['b'], { tags: allTags }), /source is a repository/],
  ['all tags to one tag', () => read('a', ['b:1'], { tags: allTags }), /destination names no tag/],
  ['a folder', () => read('a', ['oci:folder']), /names a file of images/],
  ['a platform that is none', () => read('a', ['b'], { options: { ...options, platforms: ['x'] } }), /not a platform/],
])('%s is refused', async (_, wish, message) => {
  await expect(wish()).rejects.toThrow(message);
});
