/** A signal that fires some time after another one, for work whose outcome must be known to be undone. */
export interface Lingering {
  readonly signal: AbortSignal;
  /** Stops listening to the other signal. */
  end(): void;
}

/** Follows `signal` after `delayMs`; throws its reason when it has fired already. */
export function lingering(signal: AbortSignal, delayMs: number): Lingering {
  signal.throwIfAborted();
  const controller = new AbortController();
  const follow = (): void => {
    AbortSignal.timeout(delayMs).addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  };
  signal.addEventListener('abort', follow, { once: true });
  return { signal: controller.signal, end: () => signal.removeEventListener('abort', follow) };
}
