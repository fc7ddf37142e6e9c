import { join } from 'node:path';
import type { ExportOrder, ExportTarget } from '../../contract/bundles.ts';
import type { InputOf, OutputOf } from '../../contract/commands.ts';
import type { ScopeOf, SnapshotOf } from '../../contract/feeds.ts';
import type { JobSummary } from '../../contract/models.ts';
import type { JobIntent, Meter, Workspace } from '../../engine/engine.ts';
import type { App } from '../app.ts';
import type { Prepared } from '../prepare.ts';
import type { Carried, CarriedImport } from '../window/carried.ts';
import type { CarryDesk as Desk, ImagesToCarry } from '../window/carry-parts.ts';
import type { Clock } from '../window/clock.ts';
import type { FileDesk, JobOrder } from '../window/parts.ts';
import type { JobCourse } from '../window/running-jobs.ts';
import { BundleDesk } from './bundle-desk.ts';
import { ExportDesk } from './export-desk.ts';
import type { Lines } from './lines.ts';
import { ReceiptDesk } from './receipt-desk.ts';

/** Files that cross a gap, as windows and jobs have them; closed with `end`. */
export class CarryDesk implements Desk {
  readonly bundles: BundleDesk;
  readonly #exports: ExportDesk;
  readonly #receipts: ReceiptDesk;
  readonly #files: FileDesk;
  readonly #lines: Lines;

  constructor(workspace: Workspace, lines: Lines, files: FileDesk, clock: Clock) {
    this.#files = files;
    this.#lines = lines;
    this.bundles = new BundleDesk(workspace, () => lines.app.carrier());
    this.#receipts = new ReceiptDesk(clock, (signal) => lines.use(undefined, signal));
    this.#exports = new ExportDesk(clock, {
      target: (target, signal) => this.#pathOf(target, signal),
      base: (base, signal) => this.#baseOf(base, signal),
    });
  }

  async open(asked: InputOf<'bundles.open'>, signal: AbortSignal): Promise<string> {
    if ('job' in asked) return this.bundles.open(this.#exports.pathsOf(asked.job));
    return this.bundles.open(await Promise.all(asked.files.map((handle) => this.#files.place(handle, signal))));
  }

  async reopen(bundle: string): Promise<void> {
    await this.bundles.find(bundle).reopen();
  }

  close(bundle: string): Promise<void> {
    return this.bundles.close(bundle);
  }

  check(bundle: string, action: InputOf<'bundles.check'>['action']): void {
    const found = this.bundles.find(bundle);
    if (action === 'start') found.startCheck();
    else found.stopCheck();
  }

  choice(bundle: string, only: readonly number[] | undefined): ReturnType<Desk['choice']> {
    const found = this.bundles.find(bundle);
    const names = found.names(only);
    const { signer } = found.head();
    return {
      files: found.paths,
      ...(names === undefined ? {} : { only: names }),
      ...(signer === undefined ? {} : { sender: signer }),
    };
  }

  prepare(bundle: string, asked: CarriedImport, signal: AbortSignal): Promise<Prepared> {
    return this.bundles.prepare(bundle, asked, false, signal);
  }

  async estimate(images: ImagesToCarry, signal: AbortSignal): Promise<OutputOf<'exports.estimate'>> {
    const { order, references, concurrency } = images;
    const wish = await this.#exports.wishOf(order, references, concurrency, undefined, signal);
    return this.#exports.estimate(wish, this.#lines.app, signal);
  }

  async exportOf(images: ImagesToCarry, target: ExportTarget, signal: AbortSignal): Promise<Carried> {
    const { order, references, concurrency } = images;
    return { command: 'export', asked: await this.#exports.wishOf(order, references, concurrency, target, signal) };
  }

  async receipt(place: string, target: ExportTarget, signal: AbortSignal): Promise<string> {
    return this.#receipts.make(place, await this.#pathOf(target, signal));
  }

  stopReceipt(receipt: string): void {
    this.#receipts.stop(receipt);
  }

  snapshot(): SnapshotOf<'bundles'> {
    return { bundles: this.bundles.heads(), exports: this.#exports.rows(), receipts: this.#receipts.rows() };
  }

  page(scope: ScopeOf<'bundle'>): SnapshotOf<'bundle'> {
    return this.bundles.page(scope);
  }

  get isMoving(): boolean {
    return this.bundles.isMoving || this.#receipts.isMoving;
  }

  onChange(changed: () => void): () => void {
    const all = [this.bundles, this.#exports, this.#receipts].map((desk) => desk.onChange(changed));
    return () => {
      for (const stop of all) stop();
    };
  }

  /** Does a job of files over a line. Rejects when it cannot run. */
  async run(
    { carried, options }: JobOrder,
    intent: JobIntent,
    { app, meter, course }: { readonly app: App; readonly meter: Meter; readonly course: JobCourse },
    signal: AbortSignal,
  ): Promise<JobSummary> {
    if (carried === undefined) throw new Error('only jobs of files are done here');
    const { control, observer, begun } = course;
    const { what, bundle } = carried;
    if (what.command === 'export') {
      const cancel = new AbortController();
      // what is written stays, and the same job goes on from there: there is nothing between running and given up
      const nothing = (): void => {};
      control.bind({ hold: nothing, resume: nothing, retry: nothing, cancel: () => cancel.abort() });
      const all = { intent, meter, begun, cancel: cancel.signal, observer };
      return this.#exports.run(what.asked, app, all, signal).finally(() => control.bind(undefined));
    }
    const id = bundle ?? this.bundles.open(what.asked.files);
    const release = this.bundles.find(id).hold();
    try {
      const prepared = await this.bundles.prepare(id, what.asked, true, signal);
      return await app.copy(prepared, options, { rounds: 0, intent, control, meter, begun }, observer, signal);
    } finally {
      release();
    }
  }

  /** Closes everything that is open and gives up what is in the making. */
  async end(): Promise<void> {
    this.#receipts.close();
    this.#exports.close();
    await this.bundles.end();
  }

  async #pathOf(target: ExportTarget, signal: AbortSignal): Promise<string> {
    if ('handle' in target) return this.#files.place(target.handle, signal);
    return join(await this.#files.place(target.folder, signal), target.name);
  }

  async #baseOf(base: ExportOrder['bases'][number], signal: AbortSignal): Promise<string> {
    if ('handle' in base) return this.#files.place(base.handle, signal);
    if ('receipt' in base) return this.#receipts.pathOf(base.receipt);
    return this.bundles.find(base.bundle).paths[0] ?? '';
  }
}
