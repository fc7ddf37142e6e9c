import { expect, test } from 'vitest';
import { boxOf, rowsUnder, scrollSpeed } from '../../../../renderer/ui/marquee.ts';

const from = (startY: number, endY: number) => ({ startX: 10, startY, endX: 60, endY });

test('a marquee takes every row it touches, drawn downward or upward', () => {
  expect(rowsUnder(from(30, 90), 28, 100)).toEqual({ first: 1, last: 3 });
  expect(rowsUnder(from(90, 30), 28, 100)).toEqual({ first: 1, last: 3 });
});

test('it ends at the first and the last row, wherever the pointer is', () => {
  expect(rowsUnder(from(-500, 1e9), 28, 5000)).toEqual({ first: 0, last: 4999 });
});

test('outside of all rows it takes none', () => {
  expect(rowsUnder(from(-50, -10), 28, 100)).toBeUndefined();
  expect(rowsUnder(from(2900, 3000), 28, 100)).toBeUndefined();
  expect(rowsUnder(from(0, 100), 28, 0)).toBeUndefined();
});

test('the box is drawn over the content only', () => {
  expect(boxOf({ startX: 50, startY: 100, endX: -20, endY: 900 }, 400)).toEqual({
    left: 0,
    top: 100,
    width: 50,
    height: 300,
  });
});

test('nothing scrolls inside, and the further outside the faster it does', () => {
  expect(scrollSpeed(150, 100, 200)).toBe(0);
  expect(scrollSpeed(90, 100, 200)).toBeLessThan(0);
  expect(scrollSpeed(210, 100, 200)).toBeGreaterThan(0);
  expect(scrollSpeed(260, 100, 200)).toBeGreaterThan(scrollSpeed(210, 100, 200));
  expect(scrollSpeed(99_999, 100, 200)).toBe(24_000);
});
