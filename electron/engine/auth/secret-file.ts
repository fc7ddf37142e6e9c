import { open } from 'node:fs/promises';
import { OciError } from '../../oci/oci-error.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { type CopyError, copyError } from '../kernel/errors.ts';

const mostBytes = 1024 * 1024;

/** The text of a file that holds credentials, without a byte order mark; undefined when there is none; throws CopyError. */
export async function readSecretFile(file: string, signal: AbortSignal): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readBounded(file, signal);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    if (code === 'ENOENT') return undefined;
    throw fileError(file, `cannot be read: ${code}`);
  }
  if (bytes.byteLength > mostBytes) throw fileError(file, `is larger than ${mostBytes} bytes`);
  return withFileName(file, () => decodeUtf8(bytes).replace(/^\ufeff/, ''));
}

/** What `read` gives; its OciError becomes a CopyError that names the file. */
export function withFileName<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof OciError) throw fileError(file, `is malformed: ${thrown.message}`);
    throw thrown;
  }
}

/** The error for a credential file; `problem` must not hold anything of its values. */
export function fileError(file: string, problem: string): CopyError {
  return copyError('invalid', { side: 'local', op: 'credentials.read', subject: file, message: `${file} ${problem}` });
}

async function readBounded(file: string, signal: AbortSignal): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Read to the end and not to the size, which is 0 for a pipe: --auth <(decrypt auth.yaml)
    while (bytes <= mostBytes) {
      signal.throwIfAborted();
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(64 * 1024));
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}
