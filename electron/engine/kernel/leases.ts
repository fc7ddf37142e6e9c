/** The slots of one host. */
export interface LeasePool {
  /** How many slots there are in all. */
  readonly size: number;
}

/** Slots held until released; releasing twice is harmless. */
export interface Lease {
  release(): void;
}

interface Waiter {
  readonly wanted: ReadonlyMap<LeasePool, number>;
  readonly grant: () => void;
}

/**
 * Hands out slots of several pools at once, all or none, first come first served among those who want the same pool.
 * Nobody waits while holding: a caller asks once for everything it needs, so no two can wait for each other.
 */
export class Leases {
  readonly #inUse = new Map<LeasePool, number>();
  readonly #waiting: Waiter[] = [];

  /** Waits for one slot in each of `pools` (a pool named twice gives two, up to its size); rejects when the signal fires. */
  acquire(pools: readonly LeasePool[], signal: AbortSignal): Promise<Lease> {
    const wanted = new Map<LeasePool, number>();
    for (const pool of pools) wanted.set(pool, Math.min((wanted.get(pool) ?? 0) + 1, pool.size));
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        this.#grantWhatFits();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        wanted,
        grant: () => {
          signal.removeEventListener('abort', stop);
          resolve(this.#hold(wanted));
        },
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(waiter);
      this.#grantWhatFits();
    });
  }

  #hold(wanted: ReadonlyMap<LeasePool, number>): Lease {
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        for (const [pool, count] of wanted) this.#inUse.set(pool, (this.#inUse.get(pool) ?? 0) - count);
        this.#grantWhatFits();
      },
    };
  }

  /** A waiter that does not fit reserves its pools against those behind it, so that wide requests are not starved. */
  #grantWhatFits(): void {
    const reserved = new Set<LeasePool>();
    const stillWaiting: Waiter[] = [];
    for (const waiter of this.#waiting.splice(0)) {
      const fits = [...waiter.wanted].every(
        ([pool, count]) => !reserved.has(pool) && (this.#inUse.get(pool) ?? 0) + count <= pool.size,
      );
      if (fits) {
        for (const [pool, count] of waiter.wanted) this.#inUse.set(pool, (this.#inUse.get(pool) ?? 0) + count);
        waiter.grant();
      } else {
        for (const pool of waiter.wanted.keys()) reserved.add(pool);
        stillWaiting.push(waiter);
      }
    }
    this.#waiting.push(...stillWaiting);
  }
}
