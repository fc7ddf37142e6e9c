import type { HistoryLayer } from '../contract/history.ts';
import type { ImagePhase, ImageResult, JobSummary } from '../contract/models.ts';
import type { ImageProgress } from '../contract/progress.ts';
import { CopyError, type JobIntent, type Meter, type RunningJob, type Store, systemClock } from '../engine/engine.ts';
import { JobLog } from './job-log.ts';
import type { Logger } from './log-records.ts';
import type { RoundsObserver } from './rounds.ts';

/** What the journal is told at the beginning. */
export interface Recording {
  readonly intent: JobIntent;
  readonly images: Iterable<Pick<ImageResult, 'source' | 'destination'>>;
  /** What is known to fail before anything moves. */
  readonly refused: readonly ImageResult[];
}

/** Who is told about the job besides how its images go. */
export interface RecordingListener {
  /** It has this number; `attempt` is more than 1 when it was broken off before. */
  readonly begun?: (job: number, attempt: number) => void;
  /** The journal cannot be written: the job goes on, and nothing is told as done until it can. */
  readonly stuck?: (error: CopyError) => void;
  /** Where what happens is written down for support. */
  readonly logger?: Logger;
}

const ends: ReadonlySet<ImagePhase> = new Set(['copied', 'unchanged', 'skipped', 'failed', 'cancelled']);
const trafficMs = 2000;
const againMs = 3000;

/**
 * Does a copy under a number of the journal: every end is on the disk before it is told (INV-4).
 * A disk that is full is waited for up to `waitMs`; then the job is interrupted and rejects `disk`.
 */
export async function recorded(
  journal: Store['journal'],
  { intent, images, refused }: Recording,
  meter: Meter,
  copy: (observer: RoundsObserver, signal: AbortSignal) => Promise<JobSummary>,
  observer: RoundsObserver,
  listener: RecordingListener,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<JobSummary> {
  const job = await journal.begin(intent, signal);
  listener.begun?.(job.number, job.attempt);
  const log = new JobLog(listener.logger, job.number);
  log.begun(job.attempt, intent);
  const scribe = new Scribe(job, { listener, log }, waitMs, signal);
  const timer = setInterval(() => {
    job.traffic(structuredClone(meter)).catch(() => {});
  }, trafficMs);
  try {
    await scribe.write(() => job.images(images));
    for (const result of refused) {
      scribe.later(
        () => job.ended(result, []),
        () => log.ended(result),
      );
    }
    const telling: RoundsObserver = {
      ...observer,
      changed: (progress) => {
        log.changed(progress);
        // an end is told once it is written down
        if (!ends.has(progress.phase)) observer.changed?.(progress);
      },
      ended: (result, progress) => {
        scribe.later(
          () => job.ended(result, layersOf(progress)),
          () => {
            log.ended(result, progress);
            observer.changed?.(progress);
            observer.ended?.(result, progress);
          },
        );
      },
      again: (count) => {
        scribe.later(
          () => job.flush(),
          () => {
            log.again(count);
            observer.again?.(count);
          },
        );
      },
    };
    const summary = await copy(telling, scribe.signal);
    await scribe.settled();
    const isGivenUp = summary.images.cancelled > 0 && summary.images.failed === 0;
    const early = signal.aborted ? 'interrupted' : isGivenUp ? 'cancelled' : undefined;
    await scribe.write(() => job.finish(summary, early));
    log.finished(summary, early);
    return summary;
  } catch (thrown) {
    log.broken(thrown);
    throw thrown;
  } finally {
    clearInterval(timer);
  }
}

interface ScribeListeners {
  readonly listener: RecordingListener;
  readonly log: JobLog;
}

/** Writes what must be on the disk before it is told. */
class Scribe {
  readonly #job: RunningJob;
  readonly #told: ScribeListeners;
  readonly #waitMs: number;
  readonly #controller = new AbortController();
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly reason: unknown } | undefined;
  readonly signal: AbortSignal;

  constructor(job: RunningJob, told: ScribeListeners, waitMs: number, signal: AbortSignal) {
    this.#job = job;
    this.#told = told;
    this.#waitMs = waitMs;
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  /** Writes in the background and then tells; a disk that stays full ends the job. */
  later(write: () => Promise<void>, tell: () => void = () => {}): void {
    const writing = this.write(write)
      .then(tell, (reason: unknown) => {
        this.#failure ??= { reason };
        this.#controller.abort(reason);
      })
      .finally(() => this.#pending.delete(writing));
    this.#pending.add(writing);
  }

  /** Resolves once everything was written; rejects with what could not be. */
  async settled(): Promise<void> {
    await this.#job.flush().catch(() => {});
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  async write(write: () => Promise<void>): Promise<void> {
    const { listener, log } = this.#told;
    const startedMs = performance.now();
    for (let isFirst = true; ; isFirst = false) {
      try {
        await write();
        if (!isFirst) log.flows();
        return;
      } catch (thrown) {
        const isDisk = thrown instanceof CopyError && thrown.kind === 'disk';
        if (!isDisk || this.signal.aborted || performance.now() - startedMs > this.#waitMs) throw thrown;
        if (isFirst) {
          log.stuck(thrown);
          listener.stuck?.(thrown);
        }
        // one last try once nobody wants to wait any more
        await systemClock.sleep(againMs, this.signal).catch(() => {});
      }
    }
  }
}

/** What became of each layer. */
function layersOf({ deliveries }: ImageProgress): readonly HistoryLayer[] {
  return deliveries.flatMap(({ blob: { digest, size }, phase }) =>
    phase === 'sent' || phase === 'mounted' || phase === 'present' || phase === 'failed'
      ? [{ digest, size, how: phase }]
      : [],
  );
}
