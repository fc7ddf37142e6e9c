import { type Digest, parseDigest } from '../../oci/digest.ts';
import { asObject, optionalString, optionalStrings, refuseLookalikes } from '../../oci/fields.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';

/** What a site holds already, carried back so that the next bundle is small. */
export interface Receipt {
  readonly host: string;
  /** The part of the host it was made of; empty for all of it. */
  readonly prefix: string;
  /** When it was made, as ISO 8601 writes it. */
  readonly date: string;
  readonly digests: ReadonlySet<Digest>;
}

/** The most bytes a receipt may have. */
export const maxReceiptBytes: number = 64 * 1024 * 1024;
const format = 'image-ferry-receipt/1';
const mostDigests = 800_000;
const known: ReadonlySet<string> = new Set(['format', 'host', 'prefix', 'date', 'digests']);

/** The bytes of a receipt: digests sorted, one a line. */
export function writeReceipt({ host, prefix, date, digests }: Receipt): Uint8Array {
  const document = { format, host, prefix, date, digests: [...digests].sort() };
  return encodeUtf8(`${JSON.stringify(document, undefined, 1)}\n`);
}

/** The receipt in its bytes; throws OciError. */
export function parseReceipt(bytes: Uint8Array): Receipt {
  if (bytes.byteLength > maxReceiptBytes) throw new OciError(`receipt is larger than ${maxReceiptBytes} bytes`);
  const object = asObject(parseStrictJson(decodeUtf8(bytes)), 'receipt');
  refuseLookalikes(object, known, 'receipt');
  const named = optionalString(object, 'format') ?? '';
  if (named !== format) throw new OciError(`receipt has the format ${quoted(named)}`, 'unsupported');
  const texts = optionalStrings(object, 'digests') ?? [];
  if (texts.length > mostDigests) throw new OciError(`receipt has more than ${mostDigests} digests`);
  return {
    host: shortText(optionalString(object, 'host')),
    prefix: shortText(optionalString(object, 'prefix')),
    date: shortText(optionalString(object, 'date')),
    digests: new Set(texts.map(parseDigest)),
  };
}

function shortText(text = ''): string {
  if (text.length > 255) throw new OciError(`receipt has the text ${quoted(text)}`);
  return text;
}
