/** The most rows a feed gives at once. */
export const rowsAtOnce: number = 100;

/** Where the rows that are heard should begin so that those in view are among them; the same as before as long as they are. */
export function windowFor(from: number, first: number, last: number): number {
  if (first >= from && last < from + rowsAtOnce) return from;
  const room = Math.max(0, rowsAtOnce - (last - first + 1));
  return Math.max(0, first - Math.floor(room / 2));
}
