/** All time of the engine. Waiting and expiry use monotonic time; wall time is only for showing. */
export interface Clock {
  /** Milliseconds since 1970, as the machine believes. */
  wallMs(): number;
  /** Milliseconds since some fixed moment; never jumps. */
  monotonicMs(): number;
  /** Resolves after `delayMs`, or rejects with the signal's reason as soon as it fires. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /** Calls `run` once after `delayMs` unless cancelled; does not keep the process alive. */
  schedule(delayMs: number, run: () => void): { cancel(): void };
}

const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', stop);
          resolve();
        },
        Math.min(delayMs, longestTimerMs),
      );
      signal.addEventListener('abort', stop, { once: true });
    }),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, longestTimerMs));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
