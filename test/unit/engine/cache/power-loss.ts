import { isDeepStrictEqual } from 'node:util';
import { type DiskBlobCache, openBlobCache } from '../../../../electron/engine/cache/blob-cache.ts';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import { CopyError } from '../../../../electron/engine/kernel/errors.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { CrashDisk } from '../../../fakes/crash-disk.ts';
import { generator } from '../../../fakes/fault-rules.ts';
import { describeBytes, readBlob, sample, tiny, unending, writeIn } from './caches.ts';

/** What a run looked at; a run that saw too little of anything proves little. */
export interface PowerLossRun {
  readonly states: number;
  /** Committed blobs that were asked for and read back. */
  readonly kept: number;
  /** Unfinished blobs that were gone on with. */
  readonly resumed: number;
  /** Of those, how many proved wrong and were fetched again from the beginning. */
  readonly refetched: number;
}

/** A committed blob, from the moment on when that was said until it might be evicted. */
interface Committed {
  readonly bytes: Buffer;
  readonly fromMoment: number;
  untilMoment: number;
}

const momentsPerWorld = 25;

/**
 * Loses power `states` times at random moments of random work, each time with a random part of what was not synced, opens what is
 * left and throws when a committed blob is missing, when other bytes are served, or when a blob cannot be taken in any more.
 */
export async function losePower(states: number, seed: number): Promise<PowerLossRun> {
  const random = generator(seed);
  const run = { states: 0, kept: 0, resumed: 0, refetched: 0 };
  while (run.states < states) {
    const worldSeed = Math.floor(random() * 2 ** 31);
    const { disk, contents, promises } = await work(generator(worldSeed));
    for (let count = 0; count < momentsPerWorld && run.states < states; count++) {
      const stateSeed = Math.floor(random() * 2 ** 31);
      const chosen = generator(stateSeed);
      const moment = Math.floor(chosen() * (disk.moments + 1));
      try {
        const due = promises.filter(({ fromMoment, untilMoment }) => fromMoment <= moment && moment <= untilMoment);
        const seen = await look(
          disk.crashedAt(moment, chosen),
          contents,
          due.map(({ bytes }) => bytes),
        );
        run.kept += due.length;
        run.resumed += seen.resumed;
        run.refetched += seen.refetched;
      } catch (thrown) {
        const place = `state ${run.states} (seed ${seed}, world ${worldSeed}, state ${stateSeed}, moment ${moment} of ${disk.moments})`;
        throw new Error(`${place}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
      }
      run.states++;
    }
  }
  return run;
}

function open(disk: CrashDisk): Promise<DiskBlobCache> {
  return openBlobCache(
    { disk, clock: new FakeClock(), folder: 'data/cache', budgetBytes: 2 ** 26, sizes: tiny },
    unending,
  );
}

/** Takes some blobs in, in a random way; some are stopped and gone on with, some let go of again. */
async function work(random: () => number): Promise<{ disk: CrashDisk; contents: Buffer[]; promises: Committed[] }> {
  const disk = new CrashDisk();
  const promises: Committed[] = [];
  const contents = Array.from({ length: 3 }, (_, number) => {
    const bytes = sample(Math.floor(random() ** 2 * 16_000), Math.floor(random() * 1e6) + number);
    // zeros of its own, which look like those that a loss of power leaves
    if (random() < 0.3) bytes.fill(0, Math.floor(random() * bytes.length));
    return bytes;
  });
  let cache = await open(disk);
  for (const bytes of contents) {
    const blob = describeBytes(bytes);
    if (random() < 0.4) {
      const stopped = await cache.ingest(blob, unending);
      await writeIn(stopped, bytes.subarray(0, Math.floor(random() * bytes.length)), 1 + Math.floor(random() * 3000));
      await stopped.suspend(new Error('stopped'));
      if (random() < 0.5) cache = await open(disk);
      if (random() < 0.3) continue;
    }
    const ingest = await cache.ingest(blob, unending);
    await writeIn(ingest, bytes.subarray(ingest.receivedBytes), 1 + Math.floor(random() * 3000));
    await ingest.commit(unending);
    promises.push({ bytes, fromMoment: disk.moments, untilMoment: Number.POSITIVE_INFINITY });
    if (random() < 0.2) {
      for (const promise of promises) promise.untilMoment = Math.min(promise.untilMoment, disk.moments);
      await cache.trim(0, unending);
    }
  }
  return { disk, contents, promises };
}

/** Looks at what is left, the way the next process would. */
async function look(
  disk: CrashDisk,
  contents: readonly Buffer[],
  due: readonly Buffer[],
): Promise<{ resumed: number; refetched: number }> {
  const cache = await open(disk);
  await cache.sweep(unending);
  await assertNamesAreTrue(disk);
  for (const bytes of due) {
    const read = await readBlob(cache, describeBytes(bytes));
    if (read === undefined) throw new Error('a committed blob is not there');
    if (!isDeepStrictEqual(read, bytes)) throw new Error('a committed blob has other bytes');
  }
  let resumed = 0;
  let refetched = 0;
  for (const bytes of contents) {
    const blob = describeBytes(bytes);
    const before = await readBlob(cache, blob);
    if (before !== undefined && !before.equals(bytes)) throw new Error('other bytes were served');
    if (before !== undefined) continue;
    const ingest = await cache.ingest(blob, unending);
    if (ingest.receivedBytes > 0) resumed++;
    try {
      await writeIn(ingest, bytes.subarray(ingest.receivedBytes));
    } catch (thrown) {
      if (!(thrown instanceof CopyError) || thrown.kind !== 'integrity') throw thrown;
      refetched++;
      await ingest.restart();
      await writeIn(ingest, bytes);
    }
    await ingest.commit(unending);
    if ((await readBlob(cache, blob))?.equals(bytes) !== true) throw new Error('a blob could not be taken in again');
  }
  await assertNamesAreTrue(disk);
  return { resumed, refetched };
}

/** INV-2, looked at below the cache. */
async function assertNamesAreTrue(disk: CrashDisk): Promise<void> {
  const folder = 'data/cache/blobs/sha256';
  for (const shard of await disk.list(folder)) {
    for (const name of await disk.list(`${folder}/${shard}`)) {
      const path = `${folder}/${shard}/${name}`;
      const into = Buffer.alloc((await disk.stat(path))?.sizeBytes ?? 0);
      await (await disk.open(path, 'read')).read(into, 0);
      if (digestOf(into) !== `sha256:${name}`) throw new Error(`${name} has other bytes`);
    }
  }
}
