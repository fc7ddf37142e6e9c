import { createHash } from 'node:crypto';
import { blobOf, layerBlob, type SampleBlob } from './sample-blob.ts';

export { blob, blobOf, layerBlob, OCTETS, type SampleBlob } from './sample-blob.ts';

/** The media types the samples are made of. */
export const types = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociForeign: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerForeign: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  schema1: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const;

/** Whose media types an image speaks. */
export type Flavour = 'oci' | 'docker';

/** A platform as an index writes it. */
export interface SamplePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

/** What a manifest or an index points with. */
export interface SampleDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly [field: string]: unknown;
}

/** A manifest or an index with all that it needs. */
export interface SampleManifest {
  /** The bytes to push; the digest is theirs. */
  readonly raw: Buffer;
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Config and layers of this manifest, without those of the children. */
  readonly blobs: readonly SampleBlob[];
  /** The manifests of an index. */
  readonly children: readonly SampleManifest[];
  readonly platform?: SamplePlatform;
}

/** The bytes that every "empty" config of an artifact has. */
export const emptyJson = blobOf('{}', types.empty);

/** A blob without a byte. */
export const emptyBlob = blobOf('', types.ociLayer);

/** linux/amd64 */
export const amd64: SamplePlatform = { os: 'linux', architecture: 'amd64' };
/** linux/arm64 */
export const arm64: SamplePlatform = { os: 'linux', architecture: 'arm64' };
/** linux/arm/v7 */
export const armv7: SamplePlatform = { os: 'linux', architecture: 'arm', variant: 'v7' };

/** The descriptor of a blob or a manifest; `extra` adds or replaces fields. */
export function descriptorOf(of: SampleBlob | SampleManifest, extra: object = {}): SampleDescriptor {
  const urls = 'urls' in of && of.urls !== undefined ? { urls: of.urls } : {};
  return { mediaType: of.mediaType, digest: of.digest, size: of.sizeBytes, ...urls, ...extra };
}

/** Seals any document into a manifest; `text` may be JSON text of the caller's own making. */
export function manifestOf(
  document: object | string,
  mediaType: string,
  parts: { blobs?: readonly SampleBlob[]; children?: readonly SampleManifest[]; platform?: SamplePlatform } = {},
): SampleManifest {
  // Three spaces: nobody who writes the document anew will get the same bytes.
  const raw = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document, null, 3));
  const digest = `sha256:${createHash('sha256').update(raw).digest('hex')}`;
  const { blobs = [], children = [], platform } = parts;
  const sizeBytes = raw.length;
  return { raw, digest, mediaType, sizeBytes, blobs, children, ...(platform === undefined ? {} : { platform }) };
}

/** What an image may be made of. */
export interface ImageOptions {
  /** Sizes of the noise in each layer, or ready layers; one of 4 KiB if not given, `[]` for none. */
  readonly layers?: readonly (number | SampleBlob)[];
  readonly platform?: SamplePlatform;
  readonly flavour?: Flavour;
  readonly seed?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Further fields of the manifest, such as `subject` or one unknown to all. */
  readonly extra?: object;
}

/** A runnable-looking image: config with the layers' diff ids, gzipped tar layers, unusual white space. */
export function image(options: ImageOptions = {}): SampleManifest {
  const { flavour = 'oci', platform = amd64, seed = 'image', annotations, extra } = options;
  const isDocker = flavour === 'docker';
  const layers = (options.layers ?? [4096]).map((layer, at) =>
    typeof layer === 'number'
      ? layerBlob(layer, `${seed}-${at}`, isDocker ? types.dockerLayer : types.ociLayer)
      : layer,
  );
  const diffIds = layers.map((layer) => ('diffId' in layer ? layer.diffId : layer.digest));
  const config = blobOf(
    JSON.stringify({
      ...platform,
      created: '2024-01-01T00:00:00Z',
      config: { Labels: { seed } },
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: layers.map(() => ({ created: '2024-01-01T00:00:00Z', created_by: 'a sample' })),
    }),
    isDocker ? types.dockerConfig : types.ociConfig,
  );
  const mediaType = isDocker ? types.dockerManifest : types.ociManifest;
  const document = {
    schemaVersion: 2,
    mediaType,
    config: descriptorOf(config),
    layers: layers.map((layer) => descriptorOf(layer)),
    ...(annotations === undefined ? {} : { annotations }),
    ...extra,
  };
  return manifestOf(document, mediaType, { blobs: [config, ...layers], platform });
}

/** One entry of an index: a manifest, or one with fields of its own. */
export type IndexEntry = SampleManifest | { readonly manifest: SampleManifest; readonly extra: object };

/** An index over `entries`, in that order; the platform of an image is written into its entry. */
export function index(
  entries: readonly IndexEntry[],
  options: { flavour?: Flavour; annotations?: Readonly<Record<string, string>>; extra?: object } = {},
): SampleManifest {
  const mediaType = options.flavour === 'docker' ? types.dockerList : types.ociIndex;
  const list = entries.map((entry) => ('manifest' in entry ? entry : { manifest: entry, extra: {} }));
  const manifests = list.map(({ manifest, extra }) =>
    descriptorOf(manifest, { ...(manifest.platform === undefined ? {} : { platform: manifest.platform }), ...extra }),
  );
  const { annotations, extra } = options;
  const document = {
    schemaVersion: 2,
    mediaType,
    manifests,
    ...(annotations === undefined ? {} : { annotations }),
    ...extra,
  };
  return manifestOf(document, mediaType, { children: list.map(({ manifest }) => manifest) });
}

/** Every manifest of the closure, children before their index, each once. */
export function closureOf(content: SampleManifest): SampleManifest[] {
  const found = new Map<string, SampleManifest>();
  const walk = (manifest: SampleManifest): void => {
    for (const child of manifest.children) walk(child);
    found.set(manifest.digest, manifest);
  };
  walk(content);
  return [...found.values()];
}

/** Every blob of the closure, each once. */
export function blobsOf(content: SampleManifest): SampleBlob[] {
  const blobs = closureOf(content).flatMap((manifest) => manifest.blobs);
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}
