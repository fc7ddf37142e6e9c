import type { ImageResult } from '../../contract/models.ts';
import { cancelledError, type CopyError } from '../kernel/errors.ts';
import { type LinkedSignal, linkedSignal } from '../kernel/linked-signal.ts';
import { copyImage } from './image.ts';
import { type CopyItem, type CopyObserver, type CopyTarget, type JobContext, shownName } from './item.ts';
import type { Controllable } from './job-control.ts';
import type { ImageProgress } from './progress.ts';
import { Turns } from './turns.ts';

/** One destination of an image in the queue. */
interface Row {
  readonly target: CopyTarget;
  readonly progress: ImageProgress;
  result: ImageResult | undefined;
}

/** One image in the queue. */
interface Entry {
  readonly item: CopyItem;
  readonly rows: readonly Row[];
  state: 'queued' | 'running' | 'held' | 'ended';
  /** What a running one is stopped for. */
  stopFor: 'held' | 'cancelled' | undefined;
  /** What stops it while it runs. */
  stopping: LinkedSignal | undefined;
}

/** So many images are looked at at a time, if more are not copied. */
const mostLooks = 16;

/** The images of a job: so many at a time, hosts taking turns, each with one end, and a person may step in. */
export class Queue implements Controllable {
  readonly #job: JobContext;
  readonly #observer: CopyObserver;
  readonly #signal: AbortSignal;
  readonly #entries: readonly Entry[];
  readonly #turns: Turns<Entry>;
  #running = 0;
  /** Entries that have not ended. */
  #open: number;
  #broken: { readonly reason: unknown } | undefined;
  #ended: () => void = () => {};

  constructor(items: readonly CopyItem[], job: JobContext, observer: CopyObserver, signal: AbortSignal) {
    this.#job = job;
    this.#observer = observer;
    this.#signal = signal;
    this.#entries = items.map((item) => ({
      item,
      rows: item.targets.map((target) => ({ target, progress: this.#announce(item, target), result: undefined })),
      state: 'queued',
      stopFor: undefined,
      stopping: undefined,
    }));
    this.#open = this.#entries.length;
    this.#turns = new Turns(this.#entries, ({ item }) => item.targets.map(({ destination }) => destination.host));
  }

  /** Runs until every image has ended; gives one result a destination, in the order of the items. */
  async run(): Promise<readonly ImageResult[]> {
    const done = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    const release = (): void => this.resume(undefined);
    this.#signal.addEventListener('abort', release);
    try {
      this.#pump();
      await done;
    } finally {
      this.#signal.removeEventListener('abort', release);
    }
    if (this.#broken !== undefined) throw this.#broken.reason;
    return this.#entries.flatMap(({ rows }) =>
      rows.map(({ result }) => {
        if (result === undefined) throw new Error('every row has its result');
        return result;
      }),
    );
  }

  hold(rows: readonly number[] | undefined): void {
    for (const entry of this.#named(rows)) {
      if (entry.state === 'running') this.#stop(entry, 'held');
      else if (entry.state === 'queued') this.#setHeld(entry);
    }
  }

  resume(rows: readonly number[] | undefined): void {
    const entries = this.#named(rows).filter(({ state }) => state === 'held');
    for (const { item } of entries) {
      for (const { destination } of item.targets) this.#job.deliveries.trustAgain(destination.host);
    }
    for (const entry of entries) this.#enqueue(entry);
    this.#pump();
  }

  cancel(rows: readonly number[] | undefined): void {
    for (const entry of this.#named(rows)) {
      if (entry.state === 'ended') continue;
      const isRunning = entry.state === 'running';
      this.#stop(entry, 'cancelled');
      // one that waits ends by itself once it is begun
      if (!isRunning) this.#begin(entry, () => {});
    }
  }

  retry(rows: readonly number[] | undefined): void {
    for (const entry of this.#named(rows)) {
      const again = entry.rows.filter(({ result }) => result?.outcome === 'failed' || result?.outcome === 'cancelled');
      if (entry.state !== 'ended' || again.length === 0) continue;
      this.#open++;
      for (const row of again) {
        row.result = undefined;
        row.progress.deliveries.length = 0;
      }
      for (const { destination } of entry.item.targets) this.#job.deliveries.trustAgain(destination.host);
      this.#enqueue(entry);
    }
    this.#pump();
  }

  #announce(item: CopyItem, target: CopyTarget): ImageProgress {
    const progress: ImageProgress = {
      source: shownName(item.source, item.tag, item.digest),
      destination: shownName(target.destination, target.tag, target.tag === undefined ? item.digest : undefined),
      phase: 'queued',
      deliveries: [],
    };
    this.#observer.queued?.(progress);
    return progress;
  }

  #named(rows: readonly number[] | undefined): readonly Entry[] {
    if (rows === undefined) return this.#entries;
    const wanted = new Set(rows);
    let at = 0;
    return this.#entries.filter((entry) => entry.rows.map(() => wanted.has(at++)).includes(true));
  }

  /** Begins what may begin; ends the job when nothing is left to do. */
  #pump(): void {
    while (this.#running < this.#mostAtOnce && this.#broken === undefined) {
      const turn = this.#turns.take();
      if (turn === undefined) break;
      if (turn.item.state === 'queued') this.#begin(turn.item, () => turn.end());
      else turn.end();
    }
    if (this.#running === 0 && (this.#open === 0 || this.#broken !== undefined)) this.#ended();
  }

  /**
   * While one image after the other is there already, more are looked at than may be copied: looking is waiting for answers. Not
   * while one is copied: another that is new would wait for its slot, and what was seen of it would grow old.
   */
  get #mostAtOnce(): number {
    const { options, lately, slots } = this.#job;
    const { concurrency } = options;
    return lately.wasThere && slots.areFree && concurrency > 1
      ? Math.max(concurrency, Math.min(2 * concurrency, mostLooks))
      : concurrency;
  }

  #begin(entry: Entry, end: () => void): void {
    this.#running++;
    entry.state = 'running';
    void this.#copy(entry)
      .catch((reason: unknown) => {
        this.#broken ??= { reason };
      })
      .finally(() => {
        end();
        this.#running--;
        this.#pump();
      });
  }

  async #copy(entry: Entry): Promise<void> {
    const open = entry.rows.filter(({ result }) => result === undefined);
    const stopping = linkedSignal(this.#signal);
    entry.stopping = stopping;
    if (entry.stopFor !== undefined) stopping.abort(stoppedError(entry));
    const isHeld = ({ outcome, failure }: ImageResult): boolean => {
      if (this.#signal.aborted || entry.stopFor === 'cancelled') return false;
      const isFull = failure?.kind === 'full' && this.#job.options.whenFull === 'hold';
      return isFull || (outcome === 'cancelled' && entry.stopFor === 'held');
    };
    const observer: CopyObserver = {
      changed: (progress) => {
        // how it ended is told below, once it is known whether it ended at all
        const isEnd = progress.phase === 'failed' || progress.phase === 'cancelled';
        if (!isEnd) this.#observer.changed?.(progress);
      },
      ended: (result, progress) => {
        if (isHeld(result)) return;
        const row = open.find((each) => each.progress === progress);
        if (row !== undefined) row.result = result;
        if (result.failure !== undefined) this.#observer.changed?.(progress);
        this.#observer.ended?.(result, progress);
      },
    };
    const item = { ...entry.item, targets: open.map(({ target }) => target) };
    const progresses = open.map(({ progress }) => progress);
    await copyImage(item, progresses, this.#job, observer, stopping.signal).finally(() => stopping.release());
    entry.stopping = undefined;
    if (entry.rows.every(({ result }) => result !== undefined)) {
      entry.state = 'ended';
      this.#open--;
    } else {
      this.#setHeld(entry);
    }
  }

  #stop(entry: Entry, why: 'held' | 'cancelled'): void {
    entry.stopFor = why;
    entry.stopping?.abort(stoppedError(entry));
  }

  #setHeld(entry: Entry): void {
    entry.state = 'held';
    for (const { progress, result } of entry.rows) {
      if (result !== undefined) continue;
      progress.phase = 'held';
      this.#observer.changed?.(progress);
    }
  }

  #enqueue(entry: Entry): void {
    entry.state = 'queued';
    entry.stopFor = undefined;
    for (const { progress, result } of entry.rows) {
      if (result !== undefined) continue;
      progress.phase = 'queued';
      this.#observer.changed?.(progress);
    }
    this.#turns.add(entry);
  }
}

function stoppedError({ rows }: Entry): CopyError {
  return cancelledError(rows[0]?.progress.source ?? '');
}
