import { writeFileSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import type { Clock } from '../kernel/clock.ts';
import { isBusy, isDamage, storeError } from './sqlite-errors.ts';

const patienceMs = 5_000;
const pauseMs = 100;

/** An open database: statements, and transactions that wait for other programs without holding this one up. */
export class Database {
  readonly path: string;
  readonly #connection: Sqlite.Database;
  readonly #clock: Clock;

  constructor(connection: Sqlite.Database, path: string, clock: Clock) {
    this.#connection = connection;
    this.path = path;
    this.#clock = clock;
  }

  /** A statement, to be made once and run with bound parameters only (S-PARSE-8). */
  prepare<Parameters extends unknown[], Row = unknown>(sql: string): Sqlite.Statement<Parameters, Row> {
    return this.#connection.prepare<Parameters, Row>(sql);
  }

  /** What `look` finds, in one consistent view. */
  async read<Found>(look: () => Found): Promise<Found> {
    return this.#patiently('history.read', () => this.#connection.transaction(look).deferred());
  }

  /** Does all of `change` or nothing; on the disk when it resolves. Must be short, for others wait. */
  async write<Result>(change: () => Result): Promise<Result> {
    return this.#patiently('history.write', () => this.#connection.transaction(change).immediate());
  }

  /** Closes the file; harmless when repeated. */
  close(): void {
    this.#connection.close();
  }

  async #patiently<Result>(op: string, run: () => Result): Promise<Result> {
    const { signal } = new AbortController();
    const untilMs = this.#clock.monotonicMs() + patienceMs;
    for (;;) {
      try {
        return run();
      } catch (thrown) {
        if (isDamage(thrown)) this.#mark();
        if (!isBusy(thrown) || this.#clock.monotonicMs() >= untilMs) throw storeError(thrown, op, this.path);
      }
      await this.#clock.sleep(pauseMs, signal);
    }
  }

  /** Has the next opening look at every page. */
  #mark(): void {
    try {
      writeFileSync(markOf(this.path), '', { mode: 0o600 });
    } catch {
      // Where nothing can be written, nothing can be set aside either.
    }
  }
}

/** The file that says that damage was met in use. */
export function markOf(path: string): string {
  return `${path}.damaged`;
}
