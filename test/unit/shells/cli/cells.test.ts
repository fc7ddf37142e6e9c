import { describe, expect, test } from 'vitest';
import { cellsOf, cutToCells } from '../../../../electron/shells/cli/cells.ts';

test.each([
  ['plain', 5],
  ['镜像', 4],
  ['한글かな', 8],
  ['ｆｕ', 4],
  ['🚢', 2],
  ['e\u0301', 1],
  ['→', 2],
  ['', 0],
])('%s takes at most %i cells', (text, cells) => {
  expect(cellsOf(text)).toBe(cells);
});

describe('a cut', () => {
  test.each([
    ['abc', 5, 'abc'],
    ['abcdef', 3, 'abc'],
    ['a镜像', 2, 'a'],
    ['a镜像', 3, 'a镜'],
    ['🚢🚢', 3, '🚢'],
    ['e\u0301x', 1, 'e\u0301'],
    ['abc', 0, ''],
  ])('of %s to %i cells keeps %s', (text, most, kept) => {
    expect(cutToCells(text, most)).toBe(kept);
  });
});
