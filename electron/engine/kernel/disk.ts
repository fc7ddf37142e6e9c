import { copyError, CopyError, type Advice } from './errors.ts';

/** What is at a path. */
export interface DiskEntry {
  readonly kind: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  /** When it was last written or touched, in milliseconds since 1970. */
  readonly touchedMs: number;
}

/** An open file. Offsets and lengths are bytes. */
export interface DiskFile {
  /** Fills `into` from the offset `at`; gives how many bytes came, 0 at the end of the file. */
  read(into: Uint8Array, at: number): Promise<number>;
  /** Writes all pieces, one behind the other, from the offset `at` on. */
  write(pieces: readonly Uint8Array[], at: number): Promise<void>;
  /** Resolves when everything written outlives a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** How a file is opened: to be read, to be read and written as it is, or new and empty. */
export type OpenFor = 'read' | 'change' | 'create';

/**
 * A folder of this machine and what is below it. Paths are relative to it, with `/` between names.
 * Every method must reject with a CopyError `disk` of side `local` whose cause has the errno.
 */
export interface Disk {
  /** Never follows a link in the last name. */
  open(path: string, how: OpenFor, signal: AbortSignal): Promise<DiskFile>;
  /** Gives a file another name. A target that exists is replaced, or the rejection is `conflict` where the system forbids that. */
  rename(from: string, to: string, signal: AbortSignal): Promise<void>;
  /** Deletes a file; one that is not there is no error. */
  unlink(path: string, signal: AbortSignal): Promise<void>;
  /** Resolves when the names in a folder outlive a loss of power, as far as the system can tell. */
  syncFolder(path: string, signal: AbortSignal): Promise<void>;
  /** Makes a folder, and those above it, for its owner only; false when it was there. */
  makeFolder(path: string): Promise<boolean>;
  /** The names in a folder; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  /** What is there, a link not followed; undefined when nothing is. */
  stat(path: string): Promise<DiskEntry | undefined>;
  /** Room of the file system that holds a folder. */
  room(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
  /** Makes a file unwritable by mistake. */
  setReadOnly(path: string): Promise<void>;
  /** Notes that a file was used at `wallMs`. */
  touch(path: string, wallMs: number): Promise<void>;
}

const again: Advice = { do: 'again' };
const ask: Advice = { do: 'ask' };

/** What the system's codes mean, and who can help. */
const meanings: Readonly<Record<string, readonly [text: string, advice: Advice]>> = {
  EACCES: ['access is denied', ask],
  EBUSY: ['another program holds it', again],
  EDQUOT: ['the quota of the disk is used up', ask],
  EIO: ['the disk reports a fault', ask],
  EMFILE: ['too many files are open', again],
  ENFILE: ['too many files are open', again],
  ENOENT: ['it is not there', { do: 'never' }],
  ENOSPC: ['no room is left on the disk', ask],
  EPERM: ['access is denied', ask],
  EROFS: ['the disk is read-only', ask],
};

/** What `thrown` by the system means for `path`, as `disk` of side `local`; `op` such as `file.rename`. */
export function diskError(op: string, path: string, thrown: unknown): CopyError {
  const errno = codeOf(thrown) ?? 'unknown';
  const [text, advice] = meanings[errno] ?? ['the system refused', { do: 'never' }];
  const message = `local ${op} of ${path}: ${text} (${errno})`;
  return copyError('disk', { side: 'local', op, subject: path, message, advice, cause: thrown });
}

/** The errno of a failure of a Disk, such as `ENOSPC`; undefined for any other. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof CopyError ? codeOf(error.cause) : undefined;
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
