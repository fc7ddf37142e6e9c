import { copyError } from '../../../../electron/app/errors.ts';
import type { Carried, CarriedImport } from '../../../../electron/app/window/carried.ts';
import type { CarryDesk, DockDesk, ImagesToCarry } from '../../../../electron/app/window/carry-parts.ts';
import type { ExportTarget, OpenedBundle } from '../../../../electron/contract/bundles.ts';
import type { InputOf, OutputOf } from '../../../../electron/contract/commands.ts';
import type { DockOrder, DockRow } from '../../../../electron/contract/docks.ts';
import type { SnapshotOf } from '../../../../electron/contract/feeds.ts';

const options = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  force: false,
  referrers: true,
  concurrency: 8,
} as const;

/** Files that are open in name only. */
export class MemoryCarry implements CarryDesk {
  readonly opened: OpenedBundle[] = [];
  readonly asked: unknown[] = [];
  readonly isMoving = false;

  open(asked: InputOf<'bundles.open'>): Promise<string> {
    this.asked.push(asked);
    return Promise.resolve('b1');
  }

  reopen(bundle: string): Promise<void> {
    return this.#missing(bundle);
  }

  close(bundle: string): Promise<void> {
    return this.#missing(bundle);
  }

  check(bundle: string): void {
    this.choice(bundle, undefined);
  }

  choice(bundle: string, only: readonly number[] | undefined): ReturnType<CarryDesk['choice']> {
    if (bundle !== 'b1') throw this.#failure(bundle);
    const names = only?.map((index) => `image-${index}`);
    return { files: ['/secret/place/october.tar'], sender: 'key', ...(names === undefined ? {} : { only: names }) };
  }

  prepare(bundle: string, asked: CarriedImport): ReturnType<CarryDesk['prepare']> {
    this.asked.push([bundle, asked]);
    return Promise.resolve({ requests: [], refused: [], findings: [] });
  }

  estimate(images: ImagesToCarry): Promise<OutputOf<'exports.estimate'>> {
    this.asked.push(images);
    const sums = { volumes: 1, totalBytes: 10, blobs: 2, blobBytes: 8, leftOut: 0, leftOutBytes: 0 };
    return Promise.resolve({ images: images.references.length, ...sums });
  }

  exportOf({ references }: ImagesToCarry, target: ExportTarget): Promise<Carried> {
    this.asked.push(target);
    const asked = {
      references,
      path: '/secret/place/out.tar',
      format: 'bundle',
      bases: [],
      compression: 'none',
    } as const;
    return Promise.resolve({ command: 'export', asked: { ...asked, options } });
  }

  receipt(place: string): Promise<string> {
    this.asked.push(place);
    return Promise.resolve('r1');
  }

  stopReceipt(receipt: string): void {
    throw this.#failure(receipt);
  }

  snapshot(): SnapshotOf<'bundles'> {
    return { bundles: this.opened, exports: [], receipts: [] };
  }

  page({ bundle }: { readonly bundle: string }): SnapshotOf<'bundle'> {
    if (bundle !== 'b1') throw this.#failure(bundle);
    return { total: 0, rows: [] };
  }

  onChange(): () => void {
    return () => {};
  }

  #missing(subject: string): Promise<never> {
    return Promise.reject(this.#failure(subject));
  }

  #failure(subject: string): Error {
    const message = `there is no open file ${subject}`;
    return copyError('not-found', { side: 'local', op: 'request', subject, message });
  }
}

/** Docks that serve in name only. */
export class MemoryDocks implements DockDesk {
  readonly started: DockOrder[] = [];

  start(order: DockOrder): Promise<string> {
    this.started.push(order);
    return Promise.resolve(`d${this.started.length}`);
  }

  stop(dock: string): Promise<void> {
    const message = `there is no dock ${dock}`;
    return Promise.reject(copyError('not-found', { side: 'local', op: 'request', subject: dock, message }));
  }

  rows(): readonly DockRow[] {
    return [];
  }

  content(): Promise<OutputOf<'docks.content'>> {
    return Promise.resolve({ repositories: [], isCut: false });
  }

  addresses(): OutputOf<'docks.addresses'> {
    return [{ address: '127.0.0.1', name: 'lo', isLoopback: true }];
  }

  onChange(): () => void {
    return () => {};
  }
}
