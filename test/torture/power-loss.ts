import { runPowerLoss } from '../suites/store/power-loss.ts';
import { losePower } from '../unit/engine/cache/power-loss.ts';
import type { Column } from './column.ts';

const statesAtOnce = 100;

/** Power is lost while blobs are taken in, and what is left is opened. */
export const powerLossOfCache: Column = {
  name: 'power-loss-cache',
  unit: 'lost states of the cache',
  open: async () => ({
    piece: async (seed) => {
      const { states, ...seen } = await losePower(10 * statesAtOnce, seed);
      return { 'lost states of the cache': states, ...seen };
    },
    close: async () => {},
  }),
};

/** Power is lost while the journal is written, and what is left is opened. */
export const powerLossOfJournal: Column = {
  name: 'power-loss-journal',
  unit: 'lost states of the journal',
  open: async () => ({
    piece: async (seed) => {
      const { checkpoints } = await runPowerLoss(statesAtOnce, seed);
      return { 'lost states of the journal': statesAtOnce, checkpoints };
    },
    close: async () => {},
  }),
};
