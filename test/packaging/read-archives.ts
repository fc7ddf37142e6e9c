import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';

/** Every file of a zip file by its name, read by the index at its end. */
export async function readZip(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const bytes = await readFile(file);
  const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  const files = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, size, nameLength] = [
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 24),
      bytes.readUInt16LE(at + 28),
    ];
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(start, start + packed));
    if (content.length !== size) throw new Error('a file of the archive has not the size it says');
    files.set(bytes.toString('utf8', at + 46, at + 46 + nameLength), content);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

interface AsarEntry {
  readonly files?: Readonly<Record<string, AsarEntry>>;
  readonly unpacked?: boolean;
  readonly offset?: string;
  readonly size?: number;
  readonly integrity?: { readonly algorithm: string; readonly hash: string };
}

/** A file in Electron's archive. */
export interface AsarFile {
  /** Undefined for what lies beside the archive. */
  readonly content: Buffer | undefined;
  /** SHA-256 of it, as the archive says. */
  readonly hash: string | undefined;
}

/** Electron's archive: its files by their paths, and SHA-256 of its index, which is what the program is given to check. */
export function readAsar(bytes: Buffer): {
  readonly files: ReadonlyMap<string, AsarFile>;
  readonly headerHash: string;
} {
  // two pickles: a length, and a string that is its own length and then the index
  const start = 8 + bytes.readUInt32LE(4);
  const header = bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12));
  const files = new Map<string, AsarFile>();
  const visit = (entry: AsarEntry, path: string): void => {
    for (const [name, child] of Object.entries(entry.files ?? {})) visit(child, path === '' ? name : `${path}/${name}`);
    if (entry.files !== undefined) return;
    const at = start + Number(entry.offset);
    const content = entry.unpacked === true ? undefined : bytes.subarray(at, at + (entry.size ?? 0));
    files.set(path, { content, hash: entry.integrity?.hash });
  };
  visit(JSON.parse(header), '');
  return { files, headerHash: createHash('sha256').update(header).digest('hex') };
}
