import type { Descriptor } from '../../oci/descriptor.ts';
import { formatReference } from '../../oci/reference.ts';
import type { ResolvedManifest } from '../ports/places.ts';

/** Everything below one manifest, each piece once; what `plan` finds when it walks an image. */
export interface ImageGraph {
  readonly root: ResolvedManifest;
  /** All manifests, the root among them. */
  readonly manifests: readonly ResolvedManifest[];
  readonly blobs: readonly Descriptor[];
}

/** An image that is to be written into a file, and what it is called there. */
export interface ImageToWrite {
  readonly host: string;
  readonly path: string;
  /** Without one it is known by its digest alone, as signatures and other referrers are. */
  readonly tag?: string;
  /** What `org.opencontainers.image.ref.name` is to say instead of the tag, as in `oci:DIR:NAME`. */
  readonly refName?: string;
  readonly graph: ImageGraph;
}

/** `host/path:tag`, or `host/path@digest` without a tag. */
export function nameOf({ host, path, tag, graph }: ImageToWrite): string {
  const { digest } = graph.root.descriptor;
  return formatReference({ host, path, ...(tag === undefined ? { digest } : { tag }) });
}
