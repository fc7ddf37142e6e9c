import type { ExportOrder, ExportTarget } from '../../contract/bundles.ts';
import type { InputOf, OutputOf } from '../../contract/commands.ts';
import type { DockOrder, DockRow, Served } from '../../contract/docks.ts';
import type { ScopeOf, SnapshotOf } from '../../contract/feeds.ts';
import type { Prepared } from '../prepare.ts';
import type { Carried, CarriedImport } from './carried.ts';

/** Images that are to go into a file, named in full. */
export interface ImagesToCarry {
  readonly order: ExportOrder;
  readonly references: readonly string[];
  /** Images that are looked at at a time. */
  readonly concurrency: number;
}

/** Files that cross a gap: open ones, and those that are written. Every method must reject `not-found` for what it does not know. */
export interface CarryDesk {
  /** Gives its name before it is open. */
  open(asked: InputOf<'bundles.open'>, signal: AbortSignal): Promise<string>;
  reopen(bundle: string): Promise<void>;
  close(bundle: string): Promise<void>;
  check(bundle: string, action: InputOf<'bundles.check'>['action']): void;
  /** The files of an open one, the names of some of its images, and the key that signed it. */
  choice(
    bundle: string,
    only: readonly number[] | undefined,
  ): Pick<CarriedImport, 'files' | 'only'> & { readonly sender?: string };
  /** What an import comes to, once everything it needs was found right; must change nothing. */
  prepare(bundle: string, asked: CarriedImport, signal: AbortSignal): Promise<Prepared>;
  estimate(images: ImagesToCarry, signal: AbortSignal): Promise<OutputOf<'exports.estimate'>>;
  /** An export as it is to be kept and done. */
  exportOf(images: ImagesToCarry, target: ExportTarget, signal: AbortSignal): Promise<Carried>;
  /** Begins to list what `HOST[/PREFIX]` holds; gives the name of the receipt. */
  receipt(place: string, target: ExportTarget, signal: AbortSignal): Promise<string>;
  stopReceipt(receipt: string): void;
  snapshot(): SnapshotOf<'bundles'>;
  page(scope: ScopeOf<'bundle'>): SnapshotOf<'bundle'>;
  /** True while something goes on that is to be sampled. */
  readonly isMoving: boolean;
  onChange(changed: () => void): () => void;
}

/** Registries over what lies on this machine. */
export interface DockDesk {
  /** Resolves once it serves. */
  start(order: DockOrder, signal: AbortSignal): Promise<string>;
  stop(dock: string): Promise<void>;
  rows(): readonly DockRow[];
  content(serve: Served, signal: AbortSignal): Promise<OutputOf<'docks.content'>>;
  addresses(): OutputOf<'docks.addresses'>;
  onChange(changed: () => void): () => void;
}
