import type { JobTotals } from '../../contract/feeds.ts';
import type { Clock } from '../window/clock.ts';
import { instantOf } from '../window/shown.ts';

type Waiting = NonNullable<JobTotals['waiting']>[number];

/** Hosts that everything for them waits for. */
export class Pauses {
  readonly #clock: Clock;
  readonly #hosts = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A host is left alone for so long. */
  add(host: string, delayMs: number, why: string): void {
    const nowMs = this.#clock.wallMs();
    const since = this.#hosts.get(host)?.since ?? instantOf(nowMs);
    this.#hosts.set(host, { host, untilMs: Math.round(nowMs + delayMs), since, why: why.slice(0, 500) });
  }

  /** It answers again. */
  remove(host: string): void {
    this.#hosts.delete(host);
  }

  /** Those of `hosts` that are waited for now. */
  among(hosts: ReadonlySet<string>): readonly Waiting[] {
    const nowMs = this.#clock.wallMs();
    for (const [host, { untilMs }] of this.#hosts) if (untilMs <= nowMs) this.#hosts.delete(host);
    return [...this.#hosts.values()].filter(({ host }) => hosts.has(host));
  }
}
