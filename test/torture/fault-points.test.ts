import { expect, test } from 'vitest';
import { runCases, tortureSeed } from './column.ts';
import { faultPoints } from './fault-points.ts';

const { missing, unit } = faultPoints;

test.skipIf(missing !== undefined)(
  `forty faults anywhere cost nothing (SEED=${tortureSeed})${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 600_000 },
  async () => {
    const tally = await runCases(faultPoints, 40, tortureSeed);
    expect(tally[unit]).toBeGreaterThanOrEqual(40);
  },
);
