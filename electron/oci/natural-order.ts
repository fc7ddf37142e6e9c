const pieces = /\d+|\D+/g;

/** Compares tags the way people count: `v1.9` before `v1.10`. Total and the same on every machine. */
export function naturalOrder(a: string, b: string): number {
  return compareLists(piecesOf(a), piecesOf(b)) || compareText(a, b);
}

/** The texts in natural order; each is taken apart once, which counts with thousands of them. */
export function naturallySorted(texts: readonly string[]): readonly string[] {
  return texts
    .map((text) => ({ text, pieces: piecesOf(text) }))
    .toSorted((a, b) => compareLists(a.pieces, b.pieces) || compareText(a.text, b.text))
    .map(({ text }) => text);
}

function piecesOf(text: string): readonly string[] {
  return text.match(pieces) ?? [];
}

function compareLists(left: readonly string[], right: readonly string[]): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = comparePieces(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function comparePieces(a: string, b: string): number {
  if (a === b) return 0;
  if (!isNumber(a) || !isNumber(b)) return compareText(a, b);
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareText(left, right);
}

function isNumber(piece: string): boolean {
  const code = piece.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
