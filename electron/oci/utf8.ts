// The one global of this layer: every environment that runs JavaScript has it, and no `lib` without DOM or Node names it.
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
