const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `act` once when the signal fires, which it must not have done yet; gives what takes that back. The signal itself is
 * listened to once, whatever waits for it: thousands of requests come and go on one, and its own list costs more than they do.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  let acts = waiting.get(signal);
  if (acts === undefined) {
    const all = new Set<() => void>();
    acts = all;
    waiting.set(signal, all);
    const fire = (): void => {
      waiting.delete(signal);
      for (const each of all) each();
    };
    signal.addEventListener('abort', fire, { once: true });
  }
  const held = acts;
  held.add(act);
  return () => void held.delete(act);
}
