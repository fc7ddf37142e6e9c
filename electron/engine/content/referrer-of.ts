import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { ManifestDocument } from '../../oci/manifest.ts';

/** How a manifest that has a subject is listed among that subject's referrers (distribution-spec v1.1.1, "Listing Referrers"). */
export function referrerOf(document: ManifestDocument, digest: Digest): Descriptor {
  const config = document.kind === 'manifest' ? document.config?.mediaType : undefined;
  const artifactType = document.artifactType ?? config;
  return {
    mediaType: document.mediaType,
    digest,
    size: document.raw.byteLength,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
  };
}
