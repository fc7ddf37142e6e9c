import type { Descriptor } from '../../oci/descriptor.ts';
import { encodedOf } from '../../oci/digest.ts';
import { isImageConfigType } from '../../oci/media-types.ts';
import { copyError } from '../kernel/errors.ts';
import { type ImageToWrite, nameOf } from './image-to-write.ts';
import { blobName } from './volume-layout.ts';
import { jsonItem, type WrittenItem } from './written-item.ts';

/** An image as `docker load` knows it: one platform, one config, its layers. */
interface DockerImage {
  readonly image: ImageToWrite;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The image as docker knows it; undefined for what docker cannot load: an index, an artifact. */
function dockerImage(image: ImageToWrite): DockerImage | undefined {
  const { document } = image.graph.root;
  if (document.kind !== 'manifest' || document.config === undefined) return undefined;
  if (!isImageConfigType(document.config.mediaType)) return undefined;
  return { image, config: document.config, layers: document.layers };
}

function manifestOf(images: readonly DockerImage[], pathOf: (blob: Descriptor) => string): WrittenItem {
  const entries = images.map(({ image, config, layers }) => ({
    Config: pathOf(config),
    RepoTags: image.tag === undefined ? null : [nameOf(image)],
    Layers: layers.map(pathOf),
  }));
  return jsonItem('manifest.json', entries);
}

/**
 * The `manifest.json` that lets `docker load` take the single-platform images of an OCI layout; undefined when there are none.
 */
export function dockerManifestItem(images: readonly ImageToWrite[]): WrittenItem | undefined {
  const known = images.flatMap((image) => (image.tag === undefined ? [] : (dockerImage(image) ?? [])));
  return known.length === 0 ? undefined : manifestOf(known, ({ digest }) => blobName(digest));
}

/** The contents of a docker-archive, layers compressed as they came; refuses what docker cannot load. */
export function dockerArchiveItems(images: readonly ImageToWrite[]): readonly WrittenItem[] {
  const known = images.map((image) => dockerImage(image) ?? refuse(image));
  const blobs = new Map<string, WrittenItem>();
  for (const { config, layers } of known) {
    const all = [
      [fileOf(config, 'json'), config] as const,
      ...layers.map((layer) => [layerFile(layer), layer] as const),
    ];
    for (const [name, descriptor] of all)
      blobs.set(name, { name, size: descriptor.size, blob: descriptor.digest, descriptor });
  }
  const byDigest = new Map([...blobs.values()].map((item) => [item.blob, item.name]));
  const sorted = [...blobs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [manifestOf(known, ({ digest }) => byDigest.get(digest) ?? ''), ...sorted];
}

function layerFile(layer: Descriptor): string {
  const { mediaType } = layer;
  return fileOf(layer, /[+.]zstd$/.test(mediaType) ? 'tar.zst' : /[+.]gzip$/.test(mediaType) ? 'tar.gz' : 'tar');
}

function fileOf({ digest }: Descriptor, ending: string): string {
  return `${encodedOf(digest)}.${ending}`;
}

function refuse(image: ImageToWrite): never {
  const { kind } = image.graph.root.document;
  const why = kind === 'index' ? 'it has several platforms; choose one' : 'it is no image that docker can run';
  const message = `${nameOf(image)} cannot be in a docker-archive: ${why}`;
  throw copyError('unsupported', { side: 'local', op: 'export.plan', subject: nameOf(image), message });
}
