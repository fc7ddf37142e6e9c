import type { Digest } from '../../oci/digest.ts';
import type { References } from '../ports/references.ts';

const pageSize = 1000;

/**
 * The blobs a cache must not let go of: those the library has linked, and those it is about to link. Kept in memory, because
 * whoever evicts asks for one after the other and cannot wait.
 */
export class Pins {
  readonly #linked = new Set<Digest>();
  readonly #held = new Map<Digest, number>();

  /** The pins of what is linked now. */
  static async load(references: Pick<References, 'pinned'>): Promise<Pins> {
    const pins = new Pins();
    for (let after = ''; ; ) {
      const page = await references.pinned({ after, most: pageSize });
      for (const digest of page) pins.link(digest);
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return pins;
      after = last;
    }
  }

  /** True for what must stay. */
  has(digest: Digest): boolean {
    return this.#linked.has(digest) || this.#held.has(digest);
  }

  /** Notes a link. */
  link(digest: Digest): void {
    this.#linked.add(digest);
  }

  /** Notes that the last link is gone. */
  unlink(digest: Digest): void {
    this.#linked.delete(digest);
  }

  /** Keeps a blob in place while `work` runs, linked or not. */
  async holding<Value>(digest: Digest, work: () => Promise<Value>): Promise<Value> {
    this.#held.set(digest, (this.#held.get(digest) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const others = (this.#held.get(digest) ?? 1) - 1;
      if (others > 0) this.#held.set(digest, others);
      else this.#held.delete(digest);
    }
  }
}
