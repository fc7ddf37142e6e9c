/** The seed of random tests; SEED takes another. */
export const seed: number = Number(process.env['SEED'] ?? 20_261_121);

/** How many random cases are tried; FUZZ_RUNS takes another number. */
export const fuzzRuns: number = Number(process.env['FUZZ_RUNS'] ?? 5000);

/** Numbers from 0 up to but without `end`, the same for the same seed (mulberry32). */
export function randomOf(start: number): (end: number) => number {
  let state = start >>> 0;
  return (end) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  };
}
