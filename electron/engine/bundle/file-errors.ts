import { copyError, CopyError, type ErrorFacts } from '../kernel/errors.ts';
import type { ErrorKind } from '../../contract/errors.ts';

/** An error about a file that images are read from; `file` is its name as people see it. */
export function fileError(kind: ErrorKind, file: string, message: string, facts: Partial<ErrorFacts> = {}): CopyError {
  return copyError(kind, { side: 'source', op: 'file.read', subject: file, message: `${file} ${message}`, ...facts });
}

/** What the file system refused to give, as a CopyError; one that already is stays as it is. `file` is a name as people see it. */
export function readError(thrown: unknown, file: string): CopyError {
  if (thrown instanceof CopyError) return thrown;
  const code = codeOf(thrown);
  const facts = { side: 'source', op: 'file.read', subject: file, cause: thrown } as const;
  const message = `reading ${file}: ${sentences.get(code) ?? (code || String(thrown))}`;
  if (code === '') return copyError('internal', { ...facts, message });
  if (code === 'ENOENT' || code === 'ENOTDIR') return copyError('not-found', { ...facts, message });
  return copyError('disk', { ...facts, message, advice: { do: 'ask' } });
}

/** The code of a system error; empty when it is none. */
export function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return '';
  return typeof thrown.code === 'string' ? thrown.code : '';
}

const sentences: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such folder'],
  ['ELOOP', 'it is a symbolic link'],
  ['EACCES', 'access is denied'],
  ['EPERM', 'access is denied'],
  ['EIO', 'the disk reports a fault'],
  ['EMFILE', 'too many files are open'],
]);
