import type { Parameters } from 'fast-check';

/** The seed of every property test; FUZZ_SEED takes another, and a failure prints the one it was found with. */
export const fuzzSeed: number = Number(process.env['FUZZ_SEED'] ?? 20_260_701);

/** The parameters of a property test that looks at `runs` values, the same ones every time. */
export function fuzz<Values>(runs: number): Parameters<Values> {
  return { seed: fuzzSeed, numRuns: runs, verbose: 1 };
}
