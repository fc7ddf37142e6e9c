/** A manifest as some tool writes it, and what it should be read as. */
export interface Shape {
  readonly name: string;
  /** The header of the answer; undefined when the registry sends none. */
  readonly contentType?: string;
  readonly document: object;
  readonly reads:
    | { readonly kind: 'manifest' | 'index'; readonly mediaType: string; readonly children: number }
    | { readonly refused: 'invalid' | 'unsupported' | 'schema1' };
}

export const oci = 'application/vnd.oci.image.manifest.v1+json';
export const index = 'application/vnd.oci.image.index.v1+json';
export const docker = 'application/vnd.docker.distribution.manifest.v2+json';
export const list = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const artifact = 'application/vnd.oci.artifact.manifest.v1+json';
export const ociConfig = 'application/vnd.oci.image.config.v1+json';
export const dockerConfig = 'application/vnd.docker.container.image.v1+json';
export const gzip = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const dockerGzip = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

let count = 0;

/** A descriptor of content that no other descriptor names. */
export function described(mediaType: string, more: object = {}): object {
  count++;
  return { mediaType, digest: `sha256:${count.toString(16).padStart(64, '0')}`, size: count, ...more };
}

export const image = (config: object, layers: readonly object[], more: object = {}): object => ({
  schemaVersion: 2,
  mediaType: oci,
  config,
  layers,
  ...more,
});
