import { expect, test } from 'vitest';
import { runCases, tortureSeed } from '../torture/column.ts';
import { kills } from './kills.ts';

const { missing, unit } = kills;

test.skipIf(missing !== undefined)(
  `fifteen kills lose and spoil nothing, and what was here is not read again (SEED=${tortureSeed})${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 600_000 },
  async () => {
    const tally = await runCases(kills, 15, tortureSeed);
    expect(tally[unit]).toBeGreaterThanOrEqual(15);
    expect(tally['files without a secret']).toBeGreaterThan(0);
  },
);
