/** A rectangle drawn over rows, in the coordinates of the scrolled content; y grows downward from the first row's top. */
export interface Marquee {
  readonly startX: number;
  readonly startY: number;
  readonly endX: number;
  readonly endY: number;
}

/** Rows by index, both ends included. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** The rows a marquee touches; undefined when it touches none. Rows are `rowHeight` pixels high, without gaps. */
export function rowsUnder(marquee: Marquee, rowHeight: number, rowCount: number): RowRange | undefined {
  const top = Math.min(marquee.startY, marquee.endY);
  const bottom = Math.max(marquee.startY, marquee.endY);
  const first = Math.max(0, Math.floor(top / rowHeight));
  const last = Math.min(rowCount - 1, Math.floor(bottom / rowHeight));
  return bottom < 0 || first > last ? undefined : { first, last };
}

/** The marquee as a box to draw, clipped to the content. */
export function boxOf(
  marquee: Marquee,
  contentHeight: number,
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } {
  const left = Math.max(0, Math.min(marquee.startX, marquee.endX));
  const top = Math.max(0, Math.min(marquee.startY, marquee.endY));
  const bottom = Math.min(contentHeight, Math.max(marquee.startY, marquee.endY));
  return { left, top, width: Math.max(marquee.startX, marquee.endX) - left, height: Math.max(0, bottom - top) };
}

const slowest = 120;
const fastest = 24_000;

/**
 * How fast to scroll while the pointer is past an edge, in pixels per second; negative is upward, 0 inside. It grows with
 * the distance, so that thousands of rows take seconds and a few rows can still be aimed at.
 */
export function scrollSpeed(pointerY: number, top: number, bottom: number): number {
  const past = pointerY < top ? pointerY - top : pointerY > bottom ? pointerY - bottom : 0;
  if (past === 0) return 0;
  const speed = Math.min(fastest, slowest + past * past);
  return past < 0 ? -speed : speed;
}
