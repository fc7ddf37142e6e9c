import type { Descriptor } from '../../oci/descriptor.ts';
import { childrenOf, type ManifestDocument } from '../../oci/manifest.ts';
import { isForeignLayerType } from '../../oci/media-types.ts';
import type { Exchange } from './exchange.ts';
import { Refusal, refusal } from './refusal.ts';

/**
 * Refuses a manifest one of whose children the repository does not hold, listing them all. The subject may be absent
 * (distribution-spec v1.1.1, "Pushing Manifests with Subject"), and so may layers that live at their own URLs.
 */
export async function assertClosure(exchange: Exchange, repository: string, document: ManifestDocument): Promise<void> {
  const missing = new Set<string>();
  for (const child of childrenOf(document)) {
    if (document.kind === 'manifest' && isForeignLayerType(child.mediaType)) continue;
    const sizeBytes = await heldBytes(exchange, repository, document, child);
    if (sizeBytes === undefined) missing.add(child.digest);
    else if (sizeBytes !== child.size) {
      throw refusal(400, 'MANIFEST_INVALID', `${child.digest} has ${sizeBytes} bytes, not ${child.size}`);
    }
  }
  if (missing.size === 0) return;
  throw new Refusal(
    400,
    [...missing].map((digest) => ({
      code: 'MANIFEST_BLOB_UNKNOWN',
      message: 'the repository does not hold this content',
      detail: { digest },
    })),
  );
}

/** An index may name manifests and, under types of other tools, blobs. */
async function heldBytes(
  { library, signal }: Exchange,
  repository: string,
  document: ManifestDocument,
  child: Descriptor,
): Promise<number | undefined> {
  if (document.kind === 'index') {
    const manifest = await library.manifest(repository, child.digest, signal);
    if (manifest !== undefined) return manifest.bytes.byteLength;
  }
  return (await library.blob(repository, child.digest, signal))?.sizeBytes;
}
