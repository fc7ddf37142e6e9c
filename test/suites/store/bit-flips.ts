import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CopyError } from '../../../electron/engine/kernel/errors.ts';
import { openStore, type Store } from '../../../electron/engine/store/store.ts';
import { deadProcess, intentOf, resultOf, signal, trafficOf, wellDone } from '../../unit/engine/store/stores.ts';
import { seededRandom } from './random.ts';

/** How openings of damaged files ended. */
export interface FlipCounts {
  opened: number;
  movedAside: number;
  refused: number;
}

/** Where SQLite keeps the number of the schema; damage there cannot be told from a newer file (fileformat2, "user version"). */
const versionAt = 60;

/** Changes one byte at `flips` random places of the file or its log, and opens and uses what is left; throws when that crashes. */
export async function runBitFlips(flips: number, seed: number): Promise<FlipCounts> {
  const random = seededRandom(seed);
  const base = await mkdtemp(join(tmpdir(), 'ferry-flips-'));
  const counts: FlipCounts = { opened: 0, movedAside: 0, refused: 0 };
  try {
    const sound = await soundFiles(base);
    for (let n = 0; n < flips; n++) {
      const end = random() < 0.7 ? '' : '-wal';
      const at = Math.floor(random() * sound[end].length);
      const damaged = { ...sound, [end]: Buffer.from(sound[end]) };
      damaged[end][at] = (sound[end][at] ?? 0) ^ (1 + Math.floor(random() * 255));
      const folder = join(base, `flip-${n}`);
      await mkdir(folder);
      for (const part of ['', '-wal'] as const) await writeFile(join(folder, `image-ferry.db${part}`), damaged[part]);
      await openAndUse(folder, counts, end === '' && at >= versionAt && at < versionAt + 4);
      await rm(folder, { recursive: true });
    }
  } finally {
    await rm(base, { recursive: true });
  }
  return counts;
}

async function soundFiles(base: string): Promise<Record<'' | '-wal', Buffer>> {
  const folder = join(base, 'sound');
  await mkdir(folder);
  const fill = async (store: Store, name: string): Promise<void> => {
    const job = await store.journal.begin(intentOf(name), signal);
    for (let n = 0; n < 60; n++)
      void job.ended(resultOf(n), [{ digest: `sha256:${'b'.repeat(64)}`, size: n, how: 'sent' }]);
    await job.finish(wellDone);
  };
  const first = await openStore({ folder, isOwner: true, self: deadProcess });
  await fill(first, 'a');
  await first.close();
  const second = await openStore({ folder, isOwner: true, self: deadProcess });
  await fill(second, 'b');
  await second.journal.begin(intentOf('c'), signal);
  const path = join(folder, 'image-ferry.db');
  const files = { '': readFileSync(path), '-wal': readFileSync(`${path}-wal`) };
  await second.close();
  return files;
}

async function openAndUse(folder: string, counts: FlipCounts, mayBeRefused: boolean): Promise<void> {
  let store: Store;
  try {
    store = await openStore({ folder, isOwner: true });
  } catch (thrown) {
    if (!mayBeRefused || !(thrown instanceof CopyError) || thrown.kind !== 'invalid') throw thrown;
    counts.refused++;
    return;
  }
  try {
    await use(store);
  } finally {
    await store.close();
  }
  if (store.lost === undefined) counts.opened++;
  else counts.movedAside++;
}

async function use(store: Store): Promise<void> {
  for (const { number } of await store.history.list({ most: 100, search: 'app1' }, signal)) {
    await store.history.job(number, signal);
    await store.history.images(number, { most: 1_000 }, signal);
  }
  await store.journal.unfinished(signal);
  const job = await store.journal.begin(intentOf('c'), signal);
  void job.ended(resultOf(1), []);
  await job.finish({ ok: true, ...trafficOf(1) });
}
