/** Tar counts in blocks of this many bytes. */
export const blockBytes = 512;
/** What ends a tar: two blocks of zeros. */
export const endBytes: number = 2 * blockBytes;
const mostInOctal = 8 ** 11 - 1;
const longestName = 100;

/** Bytes from a content's end to the next block. */
export function paddingOf(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

/** Bytes that an entry takes in a tar: header, content and padding. */
export function tarBytesOf(name: string, sizeBytes: number): number {
  return tarHeader(name, sizeBytes).byteLength + sizeBytes + paddingOf(sizeBytes);
}

/**
 * The header of a regular file: the same bytes for the same name and size, always. Mode 0644, no owner, no time.
 * POSIX.1-2001 "ustar"; a name longer than 100 characters or a size of 8 GiB and more goes into a pax header before it.
 */
export function tarHeader(name: string, sizeBytes: number): Buffer {
  const records: string[] = [];
  if (name.length > longestName) records.push(paxRecord('path', name));
  if (sizeBytes > mostInOctal) records.push(paxRecord('size', String(sizeBytes)));
  const plain = ustarBlock(name.slice(0, longestName), Math.min(sizeBytes, mostInOctal), '0');
  if (records.length === 0) return plain;
  const body = Buffer.from(records.join(''), 'ascii');
  const head = ustarBlock('pax', body.byteLength, 'x');
  return Buffer.concat([head, body, Buffer.alloc(paddingOf(body.byteLength)), plain]);
}

function ustarBlock(name: string, sizeBytes: number, type: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, 'ascii');
  block.write('0000644\0', 100, 'ascii');
  block.write('0000000\0', 108, 'ascii');
  block.write('0000000\0', 116, 'ascii');
  block.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124, 'ascii');
  block.write('00000000000\0', 136, 'ascii');
  block.write('        ', 148, 'ascii');
  block.write(type, 156, 'ascii');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return block;
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

/** The sum over a header block, with its checksum field taken as spaces. */
export function sumOf(block: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < blockBytes; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
  return sum;
}
