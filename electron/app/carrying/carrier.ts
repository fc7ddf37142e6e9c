import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ImageDescription, ImageVerification, JobSummary } from '../../contract/models.ts';
import type { CopyObserver } from '../../contract/progress.ts';
import {
  CopyError,
  type CopyRequest,
  type Engine,
  estimateExport,
  type ExportEnd,
  type ExportEstimate,
  exportImages,
  type FileImage,
  finding,
  type FileVerification,
  type ImageFile,
  type ImageToExport,
  type JobIntent,
  inspectImage,
  Meter,
  openImageFile,
  readBase,
  verifyImage,
} from '../../engine/engine.ts';
import type { Digest } from '../../oci/digest.ts';
import { formatReference, libraryHost, type Reference } from '../../oci/reference.ts';
import type { Workspace } from '../home.ts';
import { refuse } from '../places.ts';
import { type Prepared, shownSource } from '../prepare.ts';
import type { Recording } from '../recorded.ts';
import { refusedResult } from '../refused.ts';
import type { RoundsObserver } from '../rounds.ts';
import { chooseImage } from './choose-images.ts';
import { imagesToExport, type ReadExport, settingsOf } from './export-plan.ts';
import { type FilePlace, readFilePlace } from './file-places.ts';
import { nameIn, planImport, requestsOf } from './import-plan.ts';
import { readMapping } from './map-rules.ts';
import { makeScratch } from './scratch.ts';
import { checkDigest, type JudgedSender, judgeSender, knownSenders } from './senders.ts';
import type { ImportWish, TrustWish } from './wishes.ts';

/** Does a copy under a number of the history, where there is one. */
export type Recorder = (
  recording: Recording,
  meter: Meter,
  copy: (observer: RoundsObserver, signal: AbortSignal) => Promise<JobSummary>,
  observer: RoundsObserver,
  begun: ((job: number, attempt: number) => void) | undefined,
  signal: AbortSignal,
) => Promise<JobSummary>;

/** What an export would come to. */
export type { ExportEstimate } from '../../engine/engine.ts';
/** A file or folder of images, open for reading. */
export type CarriedFile = ImageFile;
/** What a deep look at such a file found. */
export type FileCheck = FileVerification;

/** How an export goes on beside its images. */
export interface ExportCourse {
  /** What the history keeps of it. */
  readonly intent: JobIntent;
  /** Told its number in the history, when it is kept there. */
  readonly begun?: (job: number, attempt: number) => void;
  readonly meter?: Meter;
  /** How results call the file; its path unless given. */
  readonly shownAs?: string;
  /** Fires when a person gives it up: it ends as cancelled and not as broken off. */
  readonly cancel?: AbortSignal;
}

/** Carries images to and from files. Holds files open, and what was unpacked of them, until it is closed. */
export class Carrier {
  readonly #engine: Engine;
  readonly #workspace: Workspace | undefined;
  readonly #record: Recorder;
  readonly #files: ImageFile[] = [];
  #scratch: Promise<string> | undefined;

  constructor(engine: Engine, workspace: Workspace | undefined, record: Recorder) {
    this.#engine = engine;
    this.#workspace = workspace;
    this.#record = record;
  }

  /** Opens a file or folder of images, or the volumes of a bundle; see the engine's `openImageFile`. */
  async open(
    paths: readonly string[],
    { acceptIncomplete = false }: { readonly acceptIncomplete?: boolean },
    signal: AbortSignal,
  ): Promise<ImageFile> {
    const options = { scratch: await this.#scratchFolder(), acceptIncomplete };
    const file = await openImageFile(paths, options, signal).catch(unlessMissing);
    this.#files.push(file);
    return file;
  }

  /** Writes images into a file; the summary has a failure for each image that could not be read, and then nothing was written. */
  async export(
    read: ReadExport,
    { intent, begun, meter = new Meter(), shownAs, cancel }: ExportCourse,
    observer: CopyObserver,
    signal: AbortSignal,
  ): Promise<ExportEnd> {
    const path = resolve(read.wish.path);
    const { images, settings } = await this.#readImages(read, meter, signal);
    let end: ExportEnd | undefined;
    const run = async (seen: CopyObserver, stop: AbortSignal): Promise<JobSummary> => {
      const both = cancel === undefined ? stop : AbortSignal.any([stop, cancel]);
      const shown = shownAs === undefined ? settings : { ...settings, shownAs };
      end = await exportImages(images, path, shown, this.#engine.carryTools(meter), seen, both);
      return end;
    };
    const rows = images.map((image) => ({ source: rowName(image), destination: shownAs ?? path }));
    const summary = await this.#record({ intent, images: rows, refused: [] }, meter, run, observer, begun, signal);
    return { ...summary, file: end?.file };
  }

  /** What an export would come to; moves nothing. */
  async estimate(read: ReadExport, signal: AbortSignal): Promise<ExportEstimate> {
    const meter = new Meter();
    const { images, settings } = await this.#readImages(read, meter, signal);
    return estimateExport(images, settings, this.#engine.carryTools(meter), signal);
  }

  /**
   * Compares a file with what was told of it and with who sent such images before; throws CopyError for another one. Whoever then
   * takes images from it gives what is known now to `remember`.
   */
  async trust(file: ImageFile, { signer, digest }: TrustWish): Promise<JudgedSender> {
    checkDigest(file, digest);
    const known = (await this.#workspace?.store.settings.get(knownSenders)) ?? [];
    return judgeSender(file, known, signer);
  }

  /** Keeps who sent images; nothing is kept without a data folder. */
  async remember({ known }: JudgedSender): Promise<void> {
    const { settings } = this.#workspace?.store ?? {};
    if (settings !== undefined && known !== (await settings.get(knownSenders))) await settings.set(knownSenders, known);
  }

  /**
   * The images of a file that was opened, with the places they go to; makes what has to be there before them. Of a file that
   * is not whole, `wish.isPartial` takes the images that are, as its deep look `check` found them.
   */
  async prepareImport(
    file: ImageFile,
    wish: ImportWish,
    signal: AbortSignal,
    check?: FileVerification,
  ): Promise<Prepared> {
    const broken = new Set(check?.images.filter(({ isComplete }) => !isComplete).map(({ image }) => image));
    const mapping = readMapping(wish.to, wish.maps);
    const prepared = planImport(withoutImages(file, broken), await file.digests(signal), mapping);
    if (wish.createsProjects) await this.#makeProjects(prepared.requests, signal);
    const missing = [...broken].map((image) =>
      refusedResult(nameIn(file, image), '', finding('image-not-whole', {}, { file: file.name }), 'missing-content'),
    );
    return { ...prepared, refused: [...prepared.refused, ...missing] };
  }

  /** Describes an image of a file. */
  async inspect(place: FilePlace, signal: AbortSignal): Promise<ImageDescription> {
    const { file, image } = await this.#image(place, signal);
    const { path = '', descriptor } = image;
    const reference = { host: file.name, path, digest: descriptor.digest };
    return { ...(await inspectImage(file.source(image), reference, true, signal)), reference: nameIn(file, image) };
  }

  /** Reads an image of a file whole and hashes all of it. */
  async verify(place: FilePlace, received: (bytes: number) => void, signal: AbortSignal): Promise<ImageVerification> {
    const { file, image } = await this.#image(place, signal);
    return verifyImage(file.source(image), image.descriptor, received, this.#engine.carryTools(new Meter()), signal);
  }

  /** The images that the place of a file names, each with the same destinations. */
  async prepareCopy(source: string, destinations: readonly Reference[], signal: AbortSignal): Promise<Prepared> {
    const place = readFilePlace(source);
    if (place === undefined) throw new Error('only places of files are asked for');
    const { file, image } = await this.#image(place, signal);
    const withTag = (to: Reference): Reference =>
      to.tag === undefined && image.tag !== undefined ? { ...to, tag: image.tag } : to;
    const placed = destinations.map((to) => ({ image, destination: withTag(to) }));
    const unique = new Map(placed.map((one) => [formatReference(one.destination), one]));
    return { requests: requestsOf(file, [...unique.values()]), refused: [], findings: [] };
  }

  /** Closes what was opened and removes what was unpacked. */
  async close(): Promise<void> {
    for (const file of this.#files.splice(0)) await file.close();
    if (this.#scratch !== undefined) await rm(await this.#scratch, { recursive: true, force: true });
    this.#scratch = undefined;
  }

  async #readImages(
    read: ReadExport,
    meter: Meter,
    signal: AbortSignal,
  ): Promise<{ readonly images: readonly ImageToExport[]; readonly settings: ReturnType<typeof settingsOf> }> {
    const { wish } = read;
    const base = await this.#base(wish.bases, signal);
    const open = (path: string): Promise<ImageFile> => this.open([path], {}, signal);
    const images = uniqueRows(await imagesToExport(wish, this.#engine, open, meter, signal));
    if (images.length > 0) return { images, settings: settingsOf(read, base) };
    const message = `${wish.references.join(', ')} has no tag that was chosen, so there is nothing to export`;
    throw new CopyError('not-found', { side: 'source', op: 'tags.choose', subject: wish.path, message });
  }

  async #image(
    place: FilePlace,
    signal: AbortSignal,
  ): Promise<{ readonly file: ImageFile; readonly image: FileImage }> {
    const file = await this.open([place.path], {}, signal);
    return { file, image: chooseImage(file, place) };
  }

  #scratchFolder(): Promise<string> {
    this.#scratch ??= makeScratch(this.#workspace);
    return this.#scratch;
  }

  async #base(files: readonly string[], signal: AbortSignal): Promise<ReadonlySet<Digest> | undefined> {
    if (files.length === 0) return undefined;
    const base = new Set<Digest>();
    for (const file of files) {
      const options = { scratch: await this.#scratchFolder() };
      for (const digest of await readBase(file, options, signal).catch(unlessMissing)) base.add(digest);
    }
    return base;
  }

  /** Registries with projects want them made first; others make repositories by themselves. */
  async #makeProjects(requests: readonly CopyRequest[], signal: AbortSignal): Promise<void> {
    const projects = new Map<string, Set<string>>();
    for (const { host, path } of requests.flatMap(({ targets }) => targets)) {
      if (host === libraryHost) continue;
      const [project = ''] = path.split('/');
      projects.set(host, (projects.get(host) ?? new Set()).add(project));
    }
    for (const [host, names] of projects) {
      const vendor = await this.#engine.vendor(host, 'destination', signal);
      for (const name of names) {
        try {
          await vendor?.createProject?.(name, false, signal);
        } catch (thrown) {
          // it may be there, and pushing will tell
          if (!(thrown instanceof CopyError) || thrown.kind !== 'forbidden') throw thrown;
        }
      }
    }
  }
}

/** The file as if it had not these images. */
function withoutImages(file: ImageFile, images: ReadonlySet<FileImage>): Parameters<typeof planImport>[0] {
  const { name, expected } = file;
  return {
    name,
    expected,
    images: file.images.filter((image) => !images.has(image)),
    source: (image) => file.source(image),
  };
}

/** A file that is named and not there is wrong use, and nothing was tried. */
function unlessMissing(thrown: unknown): never {
  if (thrown instanceof CopyError && thrown.kind === 'not-found') throw refuse(thrown.message);
  throw thrown;
}

/** An image to export as its result will name it. */
function rowName({ source, reference }: ImageToExport): string {
  return shownSource({ source: reference, from: { source } });
}

/** What was named twice is written once. */
function uniqueRows(images: readonly ImageToExport[]): readonly ImageToExport[] {
  return [...new Map(images.map((image) => [rowName(image), image])).values()];
}
