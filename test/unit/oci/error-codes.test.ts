import { describe, expect, test } from 'vitest';
import { readRegistryErrors } from '../../../electron/oci/error-codes.ts';

describe('readRegistryErrors', () => {
  test.each([
    [
      'the spec',
      '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"v1"}}]}',
      [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: '{"Tag":"v1"}' }],
    ],
    [
      'several errors',
      '{"errors":[{"code":"DENIED","message":"a","detail":"x"},{"code":"UNAUTHORIZED","message":"b","detail":null}]}',
      [
        { code: 'DENIED', message: 'a', detail: 'x' },
        { code: 'UNAUTHORIZED', message: 'b', detail: '' },
      ],
    ],
    [
      'a code that is a number',
      '{"errors":[{"code":404,"message":"gone"}]}',
      [{ code: '', message: 'gone', detail: '' }],
    ],
    ['no errors', '{"errors":[]}', []],
    ['null', '{"errors":null}', []],
    ['other JSON', '{"message":"no"}', []],
    ['a list', '[{"code":"DENIED"}]', []],
    ['texts for errors', '{"errors":["DENIED"]}', []],
    ['HTML', '<html>502 Bad Gateway</html>', []],
    ['nothing', '', []],
    ['absurd depth', `{"errors":[{"detail":${'['.repeat(100_000)}`, []],
  ])('reads %s', (_, body, expected) => {
    expect(readRegistryErrors(body)).toEqual(expected);
  });

  test('cuts long texts and long lists', () => {
    const item = { code: 'C'.repeat(9_000), message: 'm'.repeat(9_000), detail: { d: 'd'.repeat(9_000) } };
    const errors = readRegistryErrors(JSON.stringify({ errors: Array.from({ length: 100 }, () => item) }));
    expect(errors).toHaveLength(20);
    for (const { code, message, detail } of errors) {
      expect([code.length, message.length, detail.length]).toEqual([500, 500, 500]);
    }
  });
});
