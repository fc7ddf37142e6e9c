import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fullJitterMs } from '../../../../electron/engine/kernel/backoff.ts';
import { fuzz } from '../../fuzzing.ts';

describe('fullJitterMs', () => {
  test.each([
    [0, 250],
    [1, 500],
    [2, 1_000],
    [6, 16_000],
    [7, 30_000],
    [1_000_000, 30_000],
  ])('after %d failures stays below %d ms', (failures, ceilingMs) => {
    expect(fullJitterMs(failures, () => 0)).toBe(0);
    expect(fullJitterMs(failures, () => 0.5)).toBe(ceilingMs / 2);
    expect(fullJitterMs(failures, () => 1 - Number.EPSILON)).toBe(ceilingMs);
  });

  test('is a whole number between nothing and its ceiling', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 900_000 }),
        (failures, random, baseMs, ceilingMs) => {
          const delayMs = fullJitterMs(failures, () => random, baseMs, ceilingMs);
          expect(Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= ceilingMs).toBe(true);
        },
      ),
      fuzz(2_000),
    );
  });
});
