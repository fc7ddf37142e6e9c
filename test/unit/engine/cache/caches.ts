import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type BlobCacheOptions,
  type DiskBlobCache,
  openBlobCache,
} from '../../../../electron/engine/cache/blob-cache.ts';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import { FolderDisk } from '../../../../electron/engine/kernel/durable-disk.ts';
import { patientDisk } from '../../../../electron/engine/kernel/durable-patience.ts';
import type { BlobCache, Ingest } from '../../../../electron/engine/ports/blob-cache.ts';
import type { BlobReader } from '../../../../electron/engine/ports/places.ts';
import type { Descriptor } from '../../../../electron/oci/descriptor.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { FaultyDisk } from '../../../fakes/faulty-disk.ts';
import { generator } from '../../../fakes/fault-rules.ts';

/** For tests that call nothing off. */
export const unending: AbortSignal = new AbortController().signal;

/** The seed of random tests; SEED takes another. */
export const seed: number = Number(process.env['SEED'] ?? 20_261_121);

/** Small enough that a few KiB go through everything that a large blob goes through. */
export const tiny = { windowBytes: 8192, blockBytes: 1024, readBytes: 1500, syncStepBytes: 4096 } as const;

/** A cache in a folder of its own, over a disk that can be told to fail. */
export interface CacheInFolder {
  readonly root: string;
  readonly cache: DiskBlobCache;
  readonly clock: FakeClock;
  readonly disk: FaultyDisk;
  /** Opens the same folder as another process would after this one. */
  readonly reopen: (options?: Partial<BlobCacheOptions>) => Promise<DiskBlobCache>;
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-cache-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty cache with tiny sizes. */
export async function cacheInFolder(options: Partial<BlobCacheOptions> = {}): Promise<CacheInFolder> {
  const root = await temporaryFolder();
  const clock = new FakeClock();
  const disk = new FaultyDisk(new FolderDisk(root));
  const reopen = (more: Partial<BlobCacheOptions> = {}): Promise<DiskBlobCache> =>
    openBlobCache(
      {
        disk: patientDisk(disk, clock),
        clock,
        folder: 'cache',
        budgetBytes: 2 ** 30,
        sizes: tiny,
        ...options,
        ...more,
      },
      unending,
    );
  return { root, clock, disk, cache: await reopen(), reopen };
}

/** Bytes that are the same for the same number. */
export function sample(sizeBytes: number, number = 1): Buffer {
  const random = generator(number * 7919 + sizeBytes);
  return Buffer.from(Uint8Array.from({ length: sizeBytes }, () => Math.floor(random() * 256)));
}

/** The descriptor of bytes. */
export function describeBytes(bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): Descriptor {
  return { mediaType: 'application/octet-stream', digest: digestOf(bytes, algorithm), size: bytes.byteLength };
}

/** Writes bytes in pieces, pausing when asked to. */
export async function writeIn(ingest: Ingest, bytes: Buffer, pieceBytes = 700): Promise<void> {
  let resume = (): void => {};
  ingest.onRoom?.(() => resume());
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const room = Promise.withResolvers<void>();
    resume = room.resolve;
    if (!ingest.write(bytes.subarray(at, at + pieceBytes))) await room.promise;
  }
}

/** Takes a blob in, going on where an earlier try stopped. */
export async function takeIn(cache: BlobCache, bytes: Buffer): Promise<Descriptor> {
  const blob = describeBytes(bytes);
  const ingest = await cache.ingest(blob, unending);
  try {
    await writeIn(ingest, bytes.subarray(ingest.receivedBytes));
    await ingest.commit(unending);
  } catch (thrown) {
    await ingest.suspend(thrown instanceof Error ? thrown : new Error('stopped'));
    throw thrown;
  }
  return blob;
}

/** Everything a reader gives. */
export async function readAll(reader: BlobReader): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of reader) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The bytes of a whole blob; undefined when the cache does not have it. */
export async function readBlob(cache: BlobCache, blob: Descriptor): Promise<Buffer | undefined> {
  const found = await cache.find(blob, unending);
  if (found === undefined) return undefined;
  try {
    return await readAll(found.open());
  } finally {
    found.close();
  }
}

/** Where the whole blob is below the root of `cacheInFolder`. */
export function fileOf(root: string, { digest }: Descriptor): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return join(root, 'cache/blobs', algorithm, hex.slice(0, 2), hex);
}

/** The names of all files below a folder, sorted. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Names of files below `blobs` whose bytes are not what their name says (INV-2). */
export async function liars(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await filesBelow(join(root, 'cache/blobs'))) {
    const [algorithm = '', , hex] = name.split('/');
    const bytes = await readFile(join(root, 'cache/blobs', name));
    if (createHash(algorithm).update(bytes).digest('hex') !== hex) found.push(name);
  }
  return found;
}

/** The outcome, time passing as fast as somebody sleeps. */
export async function inTime<Value>(clock: FakeClock, outcome: Promise<Value>): Promise<Value> {
  const ended = outcome.then(
    () => true,
    () => true,
  );
  const asleep = (): Promise<boolean> => clock.whenSleeping().then(() => false);
  while (!(await Promise.race([ended, asleep()]))) await clock.advance(clock.nextInMs ?? 0);
  return outcome;
}
