import { dirname } from 'node:path/posix';
import { type Digest, isDigest } from '../../oci/digest.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Disk, errnoOf } from '../kernel/disk.ts';
import { CopyError, throwIfCancelled } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import { algorithms, asideName, blobPath, digestOfName, ingestPath, type Layout, layoutIn, shardOf } from './layout.ts';
import { uncalledOff } from './shared-file.ts';

/** A file of the cache. */
export interface KeptFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly touchedMs: number;
}

/** A file that stands for a digest, whole or not. */
export interface BlobFile extends KeptFile {
  readonly digest: Digest;
}

const looksAtOnce = 16;

/** The files of a cache and where they belong. */
export class Shelf {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly #clock: Clock;
  /** Folders whose names are known to outlive a loss of power. */
  readonly #durable = new Set<string>();
  #asides = 0;

  constructor(disk: Disk, folder: string, clock: Clock) {
    this.disk = disk;
    this.layout = layoutIn(folder);
    this.#clock = clock;
  }

  /** Makes the folders that are not there. */
  async prepare(signal: AbortSignal): Promise<void> {
    const { layout } = this;
    const parts = algorithms.map((algorithm) => `${layout.blobs}/${algorithm}`);
    for (const folder of [...parts, layout.ingest, layout.quarantine, layout.trash]) {
      throwIfCancelled(signal, folder);
      await this.#makeDurable(folder);
    }
  }

  /** All whole blobs; what does not look like one is left out. */
  async wholes(signal: AbortSignal): Promise<readonly BlobFile[]> {
    const found: BlobFile[] = [];
    for (const algorithm of algorithms) {
      const folder = `${this.layout.blobs}/${algorithm}`;
      for (const shard of await this.disk.list(folder)) {
        throwIfCancelled(signal, folder);
        const digestOf = (name: string): Digest | undefined => {
          const digest = `${algorithm}:${name}`;
          return name.startsWith(shard) && isDigest(digest) ? digest : undefined;
        };
        found.push(...(await this.#blobsIn(`${folder}/${shard}`, digestOf)));
      }
    }
    return found;
  }

  /** All unfinished blobs. */
  unfinished(): Promise<readonly BlobFile[]> {
    return this.#blobsIn(this.layout.ingest, digestOfName);
  }

  /** What was put aside. */
  quarantined(): Promise<readonly KeptFile[]> {
    return this.#filesIn(this.layout.quarantine);
  }

  /** Gives an unfinished file, whole and synced, its place under its digest; the name is durable once this resolves. */
  async settle(
    digest: Digest,
    sizeBytes: number,
    signal: AbortSignal,
    from: string = ingestPath(this.layout, digest),
  ): Promise<void> {
    const to = blobPath(this.layout, digest);
    await this.#makeDurable(shardOf(this.layout, digest));
    try {
      await this.disk.rename(from, to, signal);
    } catch (thrown) {
      if (!(thrown instanceof CopyError) || thrown.kind !== 'conflict') throw thrown;
      // Where a file that others read cannot be replaced, the same blob there is as good (RELIABILITY F-50).
      if ((await this.disk.stat(to))?.sizeBytes !== sizeBytes) throw thrown;
      await this.disk.unlink(from, signal);
    }
    // what has its name is finished, whoever wants to stop now
    await this.disk.syncFolder(shardOf(this.layout, digest), uncalledOff);
    // order and protection only: a file system that cannot do it keeps the blob all the same
    await this.disk.touch(to, this.#clock.wallMs()).catch(() => {});
    await this.disk.setReadOnly(to).catch(() => {});
  }

  /** Takes a file away from where it is, then deletes it; whatever stops it in between, its name is free. */
  async discard(path: string, signal: AbortSignal): Promise<void> {
    const trash = `${this.layout.trash}/${this.#freshName(path)}`;
    try {
      await this.disk.rename(path, trash, signal);
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    }
    await this.disk.unlink(trash, uncalledOff);
  }

  /** Puts a file, or whatever is there, into quarantine; nothing there is no error. */
  async putAside(path: string): Promise<void> {
    try {
      await this.disk.rename(path, `${this.layout.quarantine}/${this.#freshName(path)}`, uncalledOff);
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    }
  }

  /** A new name is durable once the folders above it are synced. */
  async #makeDurable(folder: string): Promise<void> {
    if (this.#durable.has(folder)) return;
    await this.disk.makeFolder(folder);
    const parent = dirname(folder);
    if (parent !== '.') await this.#makeDurable(parent);
    await this.disk.syncFolder(parent, uncalledOff);
    this.#durable.add(folder);
  }

  async #blobsIn(folder: string, digestOf: (name: string) => Digest | undefined): Promise<BlobFile[]> {
    const files = await this.#filesIn(folder);
    return files.flatMap((file) => {
      const digest = digestOf(file.path.slice(folder.length + 1));
      return digest === undefined ? [] : [{ ...file, digest }];
    });
  }

  async #filesIn(folder: string): Promise<KeptFile[]> {
    const names = await this.disk.list(folder);
    const files = await mapLimited(names, looksAtOnce, async (name) => {
      const path = `${folder}/${name}`;
      const entry = await this.disk.stat(path);
      return entry?.kind === 'file' ? [{ path, sizeBytes: entry.sizeBytes, touchedMs: entry.touchedMs }] : [];
    });
    return files.flat();
  }

  #freshName(path: string): string {
    return asideName(path.slice(path.lastIndexOf('/') + 1), this.#clock.wallMs(), ++this.#asides);
  }
}
