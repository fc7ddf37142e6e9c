import { mediaTypes } from '../../../electron/oci/media-types.ts';

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

const types = mediaTypes;
/** The media types that the shapes are made of. */
export const [oci, index, docker, list] = [types.ociManifest, types.ociIndex, types.dockerManifest, types.dockerList];
/** The types of configs and of the artifact manifest that was withdrawn. */
export const [ociConfig, dockerConfig, artifact] = [types.ociConfig, types.dockerConfig, types.ociArtifactManifest];
/** The types of compressed layers. */
export const [gzip, dockerGzip] = [
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
];

let count = 0;

/** A descriptor of content that no other descriptor names. */
export function described(mediaType: string, more: object = {}): object {
  count++;
  return { mediaType, digest: `sha256:${count.toString(16).padStart(64, '0')}`, size: count, ...more };
}

/** An OCI manifest with a config and layers. */
export function image(config: object, layers: readonly object[], more: object = {}): object {
  return { schemaVersion: 2, mediaType: oci, config, layers, ...more };
}
