/** One entry of a tar; what is not given is as a usual tool writes it. */
export interface TarFileEntry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** The type letter; `0`, a file, if not given. */
  readonly type?: string;
  readonly linkName?: string;
  /** What the size field says, where it lies. */
  readonly size?: number;
  /** The bytes of the size field, where no number can say it. */
  readonly sizeField?: Uint8Array;
  /** Changes the finished header before its checksum is computed. */
  readonly edit?: (header: Buffer) => void;
  /** Writes a wrong checksum. */
  readonly wrongSum?: boolean;
}

/** A tar of the entries, ended by two blocks of zeros unless told otherwise; long names as GNU writes them. */
export function tarFile(entries: readonly TarFileEntry[], end = true): Buffer {
  const long = entries.flatMap((entry) => {
    const isLong = entry.name.length > 100 && entry.edit === undefined;
    return isLong ? [longNameEntry(entry.name), { ...entry, name: 'long' }] : [entry];
  });
  const pieces = long.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '');
    return [headerOf(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...pieces, Buffer.alloc(end ? 1024 : 0)]);
}

/** A pax header with the given records, to stand before the entry it changes. */
export function paxEntry(records: Readonly<Record<string, string>>, type = 'x'): TarFileEntry {
  const content = Object.entries(records).map(([key, value]) => recordOf(key, value));
  return { name: 'pax', type, content: content.join('') };
}

/** A GNU header that gives the next entry a long name (`L`) or link (`K`). */
export function longNameEntry(name: string, type = 'L'): TarFileEntry {
  return { name: '././@LongLink', type, content: `${name}\0` };
}

function recordOf(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return `${length} ${key}=${value}\n`;
}

function headerOf(entry: TarFileEntry, contentBytes: number): Buffer {
  const { name, type = '0', linkName = '', size = contentBytes } = entry;
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write('0000755\0', 100);
  header.write('0001750\0', 108);
  header.write('0001750\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  if (entry.sizeField !== undefined) header.set(entry.sizeField, 124);
  header.write('14000000000\0', 136);
  header.write(type, 156, 1, 'latin1');
  header.write(linkName, 157, 100, 'utf8');
  header.write('ustar\x0000', 257, 'latin1');
  header.write('        ', 148);
  entry.edit?.(header);
  const sum = header.reduce((total, byte) => total + byte, 0) + (entry.wrongSum === true ? 1 : 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
