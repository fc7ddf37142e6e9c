import type { Digest } from '../../oci/digest.ts';

const longestMs = 24 * 3_600_000;
const mostNotes = 50_000;

/** Which blobs of which repository were asked for or brought of late; bounded in time and number. */
export class Recent {
  readonly #now: () => number;
  readonly #notes = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds of the clock it goes by. */
  get nowMs(): number {
    return this.#now();
  }

  /** Notes that somebody cares for a blob. */
  note(repository: string, digest: Digest): void {
    const key = `${repository} ${digest}`;
    // put at the end again, so that the map is in order of time
    this.#notes.delete(key);
    this.#notes.set(key, this.#now());
    for (const [oldest, atMs] of this.#notes) {
      if (this.#notes.size <= mostNotes && atMs > this.#now() - longestMs) return;
      this.#notes.delete(oldest);
    }
  }

  /** True when it was noted at `sinceMs` or later. */
  isSince(repository: string, digest: Digest, sinceMs: number): boolean {
    return (this.#notes.get(`${repository} ${digest}`) ?? Number.NEGATIVE_INFINITY) >= sinceMs;
  }
}
