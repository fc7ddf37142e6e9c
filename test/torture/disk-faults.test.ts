import { afterAll, beforeAll, expect, test } from 'vitest';
import { DiskFaults, lastingFaults, singleFaults } from './disk-faults.ts';
import { Ends } from './ends.ts';

const ends = new Ends();
let torment: DiskFaults | undefined;
beforeAll(async () => {
  torment = await DiskFaults.open(ends);
});
afterAll(() => ends.close());

async function everySeventh(fault: (typeof singleFaults)[number], isForEver: boolean, from: number): Promise<number> {
  const { calls } = torment ?? expect.fail();
  let struck = 0;
  for (let nth = from; nth <= calls; nth += 7)
    struck += (await torment?.strike({ nth, fault, isForEver }))?.['failing calls'] ?? 0;
  return struck;
}

test.each(singleFaults.map((fault, at) => [fault, at + 1] as const))(
  '%s in every seventh call to the disk (begun at %i) costs no image',
  { timeout: 120_000 },
  async (fault, from) => {
    expect(await everySeventh(fault, false, from)).toBeGreaterThan(5);
  },
);

test.each(lastingFaults.map((fault, at) => [fault, at + 1] as const))(
  '%s in every seventh call and all that follow (begun at %i) is survived or told',
  { timeout: 120_000 },
  async (fault, from) => {
    expect(await everySeventh(fault, true, from)).toBeGreaterThan(5);
  },
);
