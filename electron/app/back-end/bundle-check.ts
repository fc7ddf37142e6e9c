import type { OpenedBundle } from '../../contract/bundles.ts';
import type { Failure } from '../../contract/errors.ts';
import { copyError, type CopyError } from '../../engine/engine.ts';
import type { CarriedFile, FileCheck } from '../carrying/carrier.ts';
import { cancelledError } from '../errors.ts';
import { failureForWindow, trimFailure } from '../window/failures.ts';

type Shown = NonNullable<OpenedBundle['check']>;

/** What a check found. */
export interface CheckFound {
  /** Images of which everything is there and right. */
  readonly whole: ReadonlySet<CarriedFile['images'][number]>;
  readonly check: FileCheck;
}

const mostProblems = 50;

/** One reading of a whole file; begins at once. */
export class BundleCheck {
  readonly #stop = new AbortController();
  readonly #result: Promise<CheckFound>;
  #doneBytes = 0;
  #found: (CheckFound & { readonly shown: readonly Failure[] }) | undefined;
  #failure: Failure | undefined;

  /** `changed` is called at its end. */
  constructor(file: CarriedFile, changed: () => void) {
    this.#result = this.#run(file);
    this.#result.then(changed, (thrown: unknown) => {
      this.#failure = failureForWindow(thrown, 'bundles.check');
      changed();
    });
  }

  get isRunning(): boolean {
    return this.#found === undefined && this.#failure === undefined;
  }

  /** True when it was stopped or could not go on. */
  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  /** What it found; undefined until its end. */
  get found(): CheckFound | undefined {
    return this.#found;
  }

  /** What it finds; rejects when it is stopped, or when the signal fires, which does not stop it. */
  async result(signal: AbortSignal): Promise<CheckFound> {
    const { promise, reject } = Promise.withResolvers<never>();
    const leave = (): void => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    try {
      return await Promise.race([this.#result, promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  stop(): void {
    if (this.isRunning) this.#stop.abort(cancelledError('the check'));
  }

  /** How it stands; `total` are the bytes of all layers, where they are known. */
  sample(total: number | undefined): Shown {
    const found = this.#found;
    return {
      state: found !== undefined ? 'finished' : this.#failure === undefined ? 'running' : 'failed',
      done: this.#doneBytes,
      whole: found?.whole.size ?? 0,
      damaged: found === undefined ? 0 : found.check.images.length - found.whole.size,
      problems: found?.shown ?? [],
      ...(total === undefined ? {} : { total: Math.max(total, this.#doneBytes) }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  async #run(file: CarriedFile): Promise<CheckFound> {
    const received = (bytes: number): void => void (this.#doneBytes += bytes);
    const check = await file.verify(received, this.#stop.signal);
    const whole = new Set(check.images.flatMap(({ image, isComplete }) => (isComplete ? [image] : [])));
    this.#found = { check, whole, shown: check.problems.slice(0, mostProblems).map(trimFailure) };
    return this.#found;
  }
}

/** A problem as something to be thrown. */
export function thrownOf({ kind, side, op, subject, message, hint }: Failure): CopyError {
  return copyError(kind, { side, op, subject, message, ...(hint === undefined ? {} : { hint }) });
}
