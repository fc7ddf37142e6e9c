import { createCipheriv, createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Content that can be read any number of times and is never whole in memory unless it is small. */
export interface SampleBlob {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
  /** Set on a foreign layer: a registry need not hold it. */
  readonly urls?: readonly string[];
  /** The bytes in pieces, from the start. */
  open(): Iterable<Buffer>;
  /** The whole content; only for blobs known to be small. */
  bytes(): Buffer;
}

/** The media type of a blob that is nothing in particular. */
export const OCTETS = 'application/octet-stream';

const PIECE_BYTES = 65_535; // the longest stored block of deflate

/** Incompressible bytes of exactly that size; the same for the same seed on every machine. */
export function blob(sizeBytes: number, seed: string, mediaType = OCTETS): SampleBlob {
  return fromPieces(() => noise(sizeBytes, seed), mediaType);
}

/** A blob of the given bytes. */
export function blobOf(content: Buffer | string, mediaType = OCTETS): SampleBlob {
  const bytes = Buffer.from(content);
  return fromPieces(() => [bytes], mediaType);
}

/** A layer: a gzipped tar with one file of `sizeBytes` noise; larger than that by its headers. */
export function layerBlob(sizeBytes: number, seed: string, mediaType: string): SampleBlob & { diffId: string } {
  const tar = (): Iterable<Buffer> => tarOf(`content-${seed}`, sizeBytes, seed);
  const diff = createHash('sha256');
  const layer = fromPieces(() => gzipStored(see(tar(), diff)), mediaType);
  return { ...layer, diffId: `sha256:${diff.digest('hex')}` };
}

function fromPieces(open: () => Iterable<Buffer>, mediaType: string): SampleBlob {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const piece of open()) {
    hash.update(piece);
    sizeBytes += piece.length;
  }
  const digest = `sha256:${hash.digest('hex')}`;
  return { digest, sizeBytes, mediaType, open: () => openOnce(open), bytes: () => Buffer.concat([...open()]) };
}

function* openOnce(open: () => Iterable<Buffer>): Iterable<Buffer> {
  yield* open();
}

// The hash must see only the first pass, which computes the digest.
function* see(pieces: Iterable<Buffer>, hash: ReturnType<typeof createHash>): Iterable<Buffer> {
  for (const piece of pieces) {
    if (!seen.has(hash)) hash.update(piece);
    yield piece;
  }
  seen.add(hash);
}
const seen = new WeakSet<object>();

/** The key stream of AES in counter mode: fast, without period, the same everywhere. */
function* noise(sizeBytes: number, seed: string): Iterable<Buffer> {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(PIECE_BYTES);
  for (let left = sizeBytes; left > 0; left -= PIECE_BYTES) {
    yield cipher.update(left >= PIECE_BYTES ? zeros : zeros.subarray(0, left));
  }
}

function* tarOf(name: string, sizeBytes: number, seed: string): Iterable<Buffer> {
  const head = Buffer.alloc(512);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  head.write(name.slice(0, 99), 0);
  head.write(octal(0o644, 7), 100);
  head.write(octal(0, 7), 108);
  head.write(octal(0, 7), 116);
  head.write(octal(sizeBytes, 11), 124);
  head.write(octal(0, 11), 136);
  head.write('        0', 148);
  head.write('ustar\x0000', 257, 'latin1');
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  yield head;
  yield* noise(sizeBytes, seed);
  yield Buffer.alloc(((512 - (sizeBytes % 512)) % 512) + 1024);
}

/** Gzip with stored blocks: valid, fast, and independent of any zlib's version. */
function* gzipStored(pieces: Iterable<Buffer>): Iterable<Buffer> {
  yield Buffer.from('1f8b08000000000000ff', 'hex');
  let sum = 0;
  let sizeBytes = 0;
  for (const piece of pieces) {
    sum = crc32(piece, sum);
    sizeBytes += piece.length;
    const head = Buffer.alloc(5);
    head.writeUInt16LE(piece.length, 1);
    head.writeUInt16LE(~piece.length & 0xffff, 3);
    yield head;
    yield piece;
  }
  const tail = Buffer.alloc(13);
  tail.set([1, 0, 0, 0xff, 0xff]);
  tail.writeUInt32LE(sum >>> 0, 5);
  tail.writeUInt32LE(sizeBytes % 2 ** 32, 9);
  yield tail;
}
