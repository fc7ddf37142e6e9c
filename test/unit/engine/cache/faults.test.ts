import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CopyError } from '../../../../electron/engine/kernel/errors.ts';
import type { BlobCache } from '../../../../electron/engine/ports/blob-cache.ts';
import type { DiskFault } from '../../../fakes/faulty-disk.ts';
import {
  cacheInFolder,
  describeBytes,
  filesBelow,
  inTime,
  liars,
  readBlob,
  sample,
  takeIn,
  unending,
} from './caches.ts';

const contents = [sample(7000, 1), sample(300, 2), sample(12_000, 3)];

/** Everything a cache does, once: taking in, reading, hashing what was left, letting go. */
async function job(cache: BlobCache & { trim(toBytes: number, signal: AbortSignal): Promise<number> }): Promise<void> {
  const [first = expect.fail(), second = expect.fail(), third = expect.fail()] = contents;
  await takeIn(cache, first);
  const stopped = await cache.ingest(describeBytes(third), unending);
  try {
    stopped.write(third.subarray(stopped.receivedBytes, Math.max(stopped.receivedBytes, 5000)));
  } finally {
    await stopped.suspend(new Error('stopped'));
  }
  await takeIn(cache, third);
  await takeIn(cache, second);
  for (const content of contents) {
    const read = await readBlob(cache, describeBytes(content));
    if (read !== undefined) expect(read.equals(content)).toBe(true);
  }
  await cache.trim(8000, unending);
}

const faults: readonly DiskFault[] = ['ENOSPC', 'EIO', 'EPERM', 'EBUSY', 'EMFILE', 'short write'];

test.each(faults)('%s in any seventh call of a job harms nothing that lasts', async (fault) => {
  const whole = await cacheInFolder();
  await job(whole.cache);
  const calls = whole.disk.calls.length;
  expect(calls).toBeGreaterThan(70);
  for (let number = 1; number <= calls; number += 7) {
    const { root, cache, disk, clock, reopen } = await cacheInFolder();
    const from = disk.calls.length;
    let struck = 0;
    disk.strike = (call) => (call.number - from === number && struck++ === 0 ? fault : undefined);
    const outcome = await inTime(
      clock,
      job(cache).then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
    );
    const place = `${fault} in call ${number}`;
    if (outcome !== undefined) {
      expect(outcome, place).toBeInstanceOf(CopyError);
      expect(outcome, place).toMatchObject({ kind: 'disk' });
    }
    expect(await liars(root), place).toEqual([]);
    disk.strike = () => undefined;
    const next = await reopen();
    await next.sweep(unending);
    await job(next);
    expect(await liars(root), place).toEqual([]);
    expect(await filesBelow(join(root, 'cache/trash')), place).toEqual([]);
    expect(await filesBelow(join(root, 'cache/ingest')), place).toEqual([]);
    expect(await filesBelow(join(root, 'cache/quarantine')), place).toEqual([]);
  }
});
