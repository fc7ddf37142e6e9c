import { unlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { FolderDisk } from '../../../electron/engine/kernel/durable-disk.ts';
import { type DiskCall, type DiskFault, FaultyDisk } from '../../fakes/faulty-disk.ts';
import { blobsOf, image } from '../../fakes/images.ts';
import { blobReads, copy, destination, engine, proxy, registerEnds, registry, request, well } from '../harness.ts';
import { fastClock } from '../quirks/scene.ts';
import { cacheIn, dataFolder, namesIn, unending, wholeBlobs, wholeFile, onLine } from './shelf.ts';

registerEnds();

const content = image({ seed: 'held', layers: [1_400_000, 20_000] });
const digests = blobsOf(content)
  .map(({ digest }) => digest)
  .sort();

/** Copies by way of a cache whose disk does that; gives the data folder. */
async function copyOver(strike: (call: DiskCall) => DiskFault | undefined): Promise<string> {
  const source = await registry({ content: { 'a:1': content } });
  const target = await destination();
  const folder = await dataFolder();
  const disk = new FaultyDisk(new FolderDisk(folder));
  // the patience of a minute passes in a moment
  const cache = await cacheIn(folder, {}, disk, fastClock(100));
  disk.strike = strike;
  await well(copy([request(`${source.host}/a:1`, `${target.host}/b:1`)], {}, engine({ cache })));
  for (const digest of digests) expect(blobReads(source, digest)).toBeLessThanOrEqual(2);
  disk.strike = () => undefined;
  // nobody is left who writes
  expect(await cache.trim(2 ** 40, unending)).toBe(0);
  return folder;
}

describe('F-50 files that another program holds', () => {
  test.each(['EPERM', 'EBUSY'] as const)('%s five times at every rename: everything is kept', async (fault) => {
    const refused = new Map<string, number>();
    const folder = await copyOver(({ name, path }) => {
      const times = refused.get(path) ?? 0;
      if (name !== 'rename' || times >= 5) return undefined;
      refused.set(path, times + 1);
      return fault;
    });
    expect(refused.size).toBe(digests.length);
    expect(await wholeBlobs(folder)).toEqual(digests);
  });

  test('EPERM for ever at every rename: the image arrives, and what was verified is not deleted', async () => {
    const folder = await copyOver(({ name }) => (name === 'rename' ? 'EPERM' : undefined));
    expect(await wholeBlobs(folder)).toEqual([]);
    expect(await namesIn(folder, 'ingest')).not.toEqual([]);
  });
});

describe('F-55 too many open files', () => {
  test('EMFILE ten times at every opening: waited for', async () => {
    const refused = new Map<string, number>();
    const folder = await copyOver(({ name, path }) => {
      const times = refused.get(path) ?? 0;
      if (name !== 'open' || times >= 10) return undefined;
      refused.set(path, times + 1);
      return 'EMFILE';
    });
    expect(await wholeBlobs(folder)).toEqual(digests);
  });
});

test('F-51 a blob that is taken away while it is sent is sent to its end, or fetched again', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const [first, second] = [await destination(), await onLine()];
  const folder = await dataFolder();
  await well(copy([request(`${source.host}/a:1`, `${first.host}/b:1`)], {}, engine({ cache: await cacheIn(folder) })));
  const line = await proxy(second.host);
  const action = { kind: 'drip', bytesPerSecond: 2_000_000 } as const;
  line.addRule({ direction: 'request', path: /\/uploads\/.+/, action });
  const using = engine({ cache: await cacheIn(folder) });
  const copying = copy([request(`${source.host}/a:1`, `${line.host}/b:1`)], {}, using);
  while (line.bytes(undefined, /\/uploads\//).sent < 300_000) await new Promise((resolve) => setImmediate(resolve));
  for (const digest of digests) await unlink(wholeFile(folder, digest));
  await well(copying);
});
