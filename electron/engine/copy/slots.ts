import { whenAborted } from '../kernel/when-aborted.ts';
import { type Turn, Turns } from './turns.ts';

interface Waiter {
  readonly hosts: readonly string[];
  readonly grant: (turn: Turn<Waiter>) => void;
  isGone: boolean;
}

/** The slots that images are copied in, so many at a time. More images may be looked at; hosts take turns here as well. */
export class Slots {
  readonly #turns = new Turns<Waiter>([], ({ hosts }) => hosts);
  readonly #count: number;
  #free: number;

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** True while no image is copied. */
  get areFree(): boolean {
    return this.#free === this.#count;
  }

  /** Waits for a slot for an image that keeps `hosts` busy; gives what must be called once to leave it. Rejects when the signal fires. */
  take(hosts: readonly string[], signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const waiter: Waiter = {
        hosts,
        isGone: false,
        grant: (turn) => {
          unlisten();
          resolve(() => {
            turn.end();
            this.#free++;
            this.#grant();
          });
        },
      };
      const unlisten = whenAborted(signal, () => {
        waiter.isGone = true;
        reject(signal.reason);
      });
      this.#turns.add(waiter);
      this.#grant();
    });
  }

  #grant(): void {
    while (this.#free > 0) {
      const turn = this.#turns.take();
      if (turn === undefined) return;
      if (turn.item.isGone) {
        turn.end();
        continue;
      }
      this.#free--;
      turn.item.grant(turn);
    }
  }
}
