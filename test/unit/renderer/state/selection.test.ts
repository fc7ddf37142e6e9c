import { expect, test } from 'vitest';
import {
  clickRow,
  moveTo,
  nothingSelected,
  type Selection,
  selectAll,
  selectCovered,
  selectedOf,
  toggleRow,
} from '../../../../renderer/state/selection.ts';

const rows = ['a', 'b', 'c', 'd', 'e'];
const plain = { ctrl: false, shift: false };
const keys = (selection: Selection): string => [...selection.keys].sort().join('');

test('a click selects one row alone', () => {
  expect(keys(clickRow(clickRow(nothingSelected, rows, 1, plain), rows, 3, plain))).toBe('d');
});

test('a click with Ctrl adds a row, and takes it away again', () => {
  const two = clickRow(clickRow(nothingSelected, rows, 1, plain), rows, 3, { ctrl: true, shift: false });
  expect(keys(two)).toBe('bd');
  expect(keys(clickRow(two, rows, 1, { ctrl: true, shift: false }))).toBe('d');
});

test('a click with Shift selects from where the last one was, upward too, and drops the rest', () => {
  const start = clickRow(clickRow(nothingSelected, rows, 0, plain), rows, 3, plain);
  expect(keys(clickRow(start, rows, 1, { ctrl: false, shift: true }))).toBe('bcd');
});

test('a second click with Shift begins at the same row again', () => {
  const first = clickRow(clickRow(nothingSelected, rows, 2, plain), rows, 4, { ctrl: false, shift: true });
  expect(keys(clickRow(first, rows, 0, { ctrl: false, shift: true }))).toBe('abc');
});

test('Ctrl and Shift together add a range', () => {
  const start = toggleRow(clickRow(nothingSelected, rows, 0, plain), rows, 3);
  expect(keys(clickRow(start, rows, 4, { ctrl: true, shift: true }))).toBe('ade');
});

test('Ctrl with an arrow moves without selecting', () => {
  const moved = moveTo(clickRow(nothingSelected, rows, 0, plain), rows, 1, { ctrl: true, shift: false });
  expect([keys(moved), moved.focus]).toEqual(['a', 'b']);
});

test('a row that is not there changes nothing', () => {
  expect(clickRow(nothingSelected, rows, 9, plain)).toBe(nothingSelected);
});

test('what a filter hides stays selected when all shown rows are selected', () => {
  const hidden = clickRow(nothingSelected, rows, 0, plain);
  expect(keys(selectAll(hidden, ['d', 'e']))).toBe('ade');
});

test('a marquee replaces, and with Ctrl switches what it covers over', () => {
  const base = clickRow(nothingSelected, rows, 1, plain);
  expect(keys(selectCovered(base, rows, { first: 2, last: 3 }, false))).toBe('cd');
  expect(keys(selectCovered(base, rows, { first: 1, last: 2 }, true))).toBe('c');
  expect(keys(selectCovered(base, rows, undefined, true))).toBe('b');
});

test('the selected rows come in the order they are shown in', () => {
  const both = toggleRow(toggleRow(nothingSelected, rows, 3), rows, 1);
  expect(selectedOf(both, rows, (row) => row)).toEqual(['b', 'd']);
});
