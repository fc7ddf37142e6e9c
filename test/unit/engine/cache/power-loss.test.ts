import { expect, test } from 'vitest';
import { seed } from './caches.ts';
import { losePower } from './power-loss.ts';

const states = Number(process.env['POWER_LOSS_STATES'] ?? 300);

test(`${states} losses of power cost no committed blob and bring no other bytes (SEED=${seed})`, async () => {
  const run = await losePower(states, seed);
  expect(run.states).toBe(states);
  // a run in which nothing was kept, torn or gone on with would prove nothing
  expect(run.kept).toBeGreaterThan(states / 4);
  expect(run.resumed).toBeGreaterThan(states / 10);
  expect(run.refetched).toBeGreaterThan(0);
}, 600_000);
