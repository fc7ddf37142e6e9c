import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { digestOf } from '../content/digest-of.ts';
import { copyError } from '../kernel/errors.ts';
import { type ContentList, listName, writeContentList } from './content-list.ts';
import { dockerArchiveItems, dockerManifestItem } from './docker-items.ts';
import { type ImageToWrite, nameOf } from './image-to-write.ts';
import { registryItems } from './registry-items.ts';
import { type Signer, signatureName, signList } from './signature.ts';
import { layoutVolumes, type Volume } from './volume-layout.ts';
import { contentItems, documentItem, indexItem, inOrder, ociLayoutItem, type WrittenItem } from './written-item.ts';

/** What images can be written as. */
export type ExportFormat = 'bundle' | 'oci' | 'oci-archive' | 'docker-archive' | 'registry-storage';

/** Just under 4 GiB, which is the most a file may have on FAT32; what is left out is room for a compression that fails. */
export const defaultVolumeBytes: number = 4 * 1024 ** 3 - 32 * 1024 ** 2;

/** How images are to be written. */
export interface ExportOptions {
  readonly format: ExportFormat;
  /** The most bytes a volume of a bundle may have; `defaultVolumeBytes` unless given. */
  readonly volumeBytes?: number;
  /** What the site already holds: these blobs are left out and listed as expected there. Bundles only. */
  readonly base?: ReadonlySet<Digest>;
  /** Written into the bundle, which then is not the same bytes on another day. */
  readonly created?: string;
  readonly signer?: Signer;
}

/** What will be written, byte for byte, before anything is read: sizes and digests are known in advance. */
export interface ExportPlan {
  readonly format: ExportFormat;
  /** The digest of the list of contents: the same for the same contents, whenever and wherever they are written. Bundles only. */
  readonly set: Digest | undefined;
  /** Everything in its order; a format that is a folder has no volumes. */
  readonly items: readonly WrittenItem[];
  readonly volumes: readonly Volume<WrittenItem>[];
  readonly totalBytes: number;
  /** What has to be read. */
  readonly blobs: readonly Descriptor[];
  /** What is left out because the site was known to hold it. */
  readonly expected: readonly Descriptor[];
}

/** Plans a file of images. Rejects `invalid`, `unsupported` or `conflict` for what the format cannot hold. */
export function planExport(given: readonly ImageToWrite[], options: ExportOptions): ExportPlan {
  const images = inOrder(given);
  const { format, base } = options;
  if (base !== undefined && format !== 'bundle') refuseOption('only a bundle can leave out what the site holds');
  const isLeftOut = ({ digest }: Descriptor): boolean => base?.has(digest) === true;
  if (format === 'registry-storage') return planOf(format, registryItems(images));
  if (format === 'docker-archive') return tarPlan(format, dockerArchiveItems(images));
  const contents = contentItems(images, isLeftOut);
  const layout = [ociLayoutItem, indexItem(images)];
  if (format === 'oci') return planOf(format, [...layout, ...contents]);
  if (format === 'oci-archive') return tarPlan(format, [...layout, ...contents]);
  const expected = leftOut(images, isLeftOut);
  const docker = expected.length === 0 ? dockerManifestItem(images) : undefined;
  return bundlePlan(images, docker === undefined ? layout : [...layout, docker], contents, expected, options);
}

function bundlePlan(
  images: readonly ImageToWrite[],
  files: readonly WrittenItem[],
  contents: readonly WrittenItem[],
  expected: readonly Descriptor[],
  { volumeBytes = defaultVolumeBytes, created, signer }: ExportOptions,
): ExportPlan {
  const list: ContentList = {
    ...(created === undefined ? {} : { created }),
    ...(signer === undefined ? {} : { signer: signer.publicKey }),
    volumeBytes,
    images: images.map((image) => ({ name: nameOf(image), digest: image.graph.root.descriptor.digest })),
    files: files.map((item) => ({
      name: item.name,
      digest: digestOf('bytes' in item ? item.bytes : new Uint8Array()),
      size: item.size,
    })),
    blobs: contents.flatMap(({ blob, size }) => (blob === undefined ? [] : [{ digest: blob, size }])),
    expected,
  };
  const bytes = writeContentList(list);
  const signature = signer === undefined ? [] : [documentItem(signatureName, signList(bytes, signer))];
  const items = [documentItem(listName, bytes), ...signature, ...files, ...contents];
  const volumes = layoutVolumes(items, volumeBytes, true);
  return { ...planOf('bundle', items), set: digestOf(bytes), volumes, totalBytes: bytesOf(volumes), expected };
}

function leftOut(images: readonly ImageToWrite[], isLeftOut: (blob: Descriptor) => boolean): readonly Descriptor[] {
  const found = new Map<Digest, Descriptor>();
  for (const { graph } of images) for (const blob of graph.blobs) if (isLeftOut(blob)) found.set(blob.digest, blob);
  for (const { graph } of images) for (const { descriptor } of graph.manifests) found.delete(descriptor.digest);
  return [...found.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

function tarPlan(format: ExportFormat, items: readonly WrittenItem[]): ExportPlan {
  const volumes = layoutVolumes(items, Number.MAX_SAFE_INTEGER, false);
  return { ...planOf(format, items), volumes, totalBytes: bytesOf(volumes) };
}

function planOf(format: ExportFormat, items: readonly WrittenItem[]): ExportPlan {
  return {
    format,
    set: undefined,
    items,
    volumes: [],
    totalBytes: items.reduce((sum, { size }) => sum + size, 0),
    blobs: items.flatMap((item) => ('descriptor' in item ? item.descriptor : [])),
    expected: [],
  };
}

function bytesOf(volumes: readonly Volume[]): number {
  return volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function refuseOption(message: string): never {
  throw copyError('invalid', { side: 'local', op: 'export.plan', subject: 'options', message });
}
