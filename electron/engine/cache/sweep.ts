import { type Digest, isDigest } from '../../oci/digest.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import { algorithms, blobPath, digestOfName, isUploadName } from './layout.ts';
import type { Shelf } from './shelf.ts';

/** What a sweep did. */
export interface Swept {
  readonly deleted: number;
  /** Moved into quarantine. */
  readonly setAside: number;
}

/** What a sweep must leave alone. */
export interface BeingUsed {
  readonly isInUse: (digest: Digest) => boolean;
  readonly isUploading: (path: string) => boolean;
}

/** Puts a shelf in order; unfinished blobs that can be gone on with stay. */
export async function sweepShelf(
  shelf: Shelf,
  { isInUse, isUploading }: BeingUsed,
  signal: AbortSignal,
): Promise<Swept> {
  let deleted = 0;
  let setAside = 0;
  const { disk, layout } = shelf;
  const remove = async (path: string): Promise<void> => {
    throwIfCancelled(signal, path);
    await disk.unlink(path, signal);
    deleted++;
  };
  const moveAside = async (path: string): Promise<void> => {
    throwIfCancelled(signal, path);
    await shelf.putAside(path);
    setAside++;
  };

  for (const name of await disk.list(layout.trash)) await remove(`${layout.trash}/${name}`);
  for (const name of await disk.list(layout.ingest)) {
    const path = `${layout.ingest}/${name}`;
    const digest = digestOfName(name);
    const entry = await disk.stat(path);
    if (entry === undefined || (digest !== undefined && isInUse(digest)) || isUploading(path)) continue;
    // nobody can come back to an upload of an earlier process
    if (isUploadName(name) && entry.kind === 'file') await remove(path);
    else if (digest === undefined || entry.kind !== 'file') await moveAside(path);
    else if (entry.sizeBytes === 0 || (await disk.stat(blobPath(layout, digest))) !== undefined) await remove(path);
  }
  for (const part of await disk.list(layout.blobs)) {
    const algorithm = algorithms.find((known) => known === part);
    if (algorithm === undefined) await moveAside(`${layout.blobs}/${part}`);
    else await sweepShards(shelf, algorithm, moveAside);
  }
  return { deleted, setAside };
}

async function sweepShards(
  { disk, layout }: Shelf,
  algorithm: string,
  moveAside: (path: string) => Promise<void>,
): Promise<void> {
  const folder = `${layout.blobs}/${algorithm}`;
  for (const shard of await disk.list(folder)) {
    const entry = await disk.stat(`${folder}/${shard}`);
    if (!/^[0-9a-f]{2}$/.test(shard) || entry?.kind !== 'folder') {
      await moveAside(`${folder}/${shard}`);
      continue;
    }
    for (const name of await disk.list(`${folder}/${shard}`)) {
      const path = `${folder}/${shard}/${name}`;
      const isOurs = name.startsWith(shard) && isDigest(`${algorithm}:${name}`);
      if (!isOurs || (await disk.stat(path))?.kind !== 'file') await moveAside(path);
    }
  }
}
