import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backupTag, decideTag } from '../../../../electron/engine/rules/conflicts.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { isTag } from '../../../../electron/oci/reference.ts';
import { fuzz } from '../../fuzzing.ts';

const [one, two] = ['a', 'b'].map((digit) => parseDigest(`sha256:${digit.repeat(64)}`));
const wanted = one ?? parseDigest('');
const present = (digest = wanted) => ({ mediaType: 'x/y', digest, size: 1 });

describe('a destination tag', () => {
  test.each(['overwrite', 'skip', 'fail', 'backup'] as const)('that is free is written under %s', (policy) => {
    expect(decideTag(undefined, wanted, policy, false)).toBe('write');
  });

  test.each(['overwrite', 'skip', 'fail', 'backup'] as const)(
    'that is right is left under %s unless forced',
    (policy) => {
      expect(decideTag(present(), wanted, policy, false)).toBe('unchanged');
      expect(decideTag(present(), wanted, policy, true)).toBe('write');
    },
  );

  test.each([
    ['overwrite', 'write'],
    ['skip', 'skip'],
    ['fail', 'fail'],
    ['backup', 'backup'],
  ] as const)('that holds something else: %s means %s, forced or not', (policy, decision) => {
    expect(decideTag(present(two), wanted, policy, false)).toBe(decision);
    expect(decideTag(present(two), wanted, policy, true)).toBe(decision);
  });
});

test('the tag of a backup is a tag, however long the old one is, and names what it keeps', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/), (tag) => {
      const kept = backupTag(tag, wanted);
      expect(isTag(kept)).toBe(true);
      expect(kept.endsWith(`-was-${'a'.repeat(12)}`)).toBe(true);
      expect(kept).not.toBe(tag);
    }),
    fuzz(300),
  );
});
