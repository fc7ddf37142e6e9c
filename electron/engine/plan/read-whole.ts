import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf } from '../../oci/digest.ts';
import { digestOf } from '../content/digest-of.ts';
import { copyError } from '../kernel/errors.ts';
import type { Source } from '../ports/places.ts';

/** All bytes of a small blob, checked; for looking into configs, not for copying. */
export async function readWhole(source: Source, blob: Descriptor, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const wrong = (what: string) =>
    copyError('integrity', {
      side: 'source',
      op: 'blob.get',
      subject: blob.digest,
      message: `source ${source.host} sent ${what} for ${blob.digest} of ${source.path}`,
    });
  await source.read(
    blob,
    0,
    {
      write: (chunk) => {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > blob.size) throw wrong('too many bytes');
        chunks.push(chunk);
        return true;
      },
    },
    signal,
  );
  const bytes = Buffer.concat(chunks);
  if (bytes.byteLength !== blob.size || digestOf(bytes, algorithmOf(blob.digest)) !== blob.digest)
    throw wrong('other bytes');
  return bytes;
}
