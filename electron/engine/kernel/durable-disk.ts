import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { type Disk, type DiskEntry, diskError, type DiskFile, errnoOf, type OpenFor } from './disk.ts';
import { patientDisk } from './durable-patience.ts';

const noFollow = constants.O_NOFOLLOW ?? 0;
const flags: Readonly<Record<OpenFor, number>> = {
  read: constants.O_RDONLY | noFollow,
  change: constants.O_RDWR | noFollow,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | noFollow,
};

/** The folder `root` of this machine, with patience for programs that hold files for a moment. */
export function realDisk(root: string, clock: Clock): Disk {
  return patientDisk(new FolderDisk(root), clock);
}

/** The folder `root` of this machine; says at once what the system says. */
export class FolderDisk implements Disk {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  open(path: string, how: OpenFor): Promise<DiskFile> {
    return this.#told('file.open', path, async (full) => new OpenFile(await fs.open(full, flags[how], 0o600), path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#told('file.rename', from, (full) => fs.rename(full, join(this.#root, to)));
  }

  unlink(path: string): Promise<void> {
    return unlessAbsent(this.#told('file.unlink', path, (full) => fs.unlink(full)));
  }

  async syncFolder(path: string): Promise<void> {
    // Windows has no such call: NTFS keeps names in its journal.
    if (process.platform === 'win32') return;
    await this.#told('folder.sync', path, async (full) => {
      const handle = await fs.open(full, constants.O_RDONLY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  makeFolder(path: string): Promise<boolean> {
    return this.#told('folder.make', path, async (full) => {
      return (await fs.mkdir(full, { recursive: true, mode: 0o700 })) !== undefined;
    });
  }

  async list(path: string): Promise<readonly string[]> {
    return (await unlessAbsent(this.#told('folder.list', path, (full) => fs.readdir(full)))) ?? [];
  }

  stat(path: string): Promise<DiskEntry | undefined> {
    return unlessAbsent(
      this.#told('file.stat', path, async (full) => {
        const stats = await fs.lstat(full);
        const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
        return { kind, sizeBytes: stats.size, touchedMs: stats.mtimeMs };
      }),
    );
  }

  room(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    return this.#told('folder.room', path, async (full) => {
      const { bavail, blocks, bsize } = await fs.statfs(full);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    });
  }

  setReadOnly(path: string): Promise<void> {
    return this.#told('file.protect', path, (full) => fs.chmod(full, 0o400));
  }

  touch(path: string, wallMs: number): Promise<void> {
    return this.#told('file.touch', path, (full) => fs.utimes(full, wallMs / 1000, wallMs / 1000));
  }

  async #told<Value>(op: string, path: string, act: (full: string) => Promise<Value>): Promise<Value> {
    return told(op, path, act(join(this.#root, path)));
  }
}

class OpenFile implements DiskFile {
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    const { bytesRead } = await told('file.read', this.#path, this.#handle.read(into, 0, into.byteLength, at));
    return bytesRead;
  }

  write(pieces: readonly Uint8Array[], at: number): Promise<void> {
    const writing = writeWhole((left, from) => this.#handle.writev(left, from), pieces, at);
    return told('file.write', this.#path, writing);
  }

  sync(): Promise<void> {
    return told('file.sync', this.#path, this.#handle.datasync());
  }

  close(): Promise<void> {
    return told('file.close', this.#path, this.#handle.close());
  }
}

/** Writes all pieces from `at` on through a `writev` that may take only a part of what it is offered. */
export async function writeWhole(
  writev: (pieces: readonly Uint8Array[], at: number) => Promise<{ readonly bytesWritten: number }>,
  pieces: readonly Uint8Array[],
  at: number,
): Promise<void> {
  const left = [...pieces];
  let next = at;
  while (left.length > 0) {
    let { bytesWritten } = await writev(left, next);
    next += bytesWritten;
    while (left[0] !== undefined && bytesWritten >= left[0].byteLength) {
      bytesWritten -= left[0].byteLength;
      left.shift();
    }
    if (left[0] !== undefined) left[0] = left[0].subarray(bytesWritten);
  }
}

async function told<Value>(op: string, path: string, acting: Promise<Value>): Promise<Value> {
  try {
    return await acting;
  } catch (thrown) {
    throw diskError(op, path, thrown);
  }
}

async function unlessAbsent<Value>(asking: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asking;
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw thrown;
  }
}
