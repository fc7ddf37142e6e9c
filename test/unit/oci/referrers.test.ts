import { describe, expect, test } from 'vitest';
import { parseDigest } from '../../../electron/oci/digest.ts';
import { isTag } from '../../../electron/oci/reference.ts';
import { cosignTags, isReferrersTag, referrersTag } from '../../../electron/oci/referrers.ts';

const sha256 = parseDigest(`sha256:${'ab'.repeat(32)}`);
const sha512 = parseDigest(`sha512:${'cd'.repeat(64)}`);

describe('the tags that stand for referrers', () => {
  test('are the digest with a dash, its digits cut at 64', () => {
    expect(referrersTag(sha256)).toBe(`sha256-${'ab'.repeat(32)}`);
    expect(referrersTag(sha512)).toBe(`sha512-${'cd'.repeat(32)}`);
  });

  test('of cosign have a suffix', () => {
    expect(cosignTags(sha256)).toEqual(['sig', 'att', 'sbom'].map((suffix) => `sha256-${'ab'.repeat(32)}.${suffix}`));
  });

  test('are tags, and known again', () => {
    for (const tag of [referrersTag(sha256), referrersTag(sha512), ...cosignTags(sha256)]) {
      expect(isTag(tag)).toBe(true);
      expect(isReferrersTag(tag)).toBe(true);
    }
  });

  test.each([
    'latest',
    'sha256-abc',
    `sha256-${'a'.repeat(63)}`,
    `sha256-${'a'.repeat(65)}`,
    `sha256-${'A'.repeat(64)}`,
    `v1-sha256-${'a'.repeat(64)}`,
    `sha256-${'a'.repeat(64)}.`,
    `sha256-${'a'.repeat(64)}-v1`,
  ])('are not taken for %s', (tag) => {
    expect(isReferrersTag(tag)).toBe(false);
  });
});
