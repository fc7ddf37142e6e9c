import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError, readError } from './file-errors.ts';
import type { Tap } from './tap.ts';

/** How much is read from a disk at once, in bytes. */
const pieceBytes = 256 * 1024;

/** A regular file held open for reading at any offset. */
export interface ByteFile {
  /** Its name without folders, as messages show it. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Exactly `length` bytes from `at` on, in `into` if that is given; rejects `integrity` when the file has become shorter. */
  read(at: number, length: number, into?: Buffer): Promise<Buffer>;
  /** Harmless when repeated. */
  close(): Promise<void>;
}

/**
 * Opens a regular file. A link, a pipe or a device is refused without touching it, and so is a file that was put in
 * place between the look and the opening (RELIABILITY F-67). Rejects `not-found`, `invalid` or `disk`.
 */
export async function openByteFile(path: string, name: string = basename(path)): Promise<ByteFile> {
  let handle: FileHandle | undefined;
  try {
    const seen = await lstat(path, { bigint: true });
    if (!seen.isFile()) throw fileError('invalid', name, 'is not a regular file');
    // a pipe that took the place of the file would otherwise block the opening; Windows has neither flag
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const opened = await handle.stat({ bigint: true });
    if (!opened.isFile() || opened.ino !== seen.ino || opened.dev !== seen.dev) {
      throw fileError('invalid', name, 'was replaced while it was opened');
    }
    return new OpenByteFile(handle, path, name, Number(opened.size));
  } catch (thrown) {
    await handle?.close();
    throw readError(thrown, name);
  }
}

class OpenByteFile implements ByteFile {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly #handle: FileHandle;
  #isClosed = false;

  constructor(handle: FileHandle, path: string, name: string, sizeBytes: number) {
    this.#handle = handle;
    this.path = path;
    this.name = name;
    this.sizeBytes = sizeBytes;
  }

  async read(at: number, length: number, into?: Buffer): Promise<Buffer> {
    const bytes = into ?? Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#readSome(bytes, filled, at + filled);
      if (bytesRead === 0)
        throw fileError('integrity', this.name, `ends at byte ${at + filled}, before its content does`);
      filled += bytesRead;
    }
    return bytes;
  }

  async #readSome(bytes: Buffer, offset: number, position: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, offset, bytes.byteLength - offset, position);
    } catch (thrown) {
      throw readError(thrown, this.name);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#handle.close();
  }
}

/** Gives the bytes from `start` up to but without `end` to a tap. */
export async function pour(file: ByteFile, start: number, end: number, tap: Tap): Promise<void> {
  for (let at = start; at < end; at += pieceBytes) {
    const sizeBytes = Math.min(pieceBytes, end - at);
    await tap.write(await file.read(at, sizeBytes, tap.lend(sizeBytes)));
  }
}

/** A part of a file as if it were one; closing it leaves the file open. */
export function partOf(file: ByteFile, from: number, sizeBytes: number): ByteFile {
  const read: ByteFile['read'] = (at, length, into) => file.read(from + at, length, into);
  return { name: file.name, path: file.path, sizeBytes, read, close: async () => {} };
}
