import { createPrivateKey } from 'node:crypto';
import { basename } from 'node:path';
import type { CopyWish } from '../../contract/requests.ts';
import type { Digest } from '../../oci/digest.ts';
import { isTag, parseReference, type Reference, withDefaultTag } from '../../oci/reference.ts';
import {
  ed25519Signer,
  type Engine,
  type ExportSettings,
  type ImageFile,
  type ImageToExport,
  type Meter,
  selectTags,
  type Signer,
} from '../../engine/engine.ts';
import { readReference, readRepository, refuse } from '../places.ts';
import { fileError, readTextFile } from '../text-file.ts';
import { readOptions, readWish } from '../wishes.ts';
import { chooseImages } from './choose-images.ts';
import { isFilePlace, readFilePlace } from './file-places.ts';
import { referenceOf } from './import-plan.ts';
import type { ExportWish } from './wishes.ts';

/** What of an export is known before any registry is asked. */
export interface ReadExport {
  readonly wish: ExportWish;
  readonly signer: Signer | undefined;
}

/** Reads what an export was asked; throws CopyError or OciError for what cannot be read, before anything is asked. */
export async function readExport(wish: ExportWish): Promise<ReadExport> {
  const { references, listFile, tags, format, again, bases, keyFile, volumeBytes, compression } = wish;
  if (references.length === 0 && listFile === undefined)
    throw refuse('name images to export, or a file of them with --list');
  if (listFile !== undefined && tags !== undefined)
    throw refuse('--list names whole references; leave the choice of tags out');
  for (const text of references) {
    if (!isFilePlace(text)) readReference(text);
  }
  const isBundle = format === 'bundle';
  if (!isBundle && (bases.length > 0 || again !== undefined || keyFile !== undefined || volumeBytes !== undefined))
    throw refuse('--base, --set, --sign and --volume-size go with --format bundle');
  if (compression === 'zstd' && (format === 'oci' || format === 'registry-storage'))
    throw refuse('a folder cannot be compressed as a whole; leave --zstd out');
  if (volumeBytes !== undefined && volumeBytes < leastVolumeBytes)
    throw refuse(`a volume of less than ${leastVolumeBytes} bytes holds next to nothing; give --volume-size more`);
  readOptions(wish.options);
  return { wish, signer: keyFile === undefined ? undefined : await readSigner(keyFile) };
}

const leastVolumeBytes = 64 * 1024;

/** Every image of an export; asks registries for lists of tags and for nothing else. */
export async function imagesToExport(
  { references, listFile, tags, options, name }: ExportWish,
  engine: Pick<Engine, 'tags' | 'sourceOf'>,
  open: (path: string) => Promise<ImageFile>,
  meter: Meter,
  signal: AbortSignal,
): Promise<readonly ImageToExport[]> {
  const named = (reference: Reference): ImageToExport => ({
    source: engine.sourceOf(reference, meter),
    reference: withDefaultTag(reference),
  });
  const copyWish = (source: string | undefined): CopyWish => ({
    source,
    destinations: [],
    options,
    ...(tags === undefined ? {} : { tags }),
    ...(listFile === undefined || source !== undefined ? {} : { listFile }),
  });
  const images: ImageToExport[] = [];
  if (listFile !== undefined) {
    const { origin, refused } = await readWish(copyWish(undefined));
    const [first] = refused;
    if (first !== undefined) throw refuse(`the list ${listFile}, line ${first.line}: ${first.finding.text}`);
    if (origin.kind === 'list') images.push(...origin.sources.map(named));
  }
  for (const text of references) {
    const place = readFilePlace(text);
    if (place !== undefined) {
      const file = await open(place.path);
      for (const image of chooseImages(file, place.name))
        images.push({ source: file.source(image), reference: referenceOf(image), name: nameOfCarried(image, file) });
    } else if (tags === undefined) images.push(named(readReference(text)));
    else {
      const repository = readRepository(text);
      const { origin } = await readWish(copyWish(text));
      const { chosen } = selectTags(
        await engine.tags(repository, signal),
        origin.kind === 'tags' ? origin.selection : { globs: [], patterns: [], exclude: [] },
      );
      images.push(...chosen.map((tag) => named({ ...repository, tag })));
    }
  }
  return name === undefined ? images : [renamed(images, name)];
}

/** How an export is written, in the engine's words. */
export function settingsOf(
  { wish, signer }: ReadExport,
  base: ReadonlySet<Digest> | undefined,
): Omit<ExportSettings, 'onBytes'> {
  const { format, volumeBytes, compression, again, options } = wish;
  const { platforms, attestations, withReferrers, concurrency } = readOptions(options);
  return {
    platforms,
    attestations,
    withReferrers,
    concurrency,
    format,
    compression,
    ...(volumeBytes === undefined ? {} : { volumeBytes }),
    ...(base === undefined ? {} : { base }),
    ...(signer === undefined ? {} : { signer }),
    ...(again === undefined ? {} : { set: again.set, volumes: [again.volume] }),
  };
}

/** The name of an image that a file does not tell in full: one that no registry has. */
function nameOfCarried(image: Parameters<typeof referenceOf>[0], file: ImageFile): Reference {
  const { host, path, tag, digest } = referenceOf(image);
  const plain = basename(file.name)
    .toLowerCase()
    .replace(/\.tar.*$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return {
    host: host === '' ? 'localhost' : host,
    path: path === '' ? plain || 'image' : path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** A single image under the name that was typed behind the file: a tag, or a name in full. */
function renamed(images: readonly ImageToExport[], name: string): ImageToExport {
  const [image] = images;
  if (image === undefined || images.length > 1) throw refuse(`a name such as ${name} goes with one image`);
  if (isTag(name)) return { ...image, name: { ...(image.name ?? image.reference), tag: name }, refName: name };
  const reference = withDefaultTag(parseReference(name));
  return { ...image, name: reference, refName: name };
}

async function readSigner(file: string): Promise<Signer> {
  const text = await readTextFile(file, 'the key');
  try {
    return ed25519Signer(createPrivateKey(text));
  } catch {
    // what the parser says may repeat parts of the key
    throw fileError(file, 'the key', 'is not an Ed25519 private key in PEM without a passphrase');
  }
}
