import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ExportedBundle, ExportOrder, ExportTarget } from '../../contract/bundles.ts';
import type { OutputOf } from '../../contract/commands.ts';
import type { JobSummary } from '../../contract/models.ts';
import type { App } from '../app.ts';
import { readExport } from '../carrying/export-plan.ts';
import type { ExportWish } from '../carrying/wishes.ts';
import type { ExportCourse } from '../carrying/carrier.ts';
import { failureForWindow, unknownThing } from '../window/failures.ts';
import { Listeners } from '../window/listeners.ts';
import { instantOf } from '../window/shown.ts';
import type { Clock } from '../window/clock.ts';
import type { CopyObserver } from '../../contract/progress.ts';

type Files = readonly { readonly path: string; readonly size: number; readonly sha256?: string }[];

interface Written {
  row: ExportedBundle;
  files: Files;
}

const mostKept = 50;
const mostFiles = 1000;
const noSums = { volumes: 0, totalBytes: 0, blobs: 0, blobBytes: 0, leftOut: 0, leftOutBytes: 0 };

/** Finds what handles, opened bundles and receipts of an order are on this machine. */
export interface ExportPlaces {
  target(target: ExportTarget, signal: AbortSignal): Promise<string>;
  base(base: ExportOrder['bases'][number], signal: AbortSignal): Promise<string>;
}

/** Images on their way into files, and what was written since the program began. */
export class ExportDesk {
  readonly #clock: Clock;
  readonly #places: ExportPlaces;
  readonly #written = new Map<number, Written>();
  readonly #listeners = new Listeners();
  readonly #hashing = new AbortController();

  constructor(clock: Clock, places: ExportPlaces) {
    this.#clock = clock;
    this.#places = places;
  }

  /** An order in the words of the app; without a target it is only to be looked at. */
  async wishOf(
    order: ExportOrder,
    references: readonly string[],
    concurrency: number,
    target: ExportTarget | undefined,
    signal: AbortSignal,
  ): Promise<ExportWish> {
    const { format, volumeBytes, zstd, platforms, attestations, referrers } = order;
    const bases: string[] = [];
    for (const base of order.bases) bases.push(await this.#places.base(base, signal));
    return {
      references,
      path: target === undefined ? '' : await this.#places.target(target, signal),
      format,
      bases,
      compression: zstd ? 'zstd' : 'none',
      ...(volumeBytes === undefined ? {} : { volumeBytes }),
      options: { platforms, attestations, referrers, concurrency, force: false, onConflict: 'overwrite' },
    };
  }

  /** What a wish would come to; moves nothing. */
  async estimate(wish: ExportWish, app: App, signal: AbortSignal): Promise<OutputOf<'exports.estimate'>> {
    const carrier = app.carrier();
    try {
      return await carrier.estimate(await readExport(wish), signal);
    } finally {
      await carrier.close();
    }
  }

  /** Writes a wish into its file. Rejects when it cannot be written. */
  async run(
    wish: ExportWish,
    app: App,
    course: ExportCourse & { readonly observer: CopyObserver },
    signal: AbortSignal,
  ): Promise<JobSummary> {
    const carrier = app.carrier();
    const read = await readExport(wish);
    const name = basename(wish.path);
    let number: number | undefined;
    const begun = (job: number, attempt: number): void => {
      number = job;
      const at = instantOf(this.#clock.wallMs());
      this.#put(job, { job, name, format: wish.format, state: 'writing', at, ...noSums, files: [] }, []);
      course.begun?.(job, attempt);
    };
    try {
      const end = await carrier.export(read, { ...course, begun, shownAs: name }, course.observer, signal);
      if (number !== undefined) await this.#end(number, end);
      return end;
    } catch (thrown) {
      if (number !== undefined) this.#change(number, { state: 'failed', failure: failureForWindow(thrown, 'export') });
      throw thrown;
    } finally {
      await carrier.close();
    }
  }

  /** What a job wrote, to be opened; throws `not-found`. */
  pathsOf(job: number): readonly string[] {
    const written = this.#written.get(job);
    if (written === undefined || written.files.length === 0) throw unknownThing('export of job', String(job));
    return written.files.map(({ path }) => path);
  }

  /** Newest first. */
  rows(): readonly ExportedBundle[] {
    return [...this.#written.values()].toReversed().map(({ row, files }) => ({
      ...row,
      files: files.slice(0, mostFiles).map(({ path, ...file }) => ({ name: basename(path), ...file })),
    }));
  }

  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  /** Reads no more of what was written. */
  close(): void {
    this.#hashing.abort();
  }

  async #end(job: number, end: Awaited<ReturnType<ReturnType<App['carrier']>['export']>>): Promise<void> {
    const { file, results } = end;
    if (file === undefined) {
      const failure = results.find((result) => result.failure !== undefined)?.failure;
      this.#change(job, { state: failure === undefined ? 'cancelled' : 'failed', ...(failure && { failure }) });
      return;
    }
    const { paths: _, files: all, set, ...sums } = file;
    const files: { path: string; size: number }[] = [];
    for (const path of all) {
      const found = await stat(path).catch(() => undefined);
      files.push({ path, size: found?.isFile() === true ? found.size : file.totalBytes });
    }
    this.#change(job, { state: 'written', ...sums, ...(set === undefined ? {} : { set }) }, files);
    void this.#hash(job, files).catch(() => {});
  }

  /** What was written is read again from the disk, as who carries it will. */
  async #hash(job: number, files: Files): Promise<void> {
    const hashed = [...files];
    for (const [at, file] of files.entries()) {
      if ((await stat(file.path)).isDirectory()) continue;
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(file.path, { signal: this.#hashing.signal })) hash.update(chunk);
      hashed[at] = { ...file, sha256: hash.digest('hex') };
      this.#change(job, {}, [...hashed]);
    }
  }

  #change(job: number, change: Partial<ExportedBundle>, files?: Files): void {
    const before = this.#written.get(job);
    if (before !== undefined) this.#put(job, { ...before.row, ...change }, files ?? before.files);
  }

  #put(job: number, row: ExportedBundle, files: Files): void {
    this.#written.set(job, { row, files });
    const [oldest] = this.#written.keys();
    if (this.#written.size > mostKept && oldest !== undefined) this.#written.delete(oldest);
    this.#listeners.tell();
  }
}
