import type { Digest } from '../../oci/digest.ts';
import type { Readable } from './reader.ts';

/** Which content is in use now, and so must stay. */
export class Uses {
  readonly #byDigest = new Map<Digest, Set<Readable>>();
  readonly #nameless = new WeakSet<Readable>();

  /** Notes a use; harmless when repeated. */
  add(content: Readable): void {
    const { digest } = content.descriptor;
    const users = this.#byDigest.get(digest) ?? new Set();
    this.#byDigest.set(digest, users.add(content));
  }

  /** Ends a use; harmless when repeated. */
  remove(content: Readable): void {
    const { digest } = content.descriptor;
    const users = this.#byDigest.get(digest);
    users?.delete(content);
    if (users?.size === 0) this.#byDigest.delete(digest);
  }

  has(digest: Digest): boolean {
    return this.#byDigest.has(digest);
  }

  /** Notes that the file which all of `digest` read has no longer its name. */
  nameLost(digest: Digest): void {
    for (const user of this.#byDigest.get(digest) ?? []) this.#nameless.add(user);
  }

  /** True for content whose file has no longer its name: under that may be a newer one. */
  isNameless(content: Readable): boolean {
    return this.#nameless.has(content);
  }
}
