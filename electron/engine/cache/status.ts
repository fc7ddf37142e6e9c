import type { KeptFile, Shelf } from './shelf.ts';

/** What a cache holds. */
export interface CacheStatus {
  /** Whole blobs. */
  readonly blobs: number;
  readonly blobBytes: number;
  readonly unfinished: number;
  readonly unfinishedBytes: number;
  readonly quarantined: number;
  readonly quarantinedBytes: number;
  /** What it may hold in all. */
  readonly budgetBytes: number;
  /** What its file system has left. */
  readonly freeBytes: number;
}

/** Counts what is on a shelf. */
export async function statusOf(shelf: Shelf, budgetBytes: number, signal: AbortSignal): Promise<CacheStatus> {
  const wholes = await shelf.wholes(signal);
  const unfinished = await shelf.unfinished();
  const quarantined = await shelf.quarantined();
  const { freeBytes } = await shelf.disk.room(shelf.layout.root);
  return {
    blobs: wholes.length,
    blobBytes: sumOf(wholes),
    unfinished: unfinished.length,
    unfinishedBytes: sumOf(unfinished),
    quarantined: quarantined.length,
    quarantinedBytes: sumOf(quarantined),
    budgetBytes,
    freeBytes,
  };
}

/** Bytes of all files together. */
export function sumOf(files: readonly KeptFile[]): number {
  let bytes = 0;
  for (const { sizeBytes } of files) bytes += sizeBytes;
  return bytes;
}
