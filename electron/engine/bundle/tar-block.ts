import { OciError, quoted } from '../../oci/oci-error.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { blockBytes, sumOf } from './tar-header.ts';

/** What a header block says stands behind it. */
export type TarType = 'file' | 'folder' | 'link' | 'other' | 'pax' | 'pax-global' | 'long-name' | 'long-link';

/** One header block of somebody's tar. */
export interface TarBlock {
  readonly name: string;
  readonly type: TarType;
  /** Bytes of content that follow. */
  readonly sizeBytes: number;
  readonly linkName: string;
}

/** What a pax header changes of the header behind it. */
export interface PaxChanges {
  readonly path?: string;
  readonly linkPath?: string;
  readonly sizeBytes?: number;
}

const types: ReadonlyMap<string, TarType> = new Map([
  ['\0', 'file'],
  ['0', 'file'],
  ['7', 'file'],
  ['2', 'link'],
  ['5', 'folder'],
  ['x', 'pax'],
  ['g', 'pax-global'],
  ['L', 'long-name'],
  ['K', 'long-link'],
]);

/** True for a block of zeros, which ends a tar. */
export function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** Reads a header block: ustar, GNU's and older ones; throws OciError. */
export function parseTarBlock(block: Buffer): TarBlock {
  const stated = octalIn(block, 148, 8, 'checksum');
  if (stated !== sumOf(block)) throw new OciError('tar header has a wrong checksum');
  const letter = String.fromCharCode(block[156] ?? 0);
  if (letter === 'S') throw new OciError('tar has a sparse file', 'unsupported');
  const ustar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = ustar ? textIn(block, 345, 155) : '';
  const name = textIn(block, 0, 100);
  const full = prefix === '' ? name : `${prefix}/${name}`;
  const type = types.get(letter) ?? 'other';
  return {
    name: full,
    // before POSIX a folder was a file whose name ends so
    type: letter === '\0' && full.endsWith('/') ? 'folder' : type,
    sizeBytes: hasNoContent(letter) ? 0 : sizeIn(block),
    linkName: textIn(block, 157, 100),
  };
}

/** Links, devices, folders and pipes have no content, whatever their size field says. */
function hasNoContent(letter: string): boolean {
  return letter >= '1' && letter <= '6';
}

/** The changes in the records of a pax header; throws OciError on doubled, broken or sparse ones. */
export function parsePax(body: Buffer): PaxChanges {
  const seen = new Map<string, string>();
  for (let at = 0; at < body.byteLength; ) {
    const space = body.indexOf(0x20, at);
    const digits = space < 0 ? '' : body.toString('latin1', at, space);
    const length = /^[1-9][0-9]{0,6}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = body.indexOf(0x3d, space);
    if (length === 0 || end > body.byteLength || body[end - 1] !== 0x0a || equals < 0 || equals >= end)
      throw new OciError('tar has a broken pax header');
    const key = body.toString('latin1', space + 1, equals);
    if (key.startsWith('GNU.sparse.')) throw new OciError('tar has a sparse file', 'unsupported');
    if (seen.has(key)) throw new OciError(`tar has the pax record ${quoted(key)} twice`);
    const isRead = key === 'path' || key === 'linkpath' || key === 'size';
    seen.set(key, isRead ? decodeUtf8(body.subarray(equals + 1, end - 1)) : '');
    at = end;
  }
  const [path, linkPath, size] = [seen.get('path'), seen.get('linkpath'), seen.get('size')];
  if (size !== undefined && !/^[0-9]{1,15}$/.test(size)) throw new OciError(`tar has the size ${quoted(size)}`);
  return {
    ...(path ? { path } : {}),
    ...(linkPath ? { linkPath } : {}),
    ...(size ? { sizeBytes: Number(size) } : {}),
  };
}

function sizeIn(block: Buffer): number {
  const first = block[124] ?? 0;
  if (first < 0x80) return octalIn(block, 124, 12, 'size');
  // GNU writes sizes of 8 GiB and more as a big-endian number behind this bit; 0xff begins a negative one
  const value = block.readBigUInt64BE(128);
  const isSmall = first === 0x80 && block.readUIntBE(125, 3) === 0 && value <= BigInt(Number.MAX_SAFE_INTEGER - 1e6);
  if (!isSmall) throw new OciError('tar has an absurd size');
  return Number(value);
}

function octalIn(block: Buffer, at: number, length: number, what: string): number {
  const text = block
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/, '')
    .replace(/^ +/, '');
  if (!/^[0-7]*$/.test(text)) throw new OciError(`tar has the ${what} ${quoted(text)}`);
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function textIn(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, Math.min(at + length, blockBytes));
  const end = field.indexOf(0);
  const bytes = end < 0 ? field : field.subarray(0, end);
  // old tools wrote names in any encoding; a name that is no UTF-8 cannot be one we look for
  return bytes.toString('latin1');
}
