import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { shortDigest } from '../../oci/digest.ts';
import { asCopyError } from '../kernel/errors.ts';
import { type FoundVolume, openBundleSet } from './bundle-set.ts';
import { type ByteFile, openByteFile } from './byte-file.ts';
import { fileError, readError } from './file-errors.ts';
import { findVolumes } from './find-volumes.ts';
import { openFolder } from './folder-entries.ts';
import type { ImageFile } from './image-file.ts';
import { readLayout } from './image-layout.ts';
import { readOciLayout } from './oci-layout.ts';
import { OpenedImageFile } from './opened-image-file.ts';
import { openTar, type TarLimits } from './tar-entries.ts';
import { defaultUnpackLimits, packingOf, type UnpackLimits, unpack } from './unpacked.ts';
import { parseVolumeHeader, volumeHeaderBytes } from './volume-header.ts';

/** How a file of images is opened. */
export interface OpenOptions {
  /** A folder for what has to be unpacked; archives are gone from it after closing, compressed layers of docker-archives stay. */
  readonly scratch: string;
  /** Take what is there when volumes are missing or the file is cut off; what is wrong then stands in `problems` or `notices`. */
  readonly acceptIncomplete?: boolean;
  readonly unpackLimits?: Partial<UnpackLimits>;
  readonly tarLimits?: Partial<TarLimits>;
}

/**
 * Opens a file or folder of images, told from what is in it and not by its name. Of a bundle in several volumes one is enough: the
 * others are looked for beside it, whatever their names. Rejects `integrity` or `missing-content` for what is damaged or
 * not whole, `invalid` for what is no file of images, `unsupported` for packings that are not read.
 */
export async function openImageFile(
  paths: string | readonly string[],
  options: OpenOptions,
  signal: AbortSignal,
): Promise<ImageFile> {
  const given = typeof paths === 'string' ? [paths] : paths;
  const [first = ''] = given;
  const opening = new Opening(options, signal);
  try {
    return await opening.run(await Promise.all(given.map(realPathOf)));
  } catch (thrown) {
    await opening.close();
    throw asCopyError(thrown, { side: 'source', op: 'file.open', subject: basename(first) });
  }
}

/** A path that the operator names may be a link; links inside of what is read are not followed. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (thrown) {
    throw readError(thrown, path);
  }
}

/** What is open while it is found out what a file is. */
class Opening {
  readonly #options: OpenOptions;
  readonly #signal: AbortSignal;
  readonly #files: ByteFile[] = [];

  constructor(options: OpenOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async close(): Promise<void> {
    for (const file of this.#files.splice(0)) await file.close();
  }

  async run(paths: readonly string[]): Promise<ImageFile> {
    const [path = ''] = paths;
    if (paths.length === 1 && (await lstat(path)).isDirectory()) return this.#folder(path);
    const volumes: FoundVolume[] = [];
    for (const one of paths) {
      const volume = await this.#volume(one);
      if (volume !== undefined) volumes.push(volume);
      else if (paths.length === 1) return this.#archive();
      else throw fileError('invalid', basename(one), 'is not a volume of a bundle');
    }
    return this.#bundle(volumes, path);
  }

  async #folder(path: string): Promise<ImageFile> {
    const { kind, content } = await readLayout(openFolder(path), true, this.#options.scratch, this.#signal);
    return new OpenedImageFile({ kind, name: basename(path), content, close: () => this.close() });
  }

  async #archive(): Promise<ImageFile> {
    const file = this.#files.at(-1);
    if (file === undefined) throw new Error('a file was opened before');
    const { tarLimits = {}, acceptIncomplete = false, scratch } = this.#options;
    const entries = await openTar(file, { limits: tarLimits, acceptIncomplete }, this.#signal);
    const { kind, content } = await readLayout(entries, false, scratch, this.#signal);
    return new OpenedImageFile({ kind, name: file.name, content, close: () => this.close() });
  }

  async #bundle(given: readonly FoundVolume[], path: string): Promise<ImageFile> {
    const [first] = given;
    if (first === undefined) throw new Error('at least one file is given');
    const { set, of } = first.header;
    const volumes = [...given];
    if (given.length === 1 && of > 1) {
      for (const one of await findVolumes(dirname(path), set, this.#signal)) {
        const volume = one === path ? undefined : await this.#volume(one);
        if (volume !== undefined) volumes.push(volume);
      }
    }
    const foreign = volumes.find(({ header }) => header.set !== set || header.of !== of);
    if (foreign !== undefined) {
      const what = `belongs to the set ${shortDigest(foreign.header.set)}, ${first.file.name} to ${shortDigest(set)}`;
      throw fileError('invalid', foreign.file.name, what);
    }
    const opened = await openBundleSet(volumes, this.#options.acceptIncomplete === true, this.#signal);
    const content = await readOciLayout(opened.entries, this.#signal);
    const { facts: bundle, problems } = opened;
    return new OpenedImageFile({
      kind: 'bundle',
      name: opened.entries.name,
      content,
      bundle,
      problems,
      close: () => this.close(),
    });
  }

  /** Opens a file, unpacking it when it is packed; undefined when it is no volume of a bundle. */
  async #volume(path: string): Promise<FoundVolume | undefined> {
    const file = await this.#open(path);
    const header = parseVolumeHeader(await file.read(0, Math.min(file.sizeBytes, volumeHeaderBytes)));
    return header === undefined ? undefined : { file, header };
  }

  async #open(path: string): Promise<ByteFile> {
    const file = await openByteFile(path);
    this.#files.push(file);
    if (file.sizeBytes === 0) throw fileError('invalid', file.name, 'is empty');
    const packing = packingOf(await file.read(0, Math.min(file.sizeBytes, 6)), file.name);
    if (packing === 'none') return file;
    const limits = { ...defaultUnpackLimits, ...this.#options.unpackLimits };
    const unpacked = await unpack(file, packing, this.#options.scratch, limits, this.#signal);
    this.#files.push(unpacked);
    return unpacked;
  }
}
