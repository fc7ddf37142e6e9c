import type { Clock } from '../kernel/clock.ts';
import type { Database } from './database.ts';

interface Fact {
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const gatherMs = 250;
const most = 200;

/** Brings many small facts to the disk in few commits, in the order they were given; a commit that waits for the disk costs milliseconds. */
export class GroupCommit {
  readonly #database: Database;
  readonly #clock: Clock;
  #gathered: Fact[] = [];
  #timer: { cancel(): void } | undefined;
  #committing: Promise<void> = Promise.resolve();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Resolves once what `write` did is on the disk; rejects when its commit failed, and then nothing of it was kept. */
  add(write: () => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#gathered.push({ write, resolve, reject });
    if (this.#gathered.length >= most) void this.flush();
    else this.#timer ??= this.#clock.schedule(gatherMs, () => void this.flush());
    return promise;
  }

  /** Brings everything given so far to the disk; what became of each fact its own promise tells. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const facts = this.#gathered;
    this.#gathered = [];
    this.#committing = this.#committing.then(() => this.#commit(facts));
    return this.#committing;
  }

  async #commit(facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    try {
      await this.#database.write(() => {
        for (const { write } of facts) write();
      });
      for (const { resolve } of facts) resolve();
    } catch (thrown) {
      for (const { reject } of facts) reject(thrown);
    }
  }
}
