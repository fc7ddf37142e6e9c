import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Store } from '../../../electron/engine/store/store.ts';
import { openStore } from '../../../electron/engine/store/store.ts';
import { failureOf, intentOf, resultOf, signal, trafficOf } from '../../unit/engine/store/stores.ts';
import { seededRandom } from './random.ts';

/** What a disk holds of a database: the file and its log. */
interface Disk {
  readonly file: Buffer;
  readonly log: Buffer;
}

/** A state of the disk that a power loss may leave, and how many batches it must and may hold. */
interface LostState {
  readonly disk: Disk;
  readonly mustHold: number;
  readonly mayHold: number;
  readonly how: string;
}

const commits = 100;
/** Images told together: all of them are there after a loss, or none. */
const batch = 12;
const sector = 512;

/**
 * Writes a journal, and at `states` moments loses the power: of what was written since the last commit that was told durable,
 * sectors arrived, did not arrive, or arrived as zeros, and the tail may be cut. Then opens what is left and throws when a durable
 * fact is gone, a commit is half there, or the file is not sound.
 */
export async function runPowerLoss(states: number, seed: number): Promise<{ readonly checkpoints: number }> {
  const random = seededRandom(seed);
  const base = await mkdtemp(join(tmpdir(), 'ferry-power-'));
  const folder = join(base, 'origin');
  await mkdir(folder);
  const store = await openStore({ folder, isOwner: true });
  let checkpoints = 0;
  try {
    const job = await store.journal.begin(intentOf('a'), signal);
    let before = diskOf(folder);
    for (let commit = 1; commit <= commits; commit++) {
      const told = Array.from({ length: batch }, (_, n) => job.ended(largeResult(commit, n), []));
      await Promise.all([...told, job.flush()]);
      const after = diskOf(folder);
      if (!after.file.equals(before.file)) checkpoints++;
      const due = Math.floor((commit * states) / commits) - Math.floor(((commit - 1) * states) / commits);
      for (let n = 0; n < due; n++) await judge(lose(before, after, commit, random), base);
      before = after;
    }
    await job.finish({ ok: true, ...trafficOf(0) });
  } finally {
    await store.close();
    await rm(base, { recursive: true });
  }
  return { checkpoints };
}

function largeResult(commit: number, n: number) {
  return resultOf(`${commit}-${n}`, { outcome: 'failed', failure: failureOf('what the registry said '.repeat(150)) });
}

function diskOf(folder: string): Disk {
  const path = join(folder, 'image-ferry.db');
  const log = `${path}-wal`;
  return { file: readFileSync(path), log: existsSync(log) ? readFileSync(log) : Buffer.alloc(0) };
}

function lose(before: Disk, after: Disk, commit: number, random: () => number): LostState {
  // A commit first writes the log and flushes it; only then may a checkpoint write the file.
  if (!after.file.equals(before.file) && random() < 0.5) {
    const { bytes, how } = partly(before.file, after.file, random);
    return { disk: { file: bytes, log: after.log }, mustHold: commit, mayHold: commit, how: `checkpoint, ${how}` };
  }
  const { bytes, how } = partly(before.log, after.log, random);
  return { disk: { file: before.file, log: bytes }, mustHold: commit - 1, mayHold: commit, how: `commit, ${how}` };
}

/** `after` as far as it arrived: what did not is as it was, or zeros where nothing was. */
function partly(before: Buffer, after: Buffer, random: () => number): { bytes: Buffer; how: string } {
  const whole = Buffer.alloc(Math.max(before.length, after.length));
  before.copy(whole);
  const arrived = random();
  const how = random() < 0.5 ? 'in order' : 'in any order';
  const upTo = Math.floor(arrived * after.length);
  for (let at = 0; at < after.length; at += sector) {
    const arrives = how === 'in order' ? at < upTo : random() < arrived;
    if (arrives) after.copy(whole, at, at, at + sector);
  }
  const cut = before.length + Math.floor(random() * (whole.length - before.length + 1));
  return random() < 0.5 ? { bytes: whole, how } : { bytes: whole.subarray(0, cut), how: `${how}, cut at ${cut}` };
}

async function judge(state: LostState, base: string): Promise<void> {
  const folder = await mkdtemp(join(base, 'lost-'));
  const path = join(folder, 'image-ferry.db');
  await writeFile(path, state.disk.file);
  if (state.disk.log.length > 0) await writeFile(`${path}-wal`, state.disk.log);
  const store = await openStore({ folder, isOwner: true });
  try {
    if (store.lost !== undefined) throw new Error(`a sound file was set aside (${state.how})`);
    judgeBatches(await batchesIn(store), state);
  } finally {
    await store.close();
  }
  const connection = new Sqlite(path);
  const verdict = connection.pragma('integrity_check', { simple: true });
  connection.close();
  if (verdict !== 'ok') throw new Error(`${String(verdict)} (${state.how})`);
  await rm(folder, { recursive: true });
}

/** How many images are there of every commit. */
async function batchesIn(store: Store): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  for (let after = 0; ; ) {
    const page = await store.history.images(1, { most: 500, after }, signal);
    for (const { source, failure } of page) {
      const commit = Number(/app(\d+)-/.exec(source)?.[1]);
      if (failure === undefined) throw new Error(`${source} is torn`);
      counts.set(commit, (counts.get(commit) ?? 0) + 1);
    }
    const last = page.at(-1);
    if (last === undefined) return counts;
    after = last.position;
  }
}

function judgeBatches(counts: ReadonlyMap<number, number>, { mustHold, mayHold, how }: LostState): void {
  for (let commit = 1; commit <= mustHold; commit++) {
    if (counts.get(commit) !== batch) throw new Error(`durable commit ${commit} of ${mustHold} is gone (${how})`);
  }
  for (const [commit, count] of counts) {
    if (commit > mayHold || count !== batch)
      throw new Error(`commit ${commit} has ${count} of ${batch} images (${how})`);
  }
}
