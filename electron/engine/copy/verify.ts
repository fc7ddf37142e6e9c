import type { ImageVerification } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest } from '../../oci/digest.ts';
import { Digester } from '../content/digester.ts';
import type { Clock } from '../kernel/clock.ts';
import { asCopyError, copyError, type CopyError, failureOf } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { PatienceLimits } from '../kernel/patience.ts';
import { walkGraph } from '../plan/graph.ts';
import type { Source } from '../ports/places.ts';
import { download, type DownloadTarget } from './download.ts';

const blobsAtOnce = 4;

/** Reads an image whole and hashes all of it; gives what is wrong. Rejects when its manifests cannot be had. */
export async function verifyImage(
  source: Source,
  name: { readonly tag: string } | { readonly digest: Digest },
  received: (bytes: number) => void,
  deps: { readonly clock: Clock; readonly limits: PatienceLimits },
  signal: AbortSignal,
): Promise<ImageVerification> {
  const root = await source.manifest(name, signal);
  const graph = await walkGraph(source, root, signal);
  const problems: CopyError[] = [];
  await mapLimited(graph.blobs, blobsAtOnce, async (blob) => {
    try {
      const target = new HashTarget(blob);
      // there is nothing of an empty blob to download, but it has to be there
      if (blob.size === 0) await source.read(blob, 0, target, signal);
      await download(source, target, received, deps.limits, deps.clock, signal);
      target.check();
    } catch (thrown) {
      const error = asCopyError(thrown, { side: 'source', op: 'blob.verify', subject: blob.digest });
      if (signal.aborted) throw error;
      problems.push(error);
    }
  });
  return {
    digest: root.descriptor.digest,
    manifests: graph.manifests.length,
    blobs: graph.blobs.length,
    bytes: graph.blobs.reduce((sum, blob) => sum + blob.size, 0),
    problems: problems.map(failureOf),
  };
}

/** Hashes a blob and keeps nothing of it. */
class HashTarget implements DownloadTarget {
  readonly descriptor: Descriptor;
  readonly #digester: Digester;

  constructor(descriptor: Descriptor) {
    this.descriptor = descriptor;
    this.#digester = new Digester(algorithmOf(descriptor.digest));
  }

  get receivedBytes(): number {
    return this.#digester.sizeBytes;
  }

  write(chunk: Uint8Array): boolean {
    this.#digester.update(chunk);
    if (this.receivedBytes >= this.descriptor.size) this.check();
    return true;
  }

  /** Throws unless all bytes came and are the right ones. */
  check(): void {
    const { size, digest } = this.descriptor;
    if (this.receivedBytes === size && this.#digester.digest() === digest) return;
    throw copyError('integrity', {
      side: 'source',
      op: 'blob.verify',
      subject: digest,
      message: `blob ${digest} holds other bytes than its digest says`,
      hint: 'source-corrupt',
    });
  }
}
