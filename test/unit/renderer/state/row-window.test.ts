import { expect, test } from 'vitest';
import { rowsAtOnce, windowFor } from '../../../../renderer/state/row-window.ts';

test('rows that are heard already move nothing', () => {
  expect(windowFor(0, 0, 40)).toBe(0);
  expect(windowFor(200, 230, 299)).toBe(200);
});

test('rows in view are always among those that are heard, from any place to any other', () => {
  for (const from of [0, 17, 500]) {
    for (let first = 0; first < 3000; first += 37) {
      const begin = windowFor(from, first, first + 30);
      expect(begin).toBeLessThanOrEqual(first);
      expect(first + 30).toBeLessThan(begin + rowsAtOnce);
      expect(begin).toBeGreaterThanOrEqual(0);
    }
  }
});
