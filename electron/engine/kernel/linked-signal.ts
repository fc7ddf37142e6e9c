import { whenAborted } from './when-aborted.ts';

/** A signal that fires with another one, or by itself; `AbortSignal.any` does the same with weak references, at ten times the price. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Fires it alone. */
  abort(reason: unknown): void;
  /** The other one does not matter any more; to be called once. */
  release(): void;
}

/** A signal of one's own under `outer`. */
export function linkedSignal(outer: AbortSignal): LinkedSignal {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  let release = (): void => {};
  if (outer.aborted) follow();
  else release = whenAborted(outer, follow);
  return { signal: controller.signal, abort: (reason) => controller.abort(reason), release };
}
