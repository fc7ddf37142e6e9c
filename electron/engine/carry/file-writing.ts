import type { JobSummary } from '../../contract/models.ts';
import type { DeliveryProgress } from '../../contract/progress.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { formatReference } from '../../oci/reference.ts';
import {
  type ExportPlan,
  type ImageToWrite,
  planExport,
  type ReadBlob,
  volumePaths,
  writeExport,
} from '../bundle/bundle.ts';
import { download } from '../copy/download.ts';
import type { Filling, FillingCount, Fillings } from '../copy/filling.ts';
import { asCopyError, copyError, CopyError } from '../kernel/errors.ts';
import type { Source } from '../ports/places.ts';
import type { CarryTools } from './carry-tools.ts';
import type { ExportRow } from './export-row.ts';
import type { ExportSettings } from './image-to-export.ts';
import { pour } from './pour.ts';
import { ReadAhead } from './read-ahead.ts';

/** What was written. */
export interface ExportedFile {
  /** Those that this run wrote; volumes that were there already are not among them. */
  readonly paths: readonly string[];
  /** All that belongs to it, in its order. */
  readonly files: readonly string[];
  readonly set: Digest | undefined;
  readonly volumes: number;
  /** Bytes of all volumes together. */
  readonly totalBytes: number;
  readonly blobs: number;
  readonly blobBytes: number;
  /** What was left out because the site holds it. */
  readonly leftOut: number;
  readonly leftOutBytes: number;
}

/** Content that came wrong is read again from the beginning this often. */
const integrityRetries = 2;

type BlobTarget = Parameters<ReadBlob>[0];

/** The writing of a file whose images are known. */
export class FileWriting {
  readonly #plan: ExportPlan;
  readonly #path: string;
  readonly #settings: ExportSettings;
  readonly #tools: CarryTools;
  readonly #wanted = new Map<Digest, { readonly sources: Set<Source>; readonly progress: DeliveryProgress }>();
  readonly #count: FillingCount;
  #ahead: ReadAhead | undefined;

  constructor(rows: readonly ExportRow[], path: string, settings: ExportSettings, tools: CarryTools) {
    this.#plan = planExport(uniqueImages(rows.flatMap(({ found }) => found)), settings);
    this.#path = path;
    this.#settings = settings;
    this.#tools = tools;
    this.#count = { meter: tools.meter, counted: new Set(), underWay: new Set() };
    const { set } = this.#plan;
    if (settings.set !== undefined) requireSet(set, settings.set, path);
    const left = new Set(this.#plan.expected.map(({ digest }) => digest));
    for (const { found, source, progress: image } of rows) {
      for (const blob of found.flatMap(({ graph }) => graph.blobs)) {
        const known = this.#wanted.get(blob.digest);
        known?.sources.add(source);
        if (known !== undefined) continue;
        const phase = left.has(blob.digest) ? 'present' : 'waiting';
        const progress: DeliveryProgress = { blob, phase, receivedBytes: 0, sentBytes: 0 };
        image.deliveries.push(progress);
        this.#wanted.set(blob.digest, { sources: new Set([source]), progress });
      }
    }
  }

  async run(signal: AbortSignal): Promise<ExportedFile> {
    const plan = this.#plan;
    const read: ReadBlob = (target, stop) => this.#read(target, stop);
    const { fillings } = this.#tools;
    if (fillings !== undefined) this.#ahead = new ReadAhead(plan, (...asked) => this.#bring(fillings, ...asked));
    let paths: readonly string[] = [];
    try {
      for (let tries = 0; ; tries++) {
        try {
          paths = await writeExport(plan, this.#path, read, this.#settings, signal);
          break;
        } catch (thrown) {
          // what rotted in the cache was put aside, and a line may spoil bytes: what is done already is kept
          const isWrong = thrown instanceof CopyError && thrown.kind === 'integrity';
          if (signal.aborted || !isWrong || tries >= integrityRetries) throw thrown;
        }
      }
    } finally {
      this.#ahead?.close();
      await Promise.all(this.#count.underWay);
    }
    for (const { progress } of this.#wanted.values()) if (progress.phase !== 'sent') progress.phase = 'present';
    const bytesOf = (blobs: readonly Pick<Descriptor, 'size'>[]): number =>
      blobs.reduce((sum, { size }) => sum + size, 0);
    const leftOutBytes = bytesOf(plan.expected);
    this.#tools.meter.bytes.reused += leftOutBytes;
    return {
      paths,
      files: plan.volumes.length > 0 ? volumePaths(plan, this.#path, this.#settings.compression) : [this.#path],
      set: plan.set,
      volumes: Math.max(1, plan.volumes.length),
      totalBytes: plan.totalBytes,
      blobs: plan.blobs.length,
      blobBytes: bytesOf(plan.blobs),
      leftOut: plan.expected.length,
      leftOutBytes,
    };
  }

  /** Blobs by what had to be done for them. */
  counts(): JobSummary['blobs'] {
    const phases = [...this.#wanted.values()].map(({ progress }) => progress.phase);
    const count = (phase: string): number => phases.filter((each) => each === phase).length;
    return { sent: count('sent'), mounted: 0, present: count('present') };
  }

  /** Reads a blob from a repository that has it, and goes on with another one when that fails. */
  async #read(target: BlobTarget, signal: AbortSignal): Promise<void> {
    const { digest } = target.descriptor;
    const wanted = this.#wanted.get(digest);
    if (wanted === undefined) throw new Error('only blobs of the images are asked for');
    const { progress } = wanted;
    const sources = [...wanted.sources];
    for (const [at, source] of sources.entries()) {
      try {
        progress.phase = 'sending';
        await this.#readFrom(source, target, progress, signal);
        progress.phase = 'sent';
        return;
      } catch (thrown) {
        progress.phase = 'failed';
        const error = asCopyError(thrown, { side: 'source', op: 'blob.get', subject: digest });
        if (signal.aborted || error.side !== 'source' || at === sources.length - 1) throw error;
      }
    }
  }

  async #readFrom(source: Source, target: BlobTarget, progress: DeliveryProgress, signal: AbortSignal): Promise<void> {
    const { fillings, leases, limits, clock, meter } = this.#tools;
    if (fillings !== undefined && target.receivedBytes === 0) {
      if (await this.#readStored(fillings, source, target, progress, signal)) return;
      progress.isDirect = true;
    }
    const received = (bytes: number): void => {
      meter.bytes.received += bytes;
      progress.receivedBytes += bytes;
      progress.sentBytes = progress.receivedBytes;
    };
    const lease = await leases.acquire([source.leases], signal);
    try {
      await download(source, target, received, limits, clock, signal);
    } finally {
      lease.release();
    }
  }

  /** Begins to bring a blob here that will be asked for. */
  async #bring(
    fillings: Fillings,
    blob: Descriptor,
    progress: DeliveryProgress,
    signal: AbortSignal,
  ): Promise<Filling> {
    const [source] = this.#wanted.get(blob.digest)?.sources ?? [];
    if (source === undefined) throw new Error('only blobs of the images are asked for');
    return fillings.hold(source, blob, progress, this.#count, signal);
  }

  /** Reads a blob by way of the cache; false when the cache cannot hold it, and what came of it so far is right. */
  async #readStored(
    fillings: Fillings,
    source: Source,
    target: BlobTarget,
    progress: DeliveryProgress,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const filling = await fillings.hold(source, target.descriptor, progress, this.#count, signal);
      try {
        this.#ahead?.passed(target.descriptor.digest, signal);
        await pour(filling.open(), target, progress, signal);
        return true;
      } finally {
        filling.release(progress);
      }
    } catch (thrown) {
      if (!signal.aborted && thrown instanceof CopyError && thrown.kind === 'disk' && thrown.op !== 'file.write')
        return false;
      throw thrown;
    }
  }
}

/** What refers to an image that goes by several tags is written once. */
export function uniqueImages(images: readonly ImageToWrite[]): readonly ImageToWrite[] {
  const unique = new Map<string, ImageToWrite>();
  for (const image of images) {
    const { host, path, tag, graph } = image;
    const { digest } = graph.root.descriptor;
    unique.set(formatReference({ host, path, digest, ...(tag === undefined ? {} : { tag }) }), image);
  }
  return [...unique.values()];
}

/** The images may have changed since the set was made; a volume of another set would be of no use. */
function requireSet(set: Digest | undefined, wanted: string, path: string): void {
  if (set === undefined) {
    const message = 'only a bundle has a set id; leave --set out, or choose --format bundle';
    throw copyError('invalid', { side: 'local', op: 'export.plan', subject: path, message });
  }
  if (set === wanted || set.slice(set.indexOf(':') + 1).startsWith(wanted.replace(/^sha256:/, ''))) return;
  const message = `the images make the set ${set} now, not ${wanted}: a tag stands for another image, or the options are others`;
  throw copyError('conflict', { side: 'local', op: 'export.plan', subject: path, message });
}
