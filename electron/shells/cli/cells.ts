// Unicode 16, East Asian Width: W and F as ranges, and of the ambiguous (two cells on many a Chinese terminal) those that we draw.
const wide: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f000, 0x1faff],
  [0x20000, 0x3fffd],
];
const ambiguous: ReadonlySet<string> = new Set('→·…█░\ufffd');
const mark = /^\p{M}$/u;

/** How many cells of a terminal's line a character takes, at most. */
function cellsOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x7f) return 1;
  if (mark.test(character)) return 0;
  return ambiguous.has(character) || wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** How many cells of a terminal's line a text takes, at most. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += cellsOfCharacter(character);
  return cells;
}

/** As much of the beginning of a text as surely fits into so many cells. */
export function cutToCells(text: string, most: number): string {
  let cells = 0;
  let kept = '';
  for (const character of text) {
    cells += cellsOfCharacter(character);
    if (cells > most) break;
    kept += character;
  }
  return kept;
}
