import { readFile, stat } from 'node:fs/promises';
import { copyError, type CopyError } from '../engine/engine.ts';

const mostBytes = 4 * 1024 * 1024;

/** The text of a file that an operator names; throws CopyError of kind `invalid`. `what` names it in messages: `the CA file`. */
export async function readTextFile(file: string, what: string): Promise<string> {
  let sizeBytes: number;
  try {
    sizeBytes = (await stat(file)).size;
    if (sizeBytes <= mostBytes) return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw fileError(file, what, `cannot be read${code}`, cause);
  }
  throw fileError(file, what, `is larger than ${mostBytes} bytes`);
}

/** What is wrong with such a file. */
export function fileError(file: string, what: string, problem: string, cause?: unknown): CopyError {
  return copyError('invalid', {
    side: 'local',
    op: 'file.read',
    subject: file,
    message: `${what} ${file} ${problem}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
