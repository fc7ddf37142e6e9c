import { randomBytes } from 'node:crypto';
import type { ErrorKind } from '../../contract/errors.ts';
import type { Disk } from '../kernel/disk.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';

const mostBytes = 16 * 1024 * 1024;

/** The bytes of a vault's file; undefined when there is none. */
export async function readVaultFile(disk: Disk, file: string, signal: AbortSignal): Promise<Buffer | undefined> {
  const found = await disk.stat(file);
  if (found === undefined) return undefined;
  if (found.kind !== 'file' || found.sizeBytes > mostBytes) throw vaultError('invalid', file, 'is no vault');
  const opened = await disk.open(file, 'read', signal);
  try {
    const bytes = Buffer.alloc(found.sizeBytes);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) {
      read = await opened.read(bytes.subarray(length), length);
    }
    return bytes.subarray(0, length);
  } finally {
    await opened.close();
  }
}

/** Puts `bytes` in the place of a vault's file: whoever looks, even after a loss of power, finds the old ones or the new ones. */
export async function replaceVaultFile(
  disk: Disk,
  file: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  await disk.makeFolder('.');
  const aside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const opened = await disk.open(aside, 'create', signal);
    try {
      await opened.write([bytes], 0);
      await opened.sync();
    } finally {
      await opened.close();
    }
    await disk.rename(aside, file, signal);
  } catch (thrown) {
    // what went wrong before matters more than what was left behind
    await disk.unlink(aside, new AbortController().signal).catch(() => {});
    throw thrown;
  }
  await disk.syncFolder('.', signal);
}

/** An error about a file of the vault; `problem` must not hold anything of its content. */
export function vaultError(kind: ErrorKind, file: string, problem: string, cause?: unknown): CopyError {
  return copyError(kind, { side: 'local', op: 'vault', subject: file, message: `${file} ${problem}`, cause });
}
