import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';

/** What one repository of the memory library holds; the bytes are elsewhere. */
export interface MemoryRepository {
  readonly blobs: Set<Digest>;
  readonly manifests: Map<Digest, MemoryManifest>;
  readonly tags: Map<string, Digest>;
}

/** What is kept of a manifest besides its bytes. */
export interface MemoryManifest {
  readonly mediaType: string;
  readonly subject: Digest | undefined;
  readonly referrer: Descriptor;
}

/** A repository with nothing in it. */
export function emptyRepository(): MemoryRepository {
  return { blobs: new Set(), manifests: new Map(), tags: new Map() };
}

/** True when nothing is left in it. */
export function isEmpty(repository: MemoryRepository): boolean {
  return repository.blobs.size === 0 && repository.manifests.size === 0;
}
