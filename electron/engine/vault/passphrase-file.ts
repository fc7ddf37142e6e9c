import { type FileHandle, open } from 'node:fs/promises';
import type { PassphraseSource } from '../ports/vault.ts';
import { vaultError } from './vault-disk.ts';

const mostBytes = 4096;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The passphrase in a file or a pipe, without the line's end; for `IMAGE_FERRY_PASSPHRASE_FILE`. Rejects CopyError `invalid` when
 * it is missing or empty, or when others than its owner may read it. On Windows the folder's permissions decide, and nothing is checked.
 */
export function passphraseFromFile(file: string): PassphraseSource {
  return async (_purpose, signal) => {
    signal.throwIfAborted();
    const handle = await open(file, 'r').catch((cause: unknown) => {
      throw vaultError('invalid', file, 'cannot be opened for a passphrase', cause);
    });
    const bytes = Buffer.alloc(mostBytes + 1);
    try {
      await refuseShared(handle, file);
      return passphraseIn(bytes.subarray(0, await fill(bytes, handle, signal)), file);
    } finally {
      bytes.fill(0);
      await handle.close();
    }
  };
}

function passphraseIn(bytes: Buffer, file: string): Uint8Array<ArrayBuffer> {
  if (bytes.length > mostBytes) throw vaultError('invalid', file, `is longer than ${mostBytes} bytes`);
  let length = bytes.length;
  if (bytes[length - 1] === lineFeed) length--;
  if (bytes[length - 1] === carriageReturn) length--;
  if (length === 0) throw vaultError('invalid', file, 'holds no passphrase');
  return new Uint8Array(bytes.subarray(0, length));
}

/** To the end and not to the size, which is 0 for a pipe. */
async function fill(bytes: Buffer, handle: FileHandle, signal: AbortSignal): Promise<number> {
  let length = 0;
  for (let read = 1; read > 0 && length < bytes.length; length += read) {
    signal.throwIfAborted();
    read = (await handle.read(bytes, length, bytes.length - length, null)).bytesRead;
  }
  return length;
}

/** Looks at what was opened, so that it is what is read. */
async function refuseShared(handle: FileHandle, file: string): Promise<void> {
  const userId = process.getuid?.();
  const found = await handle.stat();
  if (found.isDirectory()) throw vaultError('invalid', file, 'is a folder');
  if (userId === undefined) return;
  if (found.uid !== userId && found.uid !== 0) throw vaultError('invalid', file, 'belongs to another user');
  if ((found.mode & 0o077) !== 0) throw vaultError('invalid', file, 'may be read by other users; its mode must be 600');
}
