// The two globals of this layer: every environment that runs JavaScript has them, and no `lib` without DOM or Node names them.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

import { OciError } from './oci-error.ts';

/** The text in `bytes`; throws OciError when they are not UTF-8. A byte order mark stays, so that JSON refuses it. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new OciError('document is not UTF-8');
  }
}

/** The UTF-8 bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
