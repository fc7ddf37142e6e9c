import { expect, test } from 'vitest';
import { runCases, tortureSeed } from './column.ts';
import { fuzz } from './fuzz.ts';

test(`five thousand documents and header values bring down nothing (SEED=${tortureSeed})`, {
  timeout: 120_000,
}, async () => {
  const tally = await runCases(fuzz, 5000, tortureSeed);
  expect(tally['documents']).toBe(5000);
  // if nothing were taken, nothing deep would be looked at
  expect(tally['accepted']).toBeGreaterThan(20);
});
