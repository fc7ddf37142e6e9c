import { randomUUID } from 'node:crypto';
import type { InputOf, OutputOf } from '../../contract/commands.ts';
import type { Failure } from '../../contract/errors.ts';
import type { ScopeOf, SnapshotOf } from '../../contract/feeds.ts';
import type { PlannedImage } from '../../contract/models.ts';
import { cancelledError } from '../errors.ts';
import { syncFileOf } from '../image-lists.ts';
import type { Prepared } from '../prepare.ts';
import { failureForWindow, unknownThing } from './failures.ts';
import { Listeners } from './listeners.ts';
import type { ReadOrder } from './orders.ts';
import type { Door, Looks } from './parts.ts';
import { plannedForWindow } from './planned.ts';
import { shownFindings } from './shown.ts';

type Snapshot = SnapshotOf<'plan'>;

interface Plan {
  readonly read: ReadOrder;
  readonly controller: AbortController;
  readonly prepared: Promise<Prepared>;
  readonly rows: PlannedImage[];
  totals: Snapshot['totals'];
  total: number;
  state: Snapshot['state'];
  findings: Snapshot['findings'];
  failure?: Failure;
}

/** The oldest is dropped beyond so many. */
const mostPlans = 8;
const mostFindings = 200;

/** Plans in the making and made; they live until discarded, started or crowded out. */
export class PlanDesk {
  readonly #door: Door;
  readonly #plans = new Map<string, Plan>();
  readonly #listeners = new Listeners();

  constructor(door: Door) {
    this.#door = door;
  }

  /** Begins a plan and gives its name at once. */
  make(read: ReadOrder): string {
    const id = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<Prepared>();
    // it is told by the plan itself
    promise.catch(() => {});
    const plan: Plan = {
      read,
      controller: new AbortController(),
      prepared: promise,
      rows: [],
      totals: noTotals,
      total: 0,
      state: 'planning',
      findings: [],
    };
    this.#plans.set(id, plan);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > mostPlans && oldest !== undefined) this.discard(oldest);
    this.#work(plan, resolve).catch((thrown: unknown) => {
      reject(thrown);
      plan.state = 'failed';
      plan.failure = failureForWindow(thrown, 'plan');
      this.#listeners.tell();
    });
    return id;
  }

  /** What was ordered and what it comes to, to be begun; the plan ends. Throws `not-found`, or what kept it from being prepared. */
  async take(id: string): Promise<{ readonly read: ReadOrder; readonly prepared: Prepared }> {
    const plan = this.#find(id);
    const prepared = await plan.prepared;
    this.discard(id);
    return { read: plan.read, prepared };
  }

  /** What is planned as a file that image-syncer takes; rejects as `take` does. */
  async file(id: string, format: InputOf<'plans.save'>['format']): Promise<OutputOf<'plans.save'>> {
    const { read, prepared } = this.#find(id);
    return { name: `images.${format}`, text: syncFileOf(read.wish.origin, await prepared, format) };
  }

  /** How a plan stands; throws `not-found`. */
  snapshot({ plan: id, from, most }: ScopeOf<'plan'>): Snapshot {
    const { state, rows, total, totals, findings, failure } = this.#find(id);
    return {
      state,
      done: rows.length,
      total: Math.max(total, rows.length),
      totals,
      rows: rows.slice(from, from + most),
      findings,
      ...(failure && { failure }),
    };
  }

  /** Ends a plan; harmless when it is not there. */
  discard(id: string): void {
    this.#plans.get(id)?.controller.abort(cancelledError('the plan'));
    if (this.#plans.delete(id)) this.#listeners.tell();
  }

  /** Calls back when a plan is ready, failed or gone; gives what stops it. */
  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  /** Ends all plans. */
  close(): void {
    for (const id of this.#plans.keys()) this.discard(id);
  }

  async #work(plan: Plan, prepared: (value: Prepared) => void): Promise<void> {
    const { signal } = plan.controller;
    const { extra, wish, fromFile } = plan.read;
    const opened = extra && (await this.#door.open(extra, signal));
    try {
      const looks: Looks = opened ?? this.#door.looks;
      const found = await (fromFile?.prepare(signal) ?? looks.prepare(wish, signal));
      prepared(found);
      plan.findings = shownFindings(found.findings, mostFindings);
      plan.total = found.refused.length + found.requests.reduce((sum, { targets }) => sum + targets.length, 0);
      plan.totals = { ...noTotals, images: plan.total, isDirect: this.#door.isDirect };
      for await (const image of looks.plan(found, wish.options, signal)) {
        plan.rows.push(plannedForWindow(image));
        plan.totals = withImage(plan.totals, image);
      }
      plan.state = 'ready';
      this.#listeners.tell();
    } finally {
      await opened?.close();
    }
  }

  #find(id: string): Plan {
    const plan = this.#plans.get(id);
    if (plan === undefined) throw unknownThing('plan', id);
    return plan;
  }
}

const noTotals: Snapshot['totals'] = {
  images: 0,
  toCopy: 0,
  unchanged: 0,
  failing: 0,
  bytesToSend: 0,
  bytesPresent: 0,
  bytesToMount: 0,
  bytesCached: 0,
  diskNeeded: 0,
  isDirect: false,
};

function withImage(totals: Snapshot['totals'], { action, bytes }: PlannedImage): Snapshot['totals'] {
  const bytesToSend = totals.bytesToSend + bytes.toSend;
  return {
    ...totals,
    toCopy: totals.toCopy + Number(action === 'copy'),
    unchanged: totals.unchanged + Number(action === 'unchanged'),
    failing: totals.failing + Number(action === 'fail'),
    bytesToSend,
    bytesPresent: totals.bytesPresent + bytes.present,
    bytesToMount: totals.bytesToMount + bytes.toMount,
    bytesCached: totals.bytesCached + (bytes.cached ?? 0),
    // nothing is written down on the direct way
    diskNeeded: totals.isDirect ? 0 : totals.diskNeeded + (bytes.toFetch ?? 0) - (bytes.direct ?? 0),
  };
}
