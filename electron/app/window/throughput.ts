import type { ThroughputSample } from '../../contract/feeds.ts';
import type { Clock } from './clock.ts';

/** Bytes of blobs on the wire since some beginning. */
export interface Flow {
  readonly received: number;
  readonly sent: number;
}

const seconds = 120;
const rateSeconds = 10;

/** What flowed in each of the last 120 seconds. */
export class Throughput {
  readonly #clock: Clock;
  readonly #flow: () => Flow;
  readonly #isLive: () => boolean;
  readonly #samples: ThroughputSample[] = [];
  #last: Flow;
  #timer: { cancel(): void } | undefined;

  /** `flow` gives what flowed up to now; `isLive` says whether more may come. */
  constructor(clock: Clock, flow: () => Flow, isLive: () => boolean) {
    this.#clock = clock;
    this.#flow = flow;
    this.#isLive = isLive;
    this.#last = flow();
  }

  /** Begins to count, for as long as more may come or something came in the last 120 seconds; harmless when repeated. */
  start(): void {
    this.#timer ??= this.#clock.schedule(1000, () => {
      this.#timer = undefined;
      this.#take();
      if (this.#isLive() || this.#samples.some(({ received, sent }) => received + sent > 0)) this.start();
    });
  }

  /** Oldest first. */
  get samples(): readonly ThroughputSample[] {
    return this.#samples;
  }

  /** Bytes each second, over the last ten. */
  get rate(): { readonly receivedPerSecond: number; readonly sentPerSecond: number } {
    const recent = this.#samples.slice(-rateSeconds);
    const each = (bytes: (sample: ThroughputSample) => number): number =>
      recent.length === 0 ? 0 : recent.reduce((sum, sample) => sum + bytes(sample), 0) / recent.length;
    return { receivedPerSecond: each(({ received }) => received), sentPerSecond: each(({ sent }) => sent) };
  }

  /** Counts no more. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #take(): void {
    const now = this.#flow();
    const received = Math.max(0, now.received - this.#last.received);
    const sent = Math.max(0, now.sent - this.#last.sent);
    this.#last = now;
    this.#samples.push({ at: this.#clock.wallMs(), received, sent });
    if (this.#samples.length > seconds) this.#samples.shift();
  }
}
