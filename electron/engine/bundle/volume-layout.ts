import type { Digest } from '../../oci/digest.ts';
import { algorithmOf, encodedOf } from '../../oci/digest.ts';
import { copyError } from '../kernel/errors.ts';
import { endBytes, paddingOf, tarBytesOf, tarHeader } from './tar-header.ts';
import { mostVolumes, volumeHeaderBytes, writeVolumeHeader } from './volume-header.ts';

/** Something that is to lie in a tar. Only `blob`s may be cut into parts. */
export interface Item {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The content by digest, when it is a blob. */
  readonly blob?: Digest;
}

/** An item, or a part of one, and where it lies in its volume. */
export interface Piece<Of extends Item = Item> {
  readonly item: Of;
  /** Its name in the tar; that of the item unless it is a part. */
  readonly name: string;
  /** Where in the item it begins. */
  readonly from: number;
  readonly size: number;
  /** Where its header and its content begin in the volume. */
  readonly headerAt: number;
  readonly dataAt: number;
}

/** One file of a tar that is cut into several; only the last has an end, so that joined they are one tar. */
export interface Volume<Of extends Item = Item> {
  readonly number: number;
  readonly of: number;
  readonly pieces: readonly Piece<Of>[];
  readonly sizeBytes: number;
}

/** Where a blob lies in an OCI layout (image-spec v1.1.1, "Blobs"). */
export function blobName(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${encodedOf(digest)}`;
}

function partName(digest: Digest, number: number): string {
  return `parts/${algorithmOf(digest)}/${encodedOf(digest)}.${String(number).padStart(4, '0')}`;
}

/**
 * Distributes items over volumes of at most `volumeBytes`, in their order. An item that does not fit begins a new volume; a blob
 * larger than a volume is cut into parts. The result depends on nothing else, and must not change while the format is
 * `image-ferry/1`: readers compute it from the list of contents to know where everything lies.
 * @param hasHeader whether each volume begins with a header of its own
 */
export function layoutVolumes<Of extends Item>(
  items: readonly Of[],
  volumeBytes: number,
  hasHeader: boolean,
): readonly Volume<Of>[] {
  const begin = hasHeader ? volumeHeaderBytes : 0;
  const volumes: Piece<Of>[][] = [[]];
  let at = begin;
  const room = (): number => volumeBytes - endBytes - at;
  const next = (): void => {
    if (volumes.length >= mostVolumes) throw tooSmall(volumeBytes, `it would take more than ${mostVolumes} volumes`);
    volumes.push([]);
    at = begin;
  };
  const put = (item: Of, name: string, from: number, size: number): void => {
    const dataAt = at + tarHeader(name, size).byteLength;
    volumes.at(-1)?.push({ item, name, from, size, headerAt: at, dataAt });
    at = dataAt + size + paddingOf(size);
  };
  for (const item of items) {
    const whole = tarBytesOf(item.name, item.size);
    if (whole > room() && at > begin) next();
    if (whole <= room()) {
      put(item, item.name, 0, item.size);
      continue;
    }
    if (item.blob === undefined) throw tooSmall(volumeBytes, `${item.name} alone has ${item.size} bytes`);
    for (let from = 0, number = 1; from < item.size; number++) {
      if (number > 1) next();
      const name = partName(item.blob, number);
      const fits = Math.floor((room() - tarHeader(name, room()).byteLength) / 512) * 512;
      if (fits <= 0) throw tooSmall(volumeBytes, 'nothing fits into one');
      const size = Math.min(fits, item.size - from);
      put(item, name, from, size);
      from += size;
    }
  }
  return volumes.map((pieces, index) => {
    const last = pieces.at(-1);
    const end = last === undefined ? begin : last.dataAt + last.size + paddingOf(last.size);
    const number = index + 1;
    return { number, of: volumes.length, pieces, sizeBytes: end + (number === volumes.length ? endBytes : 0) };
  });
}

function tooSmall(volumeBytes: number, why: string): Error {
  const message = `volumes of ${volumeBytes} bytes are too small: ${why}`;
  return copyError('invalid', { side: 'local', op: 'export.plan', subject: 'volume size', message });
}

/** One run of bytes in a volume that is not the content of an item: where it begins and what it must be. */
export interface Frame {
  readonly at: number;
  readonly bytes: Buffer;
}

/** Everything in a volume but the contents of its pieces: header, tar headers, paddings, end. */
export function* framesOf(volume: Volume, set: Digest | undefined): Generator<Frame> {
  if (set !== undefined) yield { at: 0, bytes: writeVolumeHeader({ set, volume: volume.number, of: volume.of }) };
  for (const piece of volume.pieces) {
    yield { at: piece.headerAt, bytes: tarHeader(piece.name, piece.size) };
    const padding = paddingOf(piece.size);
    if (padding > 0) yield { at: piece.dataAt + piece.size, bytes: Buffer.alloc(padding) };
  }
  if (volume.number === volume.of) yield { at: volume.sizeBytes - endBytes, bytes: Buffer.alloc(endBytes) };
}
