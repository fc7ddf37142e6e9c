import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { ReceiptRow } from '../../contract/bundles.ts';
import type { App } from '../app.ts';
import { cancelledError } from '../errors.ts';
import type { Clock } from '../window/clock.ts';
import { failureForWindow, unknownThing } from '../window/failures.ts';
import { Listeners } from '../window/listeners.ts';
import { instantOf } from '../window/shown.ts';

interface Receipt {
  row: ReceiptRow;
  readonly path: string;
  readonly stop: AbortController;
}

/** A line to registries, held. */
interface HeldLine {
  readonly app: Pick<App, 'receipt'>;
  release(): Promise<void>;
}

const mostKept = 50;
const mostUnread = 50;

/** Lists of what sites hold, in the making and made. */
export class ReceiptDesk {
  readonly #clock: Clock;
  readonly #line: (signal: AbortSignal) => Promise<HeldLine>;
  readonly #receipts = new Map<string, Receipt>();
  readonly #listeners = new Listeners();

  constructor(clock: Clock, line: (signal: AbortSignal) => Promise<HeldLine>) {
    this.#clock = clock;
    this.#line = line;
  }

  /** Begins to list `HOST[/PREFIX]` into a file and gives the name of that at once. */
  make(place: string, path: string): string {
    const receipt = randomUUID();
    const row: ReceiptRow = {
      receipt,
      name: basename(path).slice(0, 255),
      place,
      state: 'walking',
      at: instantOf(this.#clock.wallMs()),
      tags: 0,
      digests: 0,
      unread: [],
    };
    this.#receipts.set(receipt, { row, path, stop: new AbortController() });
    const [oldest] = this.#receipts.keys();
    if (this.#receipts.size > mostKept && oldest !== undefined) this.#receipts.delete(oldest);
    this.#walk(receipt).catch((thrown: unknown) => {
      this.#change(receipt, { state: 'failed', failure: failureForWindow(thrown, 'receipts.make') });
      this.#listeners.tell();
    });
    this.#listeners.tell();
    return receipt;
  }

  /** Gives one up; throws `not-found`. */
  stop(receipt: string): void {
    this.#find(receipt).stop.abort(cancelledError('the receipt'));
  }

  /** Where one was written; throws `not-found`. */
  pathOf(receipt: string): string {
    return this.#find(receipt).path;
  }

  /** Newest first. */
  rows(): readonly ReceiptRow[] {
    return [...this.#receipts.values()].toReversed().map(({ row }) => row);
  }

  /** True while something goes on that is to be sampled. */
  get isMoving(): boolean {
    return [...this.#receipts.values()].some(({ row }) => row.state === 'walking');
  }

  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  /** Gives up all that are in the making. */
  close(): void {
    for (const { stop } of this.#receipts.values()) stop.abort(cancelledError('the receipt'));
  }

  async #walk(receipt: string): Promise<void> {
    const { row, path, stop } = this.#find(receipt);
    const line = await this.#line(stop.signal);
    try {
      const walk = {
        seen: (tags: number, digests: number) => this.#change(receipt, { tags, digests }),
        leftOut: (name: string, error: Error) => {
          const unread = this.#receipts.get(receipt)?.row.unread ?? [];
          const why = failureForWindow(error, 'receipts.make').message;
          if (unread.length < mostUnread)
            this.#change(receipt, { unread: [...unread, { name: name.slice(0, 600), why }] });
        },
      };
      const { digests, repositories, sizeBytes } = await line.app.receipt(row.place, path, walk, stop.signal);
      this.#change(receipt, { state: 'written', digests, repositories, sizeBytes });
      this.#listeners.tell();
    } finally {
      await line.release();
    }
  }

  #find(receipt: string): Receipt {
    const found = this.#receipts.get(receipt);
    if (found === undefined) throw unknownThing('receipt', receipt);
    return found;
  }

  #change(receipt: string, change: Partial<ReceiptRow>): void {
    const found = this.#receipts.get(receipt);
    if (found !== undefined) found.row = { ...found.row, ...change };
  }
}
