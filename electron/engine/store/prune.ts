import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from '../kernel/errors.ts';
import { isAlive } from '../kernel/process-identity.ts';
import type { Database } from './database.ts';
import { processIn } from './job-row.ts';

/** How much of the past is kept, whichever is reached first (INV-6). */
export interface Retention {
  readonly jobs: number;
  readonly images: number;
}

interface OldJob {
  readonly number: number;
  readonly state: string;
  readonly process: string;
}

const imagesPerCommit = 300;

// Counted from the newest, a job is too old once enough jobs or images came after it.
const selectOld = `SELECT number, state, process FROM (
    SELECT number, state, process, row_number() OVER newest AS jobs,
      sum((SELECT count(*) FROM images WHERE job = number)) OVER newest AS images
    FROM jobs WINDOW newest AS (ORDER BY number DESC ROWS UNBOUNDED PRECEDING))
  WHERE jobs > 1 AND (jobs > ? OR images > ?) ORDER BY number`;
const selectOne = 'SELECT number, state, process FROM jobs WHERE number = ?';
const deleteImages = 'DELETE FROM images WHERE id IN (SELECT id FROM images WHERE job = ? ORDER BY id LIMIT ?)';
const deleteJob = 'DELETE FROM jobs WHERE number = ?';

/** Takes jobs out of the history, a piece at a time so that nobody waits for long. */
export class Pruner {
  readonly #database: Database;
  readonly #retention: Retention;
  readonly #old;
  readonly #one;
  readonly #deleteImages;
  readonly #deleteJob;

  constructor(database: Database, retention: Retention) {
    this.#database = database;
    this.#retention = retention;
    this.#old = database.prepare<[number, number], OldJob>(selectOld);
    this.#one = database.prepare<[number], OldJob>(selectOne);
    this.#deleteImages = database.prepare<[number, number]>(deleteImages);
    this.#deleteJob = database.prepare<[number]>(deleteJob);
  }

  /** Forgets what is beyond the retention, making room for one more job. */
  async prune(signal: AbortSignal): Promise<void> {
    const { jobs, images } = this.#retention;
    for (const { number } of await this.#database.read(() => this.#old.all(Math.max(1, jobs - 1), images))) {
      await this.forget(number, signal);
    }
  }

  /** Forgets one job; false when it is not there or being done. */
  async forget(number: number, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      throwIfCancelled(signal, `job ${number}`);
      const step = await this.#database.write(() => this.#forgetSome(number));
      if (step !== 'more') return step === 'gone';
      await setImmediate();
    }
  }

  #forgetSome(number: number): 'kept' | 'more' | 'gone' {
    const job = this.#one.get(number);
    if (job === undefined || isRunning(job)) return 'kept';
    if (this.#deleteImages.run(number, imagesPerCommit).changes === imagesPerCommit) return 'more';
    this.#deleteJob.run(number);
    return 'gone';
  }
}

function isRunning({ state, process }: OldJob): boolean {
  const identity = processIn(process);
  return state === 'running' && identity !== undefined && isAlive(identity);
}
