import { type ByteFile, pour } from './byte-file.ts';
import { fileError } from './file-errors.ts';
import { Tap } from './tap.ts';

/** A named run of bytes inside a file, or a file of a folder. */
export interface Entry {
  /** The file or volume it lies in, for messages. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Gives the bytes from `from` up to but without `end`. */
  pour(from: number, end: number, tap: Tap): Promise<void>;
}

/** What a tar or a folder holds. Looked up by expected names only: no name from inside is ever used as a path on a disk. */
export interface Entries {
  /** The file's or folder's name, for messages. */
  readonly name: string;
  /** What a person should know about how it was read. */
  readonly notices: readonly string[];
  /** The regular file of that name, `/` between its parts; undefined when there is none. */
  find(name: string): Promise<Entry | undefined>;
  /** The names directly inside a folder, sorted; empty when there is no such folder. `''` is the root. */
  list(folder: string): Promise<readonly string[]>;
  /** Where a symbolic link of that name points, as it is written; undefined when there is no such link. */
  link(name: string): Promise<string | undefined>;
}

/** What lies below a folder, as if the folder were the root. */
export function entriesIn(entries: Entries, folder: string): Entries {
  const below = (name: string): string => (name === '' ? folder : `${folder}/${name}`);
  return {
    name: entries.name,
    notices: entries.notices,
    find: (name) => entries.find(below(name)),
    list: (name) => entries.list(below(name)),
    link: (name) => entries.link(below(name)),
  };
}

/** A run of bytes of an open file. */
export function entryIn(file: ByteFile, offset: number, sizeBytes: number): Entry {
  return {
    file: file.name,
    sizeBytes,
    pour: (from, end, tap) => pour(file, offset + from, offset + end, tap),
  };
}

/** Bytes that are in memory. */
export function memoryEntry(bytes: Uint8Array, file: string): Entry {
  return {
    file,
    sizeBytes: bytes.byteLength,
    pour: (from, end, tap) => (from < end ? tap.write(bytes.subarray(from, end)) : Promise.resolve()),
  };
}

/** Several runs of bytes as one, in their order. */
export function joinedEntry(parts: readonly Entry[]): Entry {
  const files = [...new Set(parts.map((part) => part.file))];
  return {
    file: files.join(' and '),
    sizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0),
    pour: async (from, end, tap) => {
      let skipped = 0;
      for (const part of parts) {
        const [start, stop] = [Math.max(0, from - skipped), Math.min(part.sizeBytes, end - skipped)];
        if (start < stop) await part.pour(start, stop, tap);
        skipped += part.sizeBytes;
      }
    },
  };
}

/** All bytes of a document that may have at most `maxBytes`; rejects `invalid` when it is larger. */
export async function readEntry(entry: Entry, what: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  if (entry.sizeBytes > maxBytes)
    throw fileError('invalid', entry.file, `has ${what} of ${entry.sizeBytes} bytes; at most ${maxBytes} are read`);
  return readStart(entry, entry.sizeBytes, signal);
}

/** The first bytes of an entry; fewer when it has fewer. */
export async function readStart(entry: Entry, bytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const write = (chunk: Uint8Array): boolean => chunks.push(chunk) > 0;
  await entry.pour(0, Math.min(bytes, entry.sizeBytes), new Tap({ write }, entry.file, signal));
  return Buffer.concat(chunks);
}
