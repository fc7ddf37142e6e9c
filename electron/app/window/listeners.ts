/** Those who want to know of a change. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** Adds one; gives what takes it away again. */
  add(listener: () => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  /** Tells all. */
  tell(): void {
    for (const listener of this.#all) listener();
  }
}
