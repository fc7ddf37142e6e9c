import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';

/** A folder that goes into an archive under a name. */
export interface ZipPart {
  readonly folder: string;
  /** With slashes; its files lie under it. */
  readonly under: string;
}

const deflate = promisify(deflateRaw);
const madeByUnix = 0x0314;
const needs = 20;
const namesAreUtf8 = 0x0800;
const deflated = 8;
const regularFile = 0o100644;

/** Writes an archive that Explorer opens: no links, no rights, no file above 4 GiB. Seconds since 1970 for all its files. */
export async function writeZip(file: string, parts: readonly ZipPart[], seconds: number): Promise<void> {
  const handle = await open(file, 'w');
  try {
    let offset = 0;
    const directory: Buffer[] = [];
    for (const { path, name } of await filesOf(parts)) {
      const { common, packed } = await pack(path, name, seconds);
      await append(handle, [word32(0x04034b50), common, Buffer.from(name), packed]);
      const attributes = Buffer.concat([word32(0), word16(0), word32(regularFile * 0x10000), word32(offset)]);
      directory.push(word32(0x02014b50), word16(madeByUnix), common, attributes, Buffer.from(name));
      offset += 4 + common.length + Buffer.byteLength(name) + packed.length;
    }
    const count = word16(directory.length / 5);
    const index = Buffer.concat(directory);
    const end = [word32(0x06054b50), word32(0), count, count, word32(index.length), word32(offset), word16(0)];
    await append(handle, [index, ...end]);
  } finally {
    await handle.close();
  }
}

async function filesOf(parts: readonly ZipPart[]): Promise<readonly { path: string; name: string }[]> {
  const found = parts.map(async ({ folder, under }) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, name: `${under}/${relative(folder, path).split(sep).join('/')}` }));
  });
  return (await Promise.all(found)).flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The packed bytes, and what is said of them before them and in the index alike. */
async function pack(path: string, name: string, seconds: number): Promise<{ common: Buffer; packed: Buffer }> {
  const bytes = await readFile(path);
  const packed = await deflate(bytes, { level: 9 });
  const sizes = [word32(crc32(bytes)), word32(packed.length), word32(bytes.length)];
  const head = [word16(needs), word16(namesAreUtf8), word16(deflated), dosTime(new Date(seconds * 1000)), ...sizes];
  return { common: Buffer.concat([...head, word16(Buffer.byteLength(name)), word16(0)]), packed };
}

function dosTime(time: Date): Buffer {
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  const day = ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  return Buffer.concat([word16(clock), word16(day)]);
}

async function append(handle: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) await handle.appendFile(piece);
}

function word16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function word32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
