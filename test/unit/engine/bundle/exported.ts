import { join } from 'node:path';
import {
  type ExportOptions,
  type ExportPlan,
  type ImageFile,
  type ImageToWrite,
  openImageFile,
  type OpenOptions,
  planExport,
  type ReadBlob,
  writeExport,
  type WriteExportOptions,
} from '../../../../electron/engine/bundle/bundle.ts';
import type { ResolvedManifest } from '../../../../electron/engine/ports/places.ts';
import { readDescriptor } from '../../../../electron/oci/descriptor.ts';
import { parseManifest } from '../../../../electron/oci/manifest.ts';
import { parseReference } from '../../../../electron/oci/reference.ts';
import { onTestFinished } from 'vitest';
import { blobsOf, closureOf, descriptorOf, type SampleManifest } from '../../../fakes/images.ts';

/** Never fires. */
export const { signal }: AbortController = new AbortController();

/** A sample under a name, as the engine would hand it over. */
export function written(name: string, content: SampleManifest): ImageToWrite {
  const { host, path, tag } = parseReference(name);
  const manifests = closureOf(content).map(resolved);
  const blobs = blobsOf(content).map((blob) => readDescriptor(descriptorOf(blob), 'blob'));
  return { host, path, ...(tag === undefined ? {} : { tag }), graph: { root: resolved(content), manifests, blobs } };
}

function resolved(sample: SampleManifest): ResolvedManifest {
  const descriptor = readDescriptor(descriptorOf(sample), 'manifest');
  return { descriptor, document: parseManifest(sample.raw, sample.mediaType) };
}

/** Reads blobs of samples and counts which. */
export function reader(...samples: readonly SampleManifest[]): ReadBlob & { readonly asked: string[] } {
  const blobs = new Map(samples.flatMap(blobsOf).map((blob) => [blob.digest, blob]));
  const asked: string[] = [];
  const read: ReadBlob = async (target) => {
    asked.push(target.descriptor.digest);
    let resume: () => void = () => {};
    target.onRoom(() => resume());
    for (const piece of blobs.get(target.descriptor.digest)?.open() ?? []) {
      const room = new Promise<void>((resolve) => (resume = resolve));
      if (!target.write(Uint8Array.from(piece))) await room;
    }
  };
  return Object.assign(read, { asked });
}

/** Plans and writes samples into a folder; gives the paths. */
export async function exported(
  folder: string,
  images: Readonly<Record<string, SampleManifest>>,
  options: Partial<ExportOptions> & WriteExportOptions & { readonly file?: string } = {},
): Promise<{ readonly paths: readonly string[]; readonly plan: ExportPlan }> {
  const { file = 'out.tar', format = 'bundle' } = options;
  const plan = planExport(
    Object.entries(images).map(([name, content]) => written(name, content)),
    { ...options, format },
  );
  const paths = await writeExport(plan, join(folder, file), reader(...Object.values(images)), options, signal);
  return { paths, plan };
}

/** Opens a file of images that is closed after the test. */
export async function opened(
  paths: string | readonly string[],
  scratch: string,
  options: Partial<OpenOptions> = {},
): Promise<ImageFile> {
  const file = await openImageFile(paths, { scratch, ...options }, signal);
  onTestFinished(() => file.close());
  return file;
}

/** The names and digests of all images, as one would list them. */
export function listed(file: ImageFile): readonly string[] {
  return file.images.map(({ host, path, tag, descriptor }) => {
    const where = [host, path].filter((part) => part !== undefined).join('/');
    return `${where}${tag === undefined ? '' : `:${tag}`} ${descriptor.digest}`;
  });
}

/** All bytes of a blob, read through a source. */
export async function readAll(file: ImageFile, at: number, digest: string, from = 0): Promise<Buffer> {
  const image = file.images[at];
  if (image === undefined) throw new Error(`there is no image ${at}`);
  const source = file.source(image);
  const { document } = await source.manifest(image.descriptor, signal);
  const all = document.kind === 'index' ? [] : [...document.layers, ...(document.config ? [document.config] : [])];
  const blob = all.find((one) => one.digest === digest);
  if (blob === undefined) throw new Error(`${digest} is not in the image`);
  const chunks: Uint8Array[] = [];
  await source.read(blob, from, { write: (chunk) => chunks.push(chunk) > 0 }, signal);
  return Buffer.concat(chunks);
}
