import { createHash } from 'node:crypto';
import { blob, OCTETS, type SampleBlob } from '../../fakes/images.ts';

/** A blob of any size that is one piece of noise over and over: nothing of it but that piece is in memory. */
export function streamBlob(sizeBytes: number, mediaType: string = OCTETS): SampleBlob {
  const piece = blob(256 * 1024, 'one piece').bytes();
  function* open(): Iterable<Buffer> {
    for (let left = sizeBytes; left > 0; left -= piece.length)
      yield left >= piece.length ? piece : piece.subarray(0, left);
  }
  const hash = createHash('sha256');
  for (const part of open()) hash.update(part);
  const bytes = (): Buffer => {
    throw new Error('this blob is not for memory');
  };
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes, mediaType, open, bytes };
}
