import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JobSummary } from '../../contract/models.ts';
import type { CopyObserver } from '../../contract/progress.ts';
import {
  CopyError,
  type CopyRequest,
  type Engine,
  type ExportEnd,
  exportImages,
  type FileVerification,
  type ImageFile,
  type ImageToExport,
  type JobIntent,
  Meter,
  openImageFile,
  readBase,
} from '../../engine/engine.ts';
import type { Digest } from '../../oci/digest.ts';
import { formatReference, type Reference } from '../../oci/reference.ts';
import type { Workspace } from '../home.ts';
import { refuse } from '../places.ts';
import { type Prepared, shownSource } from '../prepare.ts';
import type { Recording } from '../recorded.ts';
import type { RoundsObserver } from '../rounds.ts';
import { chooseImages } from './choose-images.ts';
import { imagesToExport, type ReadExport, settingsOf } from './export-plan.ts';
import { readFilePlace } from './file-places.ts';
import { planImport, requestsOf } from './import-plan.ts';
import { readMapping } from './map-rules.ts';
import { makeScratch } from './scratch.ts';
import type { ImportWish } from './wishes.ts';

/** Does a copy under a number of the history, where there is one. */
export type Recorder = (
  recording: Recording,
  meter: Meter,
  copy: (observer: RoundsObserver, signal: AbortSignal) => Promise<JobSummary>,
  observer: RoundsObserver,
  begun: ((job: number, attempt: number) => void) | undefined,
  signal: AbortSignal,
) => Promise<JobSummary>;

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
    { intent, begun, meter = new Meter() }: ExportCourse,
    observer: CopyObserver,
    signal: AbortSignal,
  ): Promise<ExportEnd> {
    const { wish } = read;
    const base = await this.#base(wish.bases, signal);
    const open = (path: string): Promise<ImageFile> => this.open([path], {}, signal);
    const images = uniqueRows(await imagesToExport(wish, this.#engine, open, meter, signal));
    if (images.length === 0) {
      const message = `${wish.references.join(', ')} has no tag that was chosen, so there is nothing to export`;
      throw new CopyError('not-found', { side: 'source', op: 'tags.choose', subject: wish.path, message });
    }
    const path = resolve(wish.path);
    const settings = settingsOf(read, base);
    let end: ExportEnd | undefined;
    const run = async (seen: CopyObserver, stop: AbortSignal): Promise<JobSummary> => {
      end = await exportImages(images, path, settings, this.#engine.carryTools(meter), seen, stop);
      return end;
    };
    const rows = images.map((image) => ({ source: rowName(image), destination: path }));
    const summary = await this.#record({ intent, images: rows, refused: [] }, meter, run, observer, begun, signal);
    return { ...summary, file: end?.file };
  }

  /** The images of a file that was opened, with the places they go to; makes what has to be there before them. */
  async prepareImport(file: ImageFile, wish: ImportWish, signal: AbortSignal): Promise<Prepared> {
    const prepared = planImport(file, await file.digests(signal), readMapping(wish.to, wish.maps));
    if (wish.createsProjects) await this.#makeProjects(prepared.requests, signal);
    return prepared;
  }

  /** The images that the place of a file names, each with the same destinations. */
  async prepareCopy(source: string, destinations: readonly Reference[], signal: AbortSignal): Promise<Prepared> {
    const place = readFilePlace(source);
    if (place === undefined) throw new Error('only places of files are asked for');
    const file = await this.open([place.path], {}, signal);
    const images = chooseImages(file, place.name);
    const [image] = images;
    if (image === undefined || images.length > 1) {
      const message = `file ${file.name} has ${images.length} images; name one of them behind it: ${source}:NAME`;
      throw new CopyError('invalid', { side: 'local', op: 'arguments', subject: source, message });
    }
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
