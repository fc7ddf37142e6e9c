/** A random number in [0, 1); tests give their own. */
export type Random = () => number;

/** Full jitter: anywhere between nothing and a ceiling that doubles with every failure in a row. */
export function fullJitterMs(failuresInARow: number, random: Random, baseMs = 250, ceilingMs = 30_000): number {
  return Math.round(random() * Math.min(ceilingMs, baseMs * 2 ** Math.min(failuresInARow, 20)));
}
