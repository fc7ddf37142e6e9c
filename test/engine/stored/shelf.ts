import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type BlobCacheOptions, type DiskBlobCache, openBlobCache } from '../../../electron/engine/cache/blob-cache.ts';
import type { Clock } from '../../../electron/engine/kernel/clock.ts';
import type { Disk } from '../../../electron/engine/kernel/disk.ts';
import { FolderDisk } from '../../../electron/engine/kernel/durable-disk.ts';
import { patientDisk } from '../../../electron/engine/kernel/durable-patience.ts';
import { generator } from '../../fakes/fault-rules.ts';
import type { World } from '../../fakes/oracle.ts';
import type { QuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { afterwards, destination, hastyClock } from '../harness.ts';

/** For what nobody calls off. */
export const unending: AbortSignal = new AbortController().signal;

/** The seed of random tests; SEED takes another. */
export const seed: number = Number(process.env['SEED'] ?? 20_261_121);

/** Numbers in [0, 1) from that seed. */
export const random: () => number = generator(seed);

/** A data folder that is gone after the test. */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-stored-'));
  afterwards(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The cache in a data folder, put in order, as a process opens it that begins. */
export async function cacheIn(
  folder: string,
  options: Partial<BlobCacheOptions> = {},
  disk: Disk = new FolderDisk(folder),
  clock: Clock = hastyClock,
): Promise<DiskBlobCache> {
  const cache = await openBlobCache(
    { disk: patientDisk(disk, clock), clock, folder: 'cache', budgetBytes: 2 ** 32, ...options },
    unending,
  );
  await cache.sweep(unending);
  return cache;
}

/** A registry to copy to over a line: it names upload sessions so that they stay on it. */
export function onLine(quiet: Partial<World> = {}): Promise<QuirkRegistry> {
  return destination({ quirks: { locationRelative: true } }, quiet);
}

/** Where a whole blob lies in a data folder. */
export function wholeFile(folder: string, digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return join(folder, 'cache/blobs', algorithm, hex.slice(0, 2), hex);
}

/** Where an unfinished blob lies in a data folder. */
export function unfinishedFile(folder: string, digest: string): string {
  return join(folder, 'cache/ingest', digest.replace(':', '-'));
}

/** The size of a file; undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

/** The digests of the whole blobs in a data folder, sorted. */
export async function wholeBlobs(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, 'cache/blobs/sha256'), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [`sha256:${basename(entry.name)}`] : [])).sort();
}

/** The names in a folder of the cache. */
export function namesIn(folder: string, part: 'ingest' | 'quarantine' | 'trash'): Promise<readonly string[]> {
  return readdir(join(folder, 'cache', part));
}
