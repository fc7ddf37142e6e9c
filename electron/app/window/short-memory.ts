import type { Clock } from './clock.ts';

/** Remembers what was asked for a while; those who ask for the same meanwhile share the answer. Failures are not kept. */
export class ShortMemory<Value> {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #keptMs: number;
  readonly #most: number;
  readonly #kept = new Map<string, { readonly value: Promise<Value>; readonly untilMs: number }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, keptMs: number, most: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
    this.#most = most;
  }

  /** The value kept for `key`, or that of `ask`, which then is kept. */
  get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const present = this.kept(key);
    if (present !== undefined) return present;
    const value = ask();
    this.#kept.delete(key);
    this.#kept.set(key, { value, untilMs: this.#clock.monotonicMs() + this.#keptMs });
    value.catch(() => {
      if (this.#kept.get(key)?.value === value) this.#kept.delete(key);
    });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }

  /** What is kept for `key` now; undefined when nothing is. */
  kept(key: string): Promise<Value> | undefined {
    const present = this.#kept.get(key);
    return present !== undefined && this.#clock.monotonicMs() < present.untilMs ? present.value : undefined;
  }

  /** Forgets everything. */
  clear(): void {
    this.#kept.clear();
  }
}
