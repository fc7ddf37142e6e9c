import { expect, test } from 'vitest';
import { rowForKey } from '../../../../renderer/ui/grid-keys.ts';

test('keys of movement lead to the row an operator expects', () => {
  expect(rowForKey('ArrowDown', 3, 100, 10)).toBe(4);
  expect(rowForKey('ArrowUp', 3, 100, 10)).toBe(2);
  expect(rowForKey('PageDown', 3, 100, 10)).toBe(13);
  expect(rowForKey('PageUp', 30, 100, 10)).toBe(20);
  expect(rowForKey('Home', 30, 100, 10)).toBe(0);
  expect(rowForKey('End', 30, 100, 10)).toBe(99);
});

test('no key leads past the ends', () => {
  expect(rowForKey('ArrowUp', 0, 100, 10)).toBe(0);
  expect(rowForKey('ArrowDown', 99, 100, 10)).toBe(99);
  expect(rowForKey('PageDown', 95, 100, 10)).toBe(99);
});

test('the first arrow enters the grid at its first row', () => {
  expect(rowForKey('ArrowDown', -1, 100, 10)).toBe(0);
  expect(rowForKey('ArrowUp', -1, 100, 10)).toBe(0);
});

test('other keys and an empty grid lead nowhere', () => {
  expect(rowForKey('x', 3, 100, 10)).toBeUndefined();
  expect(rowForKey('End', 0, 0, 10)).toBeUndefined();
});
