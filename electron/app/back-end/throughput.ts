import type { ThroughputSample } from '../../contract/feeds.ts';
import type { Meter } from '../../engine/engine.ts';
import type { Clock } from '../window/clock.ts';

const seconds = 120;

/** What flowed in each of the last 120 seconds, over all meters that count. */
export class Throughput {
  readonly #clock: Clock;
  readonly #meters = new Set<Meter>();
  readonly #samples: ThroughputSample[] = [];
  readonly #timer: NodeJS.Timeout;
  #before = { received: 0, sent: 0 };
  /** Of meters that count no more. */
  #past = { received: 0, sent: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = setInterval(() => this.#sample(), 1000);
    this.#timer.unref();
  }

  /** The samples, oldest first. */
  get samples(): readonly ThroughputSample[] {
    return this.#samples;
  }

  /** Counts a meter in until what it gives is called. */
  count(meter: Meter): () => void {
    this.#meters.add(meter);
    return () => {
      if (!this.#meters.delete(meter)) return;
      this.#past.received += meter.bytes.received;
      this.#past.sent += meter.bytes.sent;
    };
  }

  /** Stops sampling. */
  close(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const now = { ...this.#past };
    for (const { bytes } of this.#meters) {
      now.received += bytes.received;
      now.sent += bytes.sent;
    }
    const { received, sent } = this.#before;
    this.#before = now;
    this.#samples.push({
      at: Math.round(this.#clock.wallMs()),
      received: Math.max(0, now.received - received),
      sent: Math.max(0, now.sent - sent),
    });
    if (this.#samples.length > seconds) this.#samples.shift();
  }
}
