import { describe, expect, test } from 'vitest';
import { OciError, quoted } from '../../../electron/oci/oci-error.ts';
import { decodeUtf8 } from '../../../electron/oci/utf8.ts';

describe('quoted', () => {
  test.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['a\nb\tc\0d', '"a\\u000ab\\u0009c\\u0000d"'],
    ['\u001b[31mred', '"\\u001b[31mred"'],
    ['a\u202eb', '"a\\u202eb"'],
    ['a\u2066b\u2069', '"a\\u2066b\\u2069"'],
    ['a\u061cb', '"a\\u061cb"'],
    ['a\u200bb\ufeff', '"a\\u200bb\\ufeff"'],
    ['a\u2028b', '"a\\u2028b"'],
    ['\u0085', '"\\u0085"'],
    ['中文', '"中文"'],
    ['me:secret@r.io/a', '"r.io/a"'],
    ['https://me:secret@r.io/a', '"https://r.io/a"'],
    ['https://me@r.io/a', '"https://r.io/a"'],
    [`r.io/a:v1@sha256:${'a'.repeat(64)}`, `"r.io/a:v1@sha256:${'a'.repeat(64)}"`],
    [`a:v1@sha256:${'a'.repeat(64)}`, `"a:v1@sha256:${'a'.repeat(64)}"`],
  ])('shows %j as %s', (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  test('cuts what is long', () => {
    expect(quoted('x'.repeat(10_000))).toBe(`"${'x'.repeat(200)}…"`);
  });
});

test('an OciError is an Error with a reason', () => {
  expect(new OciError('x')).toMatchObject({ name: 'OciError', message: 'x', reason: 'invalid' });
  expect(new OciError('x', 'schema1').reason).toBe('schema1');
});

describe('decodeUtf8', () => {
  test('reads text and leaves a byte order mark in it', () => {
    expect(decodeUtf8(Buffer.from('\ufeffäé中'))).toBe('\ufeffäé中');
  });

  test.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]], [[0xf4, 0x90, 0x80, 0x80]]])(
    'refuses the bytes %j',
    (bytes) => {
      expect(() => decodeUtf8(Uint8Array.from(bytes))).toThrow(OciError);
    },
  );
});
