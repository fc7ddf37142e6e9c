import type { ImagePhase, ImageResult, Notice } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Clock } from '../kernel/clock.ts';
import { asCopyError, cancelledError, type CopyError, failureOf } from '../kernel/errors.ts';
import type { Destination } from '../ports/places.ts';
import type { CopyObserver } from './item.ts';
import type { ImageProgress } from './progress.ts';

/** The copying of an image to one of its destinations, while it goes on. It ends once, and is told of once. */
export class ImageRun {
  readonly destination: Destination;
  readonly tag: string | undefined;
  readonly progress: ImageProgress;
  readonly notices: Notice[] = [];
  /** What the destination's tag shall stand for, once that is known. */
  wanted: Descriptor | undefined;
  /** What it stood for before. */
  previous: Descriptor | undefined;
  referrers = 0;
  /** True when nothing of the image itself had to be done. */
  isUnchanged = false;
  readonly #clock: Clock;
  readonly #observer: CopyObserver;
  readonly #startedMs: number;
  #isLookedAt = false;
  #result: ImageResult | undefined;

  constructor(
    target: { readonly destination: Destination; readonly tag?: string },
    progress: ImageProgress,
    clock: Clock,
    observer: CopyObserver,
  ) {
    this.destination = target.destination;
    this.tag = target.tag;
    this.progress = progress;
    this.#clock = clock;
    this.#observer = observer;
    this.#startedMs = clock.monotonicMs();
  }

  /** True until its end is known. */
  get isOpen(): boolean {
    return this.#result === undefined;
  }

  /** Learns, once, what the destination's tag stands for; an image without a tag there is looked for by its digest. */
  async look(signal: AbortSignal): Promise<void> {
    if (this.tag === undefined || this.#isLookedAt) return;
    this.previous = await this.destination.find(this.tag, signal);
    this.#isLookedAt = true;
  }

  /** True when the destination was looked at and has no such tag yet. */
  get lacksTag(): boolean {
    return this.#isLookedAt && this.previous === undefined;
  }

  enter(phase: ImagePhase): void {
    this.progress.phase = phase;
    this.#observer.changed?.(this.progress);
  }

  /** Ends it by what was thrown; after a cancel that is always the cancel. */
  fail(thrown: unknown, signal: AbortSignal): void {
    const subject = this.progress.source;
    const error = signal.aborted
      ? cancelledError(subject)
      : asCopyError(thrown, { side: 'local', op: 'copy', subject });
    this.end(error.kind === 'cancelled' ? 'cancelled' : 'failed', error);
  }

  /** Ends it as skipped because nothing of it was asked for, and says so. */
  passOver(why: string): void {
    this.notices.push({ kind: 'no-platform', text: why });
    this.end('skipped');
  }

  /** Ends it; what comes after the first end changes nothing. */
  end(outcome: ImageResult['outcome'], failure?: CopyError): ImageResult {
    if (this.#result !== undefined) return this.#result;
    const { source, destination, deliveries } = this.progress;
    const direct = deliveries.filter((row) => row.isDirect === true);
    if (direct.length > 0 && this.#result === undefined) {
      const text = `${direct.length} layers went straight through: the cache had no room for them`;
      this.notices.push({ kind: 'direct', text });
    }
    const count = (phase: string): number => deliveries.filter((row) => row.phase === phase).length;
    const result: ImageResult = {
      source,
      destination,
      outcome,
      blobs: { sent: count('sent'), mounted: count('mounted'), present: count('present') },
      referrers: this.referrers,
      seconds: (this.#clock.monotonicMs() - this.#startedMs) / 1000,
      notices: this.notices,
      ...(this.wanted === undefined ? {} : { digest: this.wanted.digest }),
      ...(this.previous === undefined ? {} : { previousDigest: this.previous.digest }),
      ...(failure === undefined ? {} : { failure: failureOf(failure) }),
    };
    this.#result = result;
    this.enter(outcome);
    this.#observer.ended?.(result, this.progress);
    return result;
  }
}
