import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { naturallySorted, naturalOrder } from '../../../electron/oci/natural-order.ts';
import { fuzz } from '../fuzzing.ts';

describe('naturalOrder', () => {
  test.each([
    [
      ['v1.10', 'v1.9', 'v1.2'],
      ['v1.2', 'v1.9', 'v1.10'],
    ],
    [
      ['10', '9', '1'],
      ['1', '9', '10'],
    ],
    [
      ['1.0', '1', '1.0.0', ''],
      ['', '1', '1.0', '1.0.0'],
    ],
    [
      ['v2', 'latest', 'V1', 'v10'],
      ['V1', 'latest', 'v2', 'v10'],
    ],
    [
      ['01', '1', '001', '2'],
      ['001', '01', '1', '2'],
    ],
    [
      ['1-rc2', '1-rc10', '1'],
      ['1', '1-rc2', '1-rc10'],
    ],
    [
      ['2026-10-01', '2026-9-30'],
      ['2026-9-30', '2026-10-01'],
    ],
    [
      ['9'.repeat(40), `1${'0'.repeat(40)}`],
      ['9'.repeat(40), `1${'0'.repeat(40)}`],
    ],
  ])('sorts %j', (given, expected) => {
    expect([...given].sort(naturalOrder)).toEqual(expected);
  });

  const text = fc.string({ unit: fc.constantFrom('0', '1', '2', '10', 'a', 'B', '.', '-', '_', 'ü'), maxLength: 7 });

  test('is a total order', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const sign = (x: string, y: string): number => Math.sign(naturalOrder(x, y));
        expect(sign(a, b) + sign(b, a)).toBe(0);
        expect(sign(a, b) === 0).toBe(a === b);
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
      fuzz(20_000),
    );
  });

  test('sorts any list the same however it was shuffled', () => {
    fc.assert(
      fc.property(
        fc
          .array(text, { maxLength: 12 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect([...shuffled].sort(naturalOrder)).toEqual([...all].sort(naturalOrder));
        },
      ),
      fuzz(1_000),
    );
  });
});

test('a sorted list is in that order', () => {
  const tags = ['v1.10', 'latest', 'v1.9', 'v1.010', '1', '01', '', 'v1.9-rc.2', 'v1.9-rc.10'];
  expect(naturallySorted(tags)).toEqual(tags.toSorted(naturalOrder));
});
