import { algorithmOf, type Digest, encodedOf } from '../../oci/digest.ts';
import { encodeUtf8 } from '../../oci/utf8.ts';
import { copyError } from '../kernel/errors.ts';
import { type ImageToWrite, nameOf } from './image-to-write.ts';
import { windowsRefusal } from './windows-names.ts';
import { contentItems, documentItem, type WrittenItem } from './written-item.ts';

/** Where a registry keeps everything below its data folder. */
export const registryRoot = 'docker/registry/v2';

/** Where a blob lies in a registry's data folder. */
export function registryBlobName(digest: Digest): string {
  const encoded = encodedOf(digest);
  return `${registryRoot}/blobs/${algorithmOf(digest)}/${encoded.slice(0, 2)}/${encoded}/data`;
}

/**
 * The files of a docker-registry's data folder that serves the images under their paths. Refuses in advance two images for one
 * tag, names that differ only in case, and names that Windows would change (F-69, F-70).
 */
export function registryItems(images: readonly ImageToWrite[]): readonly WrittenItem[] {
  const links = new Map<string, string>();
  const owners = new Map<string, ImageToWrite>();
  const link = (image: ImageToWrite, folder: string, digest: Digest): void => {
    const name = `${registryRoot}/repositories/${image.path}/${folder}/link`;
    checkName(image, name);
    const folded = name.toLowerCase();
    const owner = owners.get(folded);
    if (owner !== undefined && links.get(name) !== digest) refuseBoth(owner, image);
    owners.set(folded, image);
    links.set(name, digest);
  };
  for (const image of images) {
    const { root, manifests, blobs } = image.graph;
    for (const { descriptor } of manifests)
      link(image, `_manifests/revisions/${partsOf(descriptor.digest)}`, descriptor.digest);
    for (const { digest } of blobs) link(image, `_layers/${partsOf(digest)}`, digest);
    const { digest } = root.descriptor;
    if (image.tag === undefined) continue;
    link(image, `_manifests/tags/${image.tag}/current`, digest);
    link(image, `_manifests/tags/${image.tag}/index/${partsOf(digest)}`, digest);
  }
  const linkItems = [...links]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, digest]) => documentItem(name, encodeUtf8(digest)));
  const contents = contentItems(images, () => false).map((item) =>
    item.blob === undefined ? item : { ...item, name: registryBlobName(item.blob) },
  );
  return [...contents, ...linkItems];
}

function partsOf(digest: Digest): string {
  return `${algorithmOf(digest)}/${encodedOf(digest)}`;
}

function checkName(image: ImageToWrite, name: string): void {
  for (const part of name.split('/')) {
    const why = windowsRefusal(part);
    if (why !== undefined) refuse('unsupported', image, `the folder name ${JSON.stringify(part)} ${why}`);
  }
}

function refuseBoth(one: ImageToWrite, other: ImageToWrite): never {
  const why = `it and ${nameOf(one)} would be the same file, at least where upper and lower case are the same`;
  return refuse('conflict', other, why);
}

function refuse(kind: 'unsupported' | 'conflict', image: ImageToWrite, why: string): never {
  const message = `${nameOf(image)} cannot be in a registry's folder: ${why}`;
  throw copyError(kind, { side: 'local', op: 'export.plan', subject: nameOf(image), message });
}
