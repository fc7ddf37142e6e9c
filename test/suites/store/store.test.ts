import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { intentOf, resultOf, signal, Stores, wellDone } from '../../unit/engine/store/stores.ts';
import { runBitFlips } from './bit-flips.ts';
import { runPowerLoss } from './power-loss.ts';
import { seededRandom, storeSeed } from './random.ts';

const stores = new Stores();
afterEach(() => stores.clean());

const powerStates = Number(process.env['POWER_LOSS_STATES'] ?? 300);
const teller = fileURLToPath(new URL('teller.ts', import.meta.url));

/** A process that tells `count` images; `killAfter` lines it is killed. Gives the images it said were durable. */
async function tell(folder: string, name: string, count: number, killAfter = Infinity): Promise<readonly string[]> {
  const child = spawn(process.execPath, [teller, folder, name, `${count}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const durable: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line !== 'begun') durable.push(line);
    if (durable.length >= killAfter) child.kill('SIGKILL');
  }
  await exited;
  return durable;
}

describe('a journal', () => {
  test(`holds every durable fact after ${powerStates} power losses (SEED=${storeSeed})`, {
    timeout: 3_600_000,
  }, async () => {
    const { checkpoints } = await runPowerLoss(powerStates, storeSeed);
    expect(checkpoints).toBeGreaterThan(0);
  });

  test(`opens or is moved aside after a byte was changed at any of 200 places (SEED=${storeSeed})`, async () => {
    const { opened, movedAside, refused } = await runBitFlips(200, storeSeed);
    expect(opened + movedAside + refused).toBe(200);
    expect(movedAside).toBeGreaterThan(0);
  });

  test('takes the facts of two processes at once', async () => {
    const folder = await stores.folder();
    const store = await stores.open({ folder });
    const theirs = tell(folder, 'theirs', 200);
    const job = await store.journal.begin(intentOf('ours'), signal);
    for (let n = 0; n < 200; n++) {
      const told = job.ended(resultOf(n), []);
      await job.flush();
      await told;
    }
    await job.finish(wellDone);
    expect(await theirs).toHaveLength(200);
    const jobs = await store.history.list({ most: 9 }, signal);
    expect(jobs.map(({ state, images }) => [state, images.copied])).toEqual([
      ['finished', 200],
      ['finished', 200],
    ]);
  });

  test('is made by one of several processes that come to an empty folder at once', async () => {
    const folder = await stores.folder();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const told = await Promise.all(names.map((name) => tell(folder, name, 10)));
    expect(told.map(({ length }) => length)).toEqual(names.map(() => 10));
  });

  test(`of a killed process holds what was durable, and its job is taken up (SEED=${storeSeed})`, async () => {
    const random = seededRandom(storeSeed);
    const folder = await stores.folder();
    const store = await stores.open({ folder });
    const durable = new Set<string>();
    for (let turn = 1; turn <= 5; turn++) {
      const killed = await tell(folder, 'a', 1_000, 1 + Math.floor(random() * 60));
      for (const one of killed) durable.add(resultOf(one).source);
    }
    const job = await store.journal.begin(intentOf('a'), signal);
    expect(job).toMatchObject({ number: 1, attempt: 6 });
    const kept = new Set((await store.history.images(1, { most: 1_000 }, signal)).map(({ source }) => source));
    expect([...durable].filter((source) => !kept.has(source))).toEqual([]);
  });
});
