import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { algorithmOf, encodedOf, isDigest, parseDigest, shortDigest } from '../../../electron/oci/digest.ts';
import { OciError } from '../../../electron/oci/oci-error.ts';
import { fuzz } from '../fuzzing.ts';

const hex = (length: number): string => '0123456789abcdef'.repeat(8).slice(0, length);

describe('parseDigest', () => {
  test.each([
    [`sha256:${hex(64)}`, 'sha256'],
    [`sha512:${hex(128)}`, 'sha512'],
  ] as const)('takes %s', (text, algorithm) => {
    const digest = parseDigest(text);
    expect(algorithmOf(digest)).toBe(algorithm);
    expect(encodedOf(digest)).toBe(text.slice(7));
    expect(shortDigest(digest)).toBe(`${algorithm}:0123456789ab`);
    expect(isDigest(text)).toBe(true);
  });

  test.each([
    `blake3:${hex(64)}`,
    `sha384:${hex(96)}`,
    `md5:${hex(32)}`,
    'sha256+b64:4zmK-8=_',
    'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8',
  ])('knows %s for a digest that it cannot check', (text) => {
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ reason: 'unsupported' }));
  });

  test.each([
    '',
    ':',
    'sha256',
    'sha256:',
    `sha256:${hex(63)}`,
    `sha256:${hex(65)}`,
    `sha256:${hex(128)}`,
    `sha512:${hex(64)}`,
    `sha256:${hex(64).toUpperCase()}`,
    `SHA256:${hex(64)}`,
    `sha256:${hex(63)}g`,
    ` sha256:${hex(64)}`,
    `sha256:${hex(64)}\n`,
    `sha256:${hex(64)}\0`,
    `sha256:${hex(61)}/..`,
    `sha256:../../${hex(58)}`,
    `../sha256:${hex(64)}`,
    `sha256::${hex(64)}`,
    `sha256:${hex(64)}:${hex(64)}`,
    hex(64),
    `blake3:${hex(60)}/../`,
    `bläke3:${hex(64)}`,
  ])('refuses %j', (text) => {
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ name: 'OciError', reason: 'invalid' }));
    expect(isDigest(text)).toBe(false);
  });

  test('lets nothing through that could change a path, a URL or a statement', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'sha256:512/.\\%?#\'" \n\0abcdefABC'.split('')),
      maxLength: 140,
    });
    fc.assert(
      fc.property(text, (text) => {
        try {
          expect(parseDigest(text)).toMatch(/^sha(?:256:[a-f0-9]{64}|512:[a-f0-9]{128})$/);
        } catch (error) {
          expect(error).toBeInstanceOf(OciError);
        }
      }),
      fuzz(5_000),
    );
  });
});
