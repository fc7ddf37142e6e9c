import type { Descriptor } from '../../oci/descriptor.ts';
import { shortDigest } from '../../oci/digest.ts';
import { mediaTypes } from '../../oci/media-types.ts';
import { encodeUtf8 } from '../../oci/utf8.ts';
import { copyError } from '../kernel/errors.ts';
import { type ImageToWrite, nameOf } from './image-to-write.ts';
import { blobName, type Item } from './volume-layout.ts';

/** An item whose content is at hand, or a blob that has to be read. */
export type WrittenItem = (Item & { readonly bytes: Uint8Array }) | (Item & { readonly descriptor: Descriptor });

/** A document of the given name. */
export function documentItem(name: string, bytes: Uint8Array): WrittenItem {
  return { name, size: bytes.byteLength, bytes };
}

/** A document written as JSON, in one line so that the same value gives the same bytes. */
export function jsonItem(name: string, value: unknown): WrittenItem {
  return documentItem(name, encodeUtf8(JSON.stringify(value)));
}

/** The images in one order, each name once: the order they are given in must not change the file. Rejects two for one name. */
export function inOrder(images: readonly ImageToWrite[]): readonly ImageToWrite[] {
  const byName = new Map<string, ImageToWrite>();
  for (const image of images) {
    const name = nameOf(image);
    const other = byName.get(name)?.graph.root.descriptor.digest;
    const { digest } = image.graph.root.descriptor;
    if (other !== undefined && other !== digest) {
      const message = `${name} is to be both ${shortDigest(other)} and ${shortDigest(digest)}`;
      throw copyError('conflict', { side: 'local', op: 'export.plan', subject: name, message });
    }
    byName.set(name, image);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, image]) => image);
}

/**
 * Manifests and blobs of all images as they lie in an OCI layout, each once: manifests first, so that what a file holds is
 * known early, both sorted by digest.
 * @param isLeftOut whether a blob is not to be in the file
 */
export function contentItems(
  images: readonly ImageToWrite[],
  isLeftOut: (blob: Descriptor) => boolean,
): readonly WrittenItem[] {
  const manifests = new Map<string, WrittenItem>();
  for (const { graph } of images) {
    for (const { descriptor, document } of graph.manifests) {
      const { digest } = descriptor;
      manifests.set(digest, { ...documentItem(blobName(digest), document.raw), blob: digest });
    }
  }
  const blobs = new Map<string, WrittenItem>();
  for (const { graph } of images) {
    for (const descriptor of graph.blobs) {
      const { digest, size } = descriptor;
      if (manifests.has(digest) || isLeftOut(descriptor)) continue;
      blobs.set(digest, { name: blobName(digest), size, blob: digest, descriptor });
    }
  }
  const sorted = (items: ReadonlyMap<string, WrittenItem>): WrittenItem[] =>
    [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return [...sorted(manifests), ...sorted(blobs)];
}

/** image-spec v1.1.1, "oci-layout file". */
export const ociLayoutItem: WrittenItem = jsonItem('oci-layout', { imageLayoutVersion: '1.0.0' });

/**
 * The `index.json` of a layout. An image's full name stands where containerd and docker look for it; `ref.name` is the tag where
 * that is enough to tell the images apart, because skopeo and oras ask by it.
 */
export function indexItem(images: readonly ImageToWrite[]): WrittenItem {
  const tags = images.flatMap(({ tag }) => tag ?? []);
  const isTelling = new Set(tags).size === tags.length;
  const manifests = images.map((image) => {
    const { mediaType, digest, size } = image.graph.root.descriptor;
    const { tag, refName = isTelling || tag === undefined ? tag : nameOf(image) } = image;
    const annotations = {
      'io.containerd.image.name': nameOf(image),
      ...(refName === undefined ? {} : { 'org.opencontainers.image.ref.name': refName }),
    };
    return { mediaType, digest, size, annotations };
  });
  return jsonItem('index.json', { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
}
