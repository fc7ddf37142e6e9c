import { rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Disk } from '../kernel/disk.ts';
import { copyError, throwIfCancelled } from '../kernel/errors.ts';
import { BlobTarget } from './blob-target.ts';
import { openByteFile, pour } from './byte-file.ts';
import type { ExportPlan } from './export-plan.ts';
import { createOutput, syncFolder, unfinishedEnding } from './file-output.ts';
import { requireRoom } from './room.ts';
import { Tap } from './tap.ts';
import { diskOf, type ReadBlob, type WriteOptions } from './write-volumes.ts';
import type { WrittenItem } from './written-item.ts';

/** The longest path that programs on this system take: Windows' old limit, or Linux' PATH_MAX. */
const longestPath: number = process.platform === 'win32' ? 259 : 4095;

/** Where a folder is written. */
export interface FolderOptions extends WriteOptions {
  /** The most characters a path may have; this system's limit unless given. */
  readonly longestPath?: number;
}

/**
 * Writes a plan as a folder. It is built beside its place under another name and moved there when it is whole; what an earlier
 * try left is hashed and kept. Rejects `conflict` when something is there, `unsupported` when a path would be too long.
 */
export async function writeFolder(
  plan: ExportPlan,
  path: string,
  readBlob: ReadBlob,
  options: FolderOptions,
  signal: AbortSignal,
): Promise<void> {
  checkLengths(plan, path, options.longestPath ?? longestPath);
  const disk = diskOf(path, options);
  const name = basename(path);
  await requireFree(disk, path);
  await requireRoom(disk, dirname(path), plan.totalBytes);
  const building = `${name}${unfinishedEnding}`;
  for (const item of plan.items) {
    throwIfCancelled(signal, item.name);
    const target = `${building}/${item.name}`;
    await disk.makeFolder(dirname(target));
    if ('bytes' in item) await writeFile(disk, target, signal, (write) => write(item.bytes));
    else if (!(await isKept(item, join(dirname(path), target), signal)))
      await writeFile(disk, target, signal, (write) => copyBlob(item, write, readBlob, options, signal));
  }
  await syncFolder(disk, building, signal);
  await disk.rename(building, name, signal);
  await syncFolder(disk, '.', signal);
}

type BlobItem = Extract<WrittenItem, { descriptor: unknown }>;
type Write = (bytes: Uint8Array) => Promise<void>;

/** True when an earlier try has left the blob whole. */
async function isKept({ descriptor }: BlobItem, path: string, signal: AbortSignal): Promise<boolean> {
  const target = new BlobTarget(descriptor, async () => {});
  try {
    const file = await openByteFile(path);
    try {
      await pour(file, 0, file.sizeBytes, new Tap(target, descriptor.digest, signal));
    } finally {
      await file.close();
    }
    await target.finish();
    return true;
  } catch {
    throwIfCancelled(signal, descriptor.digest);
    // nothing is there, or not the blob: it is read
    return false;
  }
}

async function copyBlob(
  { descriptor }: BlobItem,
  write: Write,
  readBlob: ReadBlob,
  { onBytes }: FolderOptions,
  signal: AbortSignal,
): Promise<void> {
  const target = new BlobTarget(descriptor, async (chunk) => {
    await write(chunk);
    onBytes?.(chunk.byteLength);
  });
  try {
    await readBlob(target, signal);
  } finally {
    await target.settle();
  }
  await target.finish();
}

async function writeFile(
  disk: Disk,
  path: string,
  signal: AbortSignal,
  fill: (write: Write) => Promise<void>,
): Promise<void> {
  const output = await createOutput(disk, path, 'none', signal);
  try {
    await fill((bytes) => output.write(bytes));
    await output.finish();
    await output.publish(signal);
  } finally {
    await output.discard();
  }
}

function checkLengths(plan: ExportPlan, folder: string, longest: number): void {
  const first = plan.items.find(({ name }) => folder.length + 1 + name.length > longest);
  if (first === undefined) return;
  const message = `the path of ${first.name} in ${folder} would have ${folder.length + 1 + first.name.length} characters; at most ${longest} are possible here`;
  throw copyError('unsupported', { side: 'local', op: 'export.plan', subject: first.name, message });
}

/** Nothing may be at the place of the folder, except an empty folder. */
async function requireFree(disk: Disk, path: string): Promise<void> {
  const name = basename(path);
  const there = await disk.stat(name);
  if (there === undefined) return;
  const isEmpty = there.kind === 'folder' && (await disk.list(name)).length === 0;
  // Windows does not rename onto a folder, not even an empty one
  if (isEmpty) return rmdir(path);
  const message = `${name} is there already`;
  throw copyError('conflict', { side: 'local', op: 'file.write', subject: path, message });
}
