import { expect, test } from 'vitest';
import { runCases, tortureSeed } from './column.ts';
import { soakOf } from './soak.ts';

const column = soakOf(60);
const { missing } = column;

test.skipIf(missing !== undefined)(
  `sixty images over a bad line, two restarts and a kill, and the second run moves nothing (SEED=${tortureSeed})${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 600_000 },
  async () => {
    const tally = await runCases(column, 60, tortureSeed);
    expect(tally).toMatchObject({ 'soaked images': 60, kills: 1 });
    expect(tally['faults']).toBeGreaterThan(0);
  },
);
