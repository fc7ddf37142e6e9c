import { type Digest, parseDigest } from '../../oci/digest.ts';
import { asObject, field, optionalString } from '../../oci/fields.ts';
import { OciError } from '../../oci/oci-error.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { blockBytes, tarHeader } from './tar-header.ts';

/** What every volume of a bundle says of itself in its first entry. */
export interface VolumeHeader {
  /** The digest of the list of contents: the same in all volumes of a set, and in no other. */
  readonly set: Digest;
  /** From 1. */
  readonly volume: number;
  readonly of: number;
}

/** Bytes of the first entry of a volume. */
export const volumeHeaderBytes: number = 2 * blockBytes;
/** The most volumes a bundle may have. */
export const mostVolumes = 999;
const namePrefix = 'image-ferry/volume-';

/** The first entry of a volume: always two blocks. */
export function writeVolumeHeader(header: VolumeHeader): Buffer {
  const text = JSON.stringify({ format: 'image-ferry-volume/1', ...header });
  const name = `${namePrefix}${numberOf(header.volume)}-of-${numberOf(header.of)}.json`;
  return Buffer.concat([tarHeader(name, blockBytes), Buffer.from(`${text.padEnd(blockBytes - 1)}\n`, 'ascii')]);
}

/** The number as file names carry it, so that they sort: `007`. */
export function numberOf(volume: number): string {
  return String(volume).padStart(3, '0');
}

/** What the first blocks of a file say; undefined when they are no volume's. Throws OciError when they are a broken one's. */
export function parseVolumeHeader(bytes: Buffer): VolumeHeader | undefined {
  if (bytes.toString('latin1', 0, namePrefix.length) !== namePrefix) return undefined;
  if (bytes.byteLength < volumeHeaderBytes) throw new OciError('volume is cut off inside its header');
  const object = asObject(parseStrictJson(decodeUtf8(bytes.subarray(blockBytes, volumeHeaderBytes))), 'volume header');
  const [volume, of] = [field(object, 'volume'), field(object, 'of')];
  const isCount = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostVolumes;
  if (!isCount(volume) || !isCount(of) || volume > of) throw new OciError('volume header has no valid number');
  const header = { set: parseDigest(optionalString(object, 'set') ?? ''), volume, of };
  // whatever reads well and was not written like this has been changed
  if (!writeVolumeHeader(header).equals(bytes.subarray(0, volumeHeaderBytes))) {
    throw new OciError('volume header is not as it was written');
  }
  return header;
}
