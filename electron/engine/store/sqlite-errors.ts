import { type CopyError, CopyError as KnownError, copyError } from '../kernel/errors.ts';

/** Thrown inside the store when the file is not the database it should be; it never leaves the store. */
export class DamageError extends Error {
  override readonly name = 'DamageError';
}

/** SQLite's own name of what went wrong; undefined for everything else. */
export function sqliteCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  return thrown.code.startsWith('SQLITE_') ? thrown.code : undefined;
}

/** True when another connection is in the way. */
export function isBusy(thrown: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/.test(sqliteCode(thrown) ?? '');
}

/** True when the file's contents are wrong. */
export function isDamage(thrown: unknown): boolean {
  return thrown instanceof DamageError || /^SQLITE_(?:CORRUPT|NOTADB|FORMAT)/.test(sqliteCode(thrown) ?? '');
}

/** What SQLite or the file system threw, as an error of this machine's disk. */
export function storeError(thrown: unknown, op: string, path: string): CopyError {
  if (thrown instanceof KnownError) return thrown;
  const facts = { side: 'local', op, subject: path, cause: thrown } as const;
  const code = sqliteCode(thrown) ?? '';
  if (isBusy(thrown)) {
    const message = `another program holds the history ${path}`;
    return copyError('disk', { ...facts, message, advice: { do: 'again' } });
  }
  if (isDamage(thrown)) {
    const message = `the history ${path} is damaged; it is set aside and begun anew when Image Ferry next starts alone`;
    return copyError('disk', { ...facts, message, advice: { do: 'ask' } });
  }
  const isOurFault = /^SQLITE_(?:ERROR|CONSTRAINT|MISUSE|RANGE|MISMATCH|SCHEMA)/.test(code);
  if (isOurFault || (code === '' && !(thrown instanceof Error && 'syscall' in thrown))) {
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return copyError('internal', { ...facts, message: `the history ${path} refused a change: ${text}` });
  }
  const message =
    code === 'SQLITE_FULL' ? `no room left for the history ${path}` : `the history ${path} cannot be read or written`;
  return copyError('disk', { ...facts, message, advice: { do: 'ask' } });
}
