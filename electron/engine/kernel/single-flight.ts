/** Runs at most one call per key at a time; those who come meanwhile share its outcome. */
export class SingleFlight<Key, Value> {
  readonly #underWay = new Map<Key, Promise<Value>>();

  /** The outcome of the call under way for `key`, or of `start`, which then is under way. */
  run(key: Key, start: () => Promise<Value>): Promise<Value> {
    const present = this.#underWay.get(key);
    if (present !== undefined) return present;
    const started = start().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, started);
    return started;
  }
}

/** The outcome of `shared`, or the signal's reason as soon as it fires; the shared work goes on for the others. */
export async function unlessAborted<Value>(shared: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) {
    // The work goes on without this caller, and its failure must not be nobody's.
    shared.catch(() => {});
    throw signal.reason;
  }
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
