/** The media types we name, by the words of image-spec v1.1.1 and Docker's schema 2. */
export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociArtifactManifest: 'application/vnd.oci.artifact.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerAttestation: 'application/vnd.docker.attestation.manifest.v1+json',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  octetStream: 'application/octet-stream',
} as const;

/** The Accept list sent with every manifest request; without it registries convert or answer schema 1 (PROTOCOL 4). */
export const acceptedManifests: string = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
  mediaTypes.ociArtifactManifest,
].join(', ');

const indexes: ReadonlySet<string> = new Set([mediaTypes.ociIndex, mediaTypes.dockerList]);
const manifests: ReadonlySet<string> = new Set([
  mediaTypes.ociManifest,
  mediaTypes.dockerManifest,
  mediaTypes.ociArtifactManifest,
]);

/** True for an image index or a manifest list. */
export function isIndexType(mediaType: string): boolean {
  return indexes.has(mediaType);
}

/** True for a manifest that has a config and layers, or the blobs of an artifact. */
export function isManifestType(mediaType: string): boolean {
  return manifests.has(mediaType);
}

/** True for Docker's schema 1, signed or not: it has no config blob and current registries refuse it. */
export function isSchema1Type(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed;
}

/** True for a config that describes an image's platform. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}

/** True for layers that registries may hold only by `urls` (image-spec v1.1.1, "Non-Distributable Layers"). */
export function isForeignLayerType(mediaType: string): boolean {
  return (
    mediaType.startsWith('application/vnd.docker.image.rootfs.foreign.diff.') ||
    mediaType.startsWith('application/vnd.oci.image.layer.nondistributable.')
  );
}

/** True for header values that say nothing about a manifest, so that its own `mediaType` decides. */
export function isGenericType(mediaType: string): boolean {
  return (
    mediaType === '' ||
    mediaType === 'application/json' ||
    mediaType === mediaTypes.octetStream ||
    mediaType.startsWith('text/')
  );
}

/** A Content-Type header without its parameters, in lower case; empty when there is none. */
export function bareMediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
