import { describe, expect, test } from 'vitest';
import { groupVolumes, isBundleName } from '../../../../renderer/format/bundle-name.ts';

describe('a file of images', () => {
  test.each(['a.tar', 'A.TAR', 'a.001-of-002.tar', 'a.tar.zst', 'a.tgz', 'a.tar.gz'])(
    'is known by its name: %s',
    (name) => {
      expect(isBundleName(name)).toBe(true);
    },
  );

  test.each(['images.yaml', 'config.json', 'list.txt', 'tar', 'a.tar.txt'])('is not taken for a text: %s', (name) => {
    expect(isBundleName(name)).toBe(false);
  });
});

test('volumes of one set belong together, whatever lies between them', () => {
  const files = ['a.001-of-002.tar', 'b.tar', 'a.002-of-002.tar'].map((name) => ({ name }));
  expect(groupVolumes(files).map((group) => group.map(({ name }) => name))).toEqual([
    ['a.001-of-002.tar', 'a.002-of-002.tar'],
    ['b.tar'],
  ]);
});
