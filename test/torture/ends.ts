/** What is to be ended, last begun first, whatever fails on the way. */
export class Ends {
  readonly #closing: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.#closing.push(close);
  }

  /** Ends everything; rejects with the first failure, after all was tried. Harmless when repeated. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closing.splice(0).toReversed()) await close().catch((thrown) => failures.push(thrown));
    if (failures.length > 0) throw failures[0];
  }
}
