import { setImmediate } from 'node:timers/promises';
import type {
  HistoryImage,
  HistoryImageQuery,
  HistoryJob,
  HistoryJobDetails,
  HistoryQuery,
} from '../../contract/history.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { History } from '../ports/journal.ts';
import { keptValue } from './clean.ts';
import type { Database } from './database.ts';
import { imageColumns, imageOf, type ImageRow } from './image-row.ts';
import { jobColumns, jobOf, type JobRow } from './job-row.ts';
import { JobStatements } from './job-statements.ts';
import type { Pruner } from './prune.ts';

const mostRows = 1_000;
const jobsPerLook = 20;
const mostWords = 8;

const selectNewest = `SELECT ${jobColumns} FROM jobs WHERE number < ? ORDER BY number DESC LIMIT ?`;
const selectJob = `SELECT ${jobColumns}, wish FROM jobs WHERE number = ?`;
const selectImages = `SELECT ${imageColumns} FROM images WHERE job = ? AND id > ? ORDER BY id LIMIT ?`;
const selectFailed = `SELECT ${imageColumns} FROM images WHERE job = ? AND outcome = 'failed' AND id > ? ORDER BY id LIMIT ?`;
const hasFailed = `SELECT 1 FROM images WHERE job = ? AND outcome = 'failed' LIMIT 1`;
const hasWord = `SELECT 1 FROM jobs WHERE number = :job AND (
    title LIKE :within ESCAPE '\\' OR account LIKE :within ESCAPE '\\' OR command LIKE :within ESCAPE '\\'
    OR strftime('%Y-%m-%d', started_ms / 1000.0, 'unixepoch', 'localtime') LIKE :begin ESCAPE '\\')
  UNION ALL SELECT 1 FROM images WHERE job = :job AND outcome = :word
  UNION ALL SELECT 1 FROM images WHERE job = :job
    AND (source LIKE :within ESCAPE '\\' OR destination LIKE :within ESCAPE '\\')
  LIMIT 1`;

interface WordParameters {
  readonly job: number;
  readonly word: string;
  readonly within: string;
  readonly begin: string;
}

/** The history over the database. */
export class SqliteHistory implements History {
  readonly #database: Database;
  readonly #pruner: Pruner;
  readonly #statements: JobStatements;
  readonly #newest;
  readonly #job;
  readonly #images;
  readonly #failed;
  readonly #hasFailed;
  readonly #hasWord;

  constructor(database: Database, pruner: Pruner) {
    this.#database = database;
    this.#pruner = pruner;
    this.#statements = new JobStatements(database);
    this.#newest = database.prepare<[number, number], JobRow>(selectNewest);
    this.#job = database.prepare<[number], JobRow & { readonly wish: string | null }>(selectJob);
    this.#images = database.prepare<[number, number, number], ImageRow>(selectImages);
    this.#failed = database.prepare<[number, number, number], ImageRow>(selectFailed);
    this.#hasFailed = database.prepare<[number]>(hasFailed);
    this.#hasWord = database.prepare<[WordParameters]>(hasWord);
  }

  async list(query: HistoryQuery, signal: AbortSignal): Promise<readonly HistoryJob[]> {
    const most = Math.min(query.most, mostRows);
    const words = (query.search ?? '')
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(0, mostWords);
    const found: HistoryJob[] = [];
    // Looking through images takes time, so the jobs are looked at a few at a time.
    for (let before = query.before ?? Number.MAX_SAFE_INTEGER; found.length < most; ) {
      throwIfCancelled(signal, 'history');
      const last = await this.#database.read(() => {
        const rows = this.#newest.all(before, jobsPerLook);
        for (const row of rows)
          if (found.length < most && this.#matches(row, query, words)) found.push(this.#whole(row));
        return rows.at(-1);
      });
      if (last === undefined) break;
      before = last.number;
      await setImmediate();
    }
    return found;
  }

  async job(number: number, signal: AbortSignal): Promise<HistoryJobDetails | undefined> {
    throwIfCancelled(signal, `job ${number}`);
    return this.#database.read(() => {
      const row = this.#job.get(number);
      if (row === undefined) return undefined;
      const wish = keptValue(row.wish);
      return { ...this.#whole(row), ...(wish === undefined ? {} : { wish }) };
    });
  }

  async images(number: number, query: HistoryImageQuery, signal: AbortSignal): Promise<readonly HistoryImage[]> {
    throwIfCancelled(signal, `job ${number}`);
    const statement = query.failedOnly ? this.#failed : this.#images;
    const most = Math.min(query.most, mostRows);
    return this.#database.read(() => statement.all(number, query.after ?? 0, most).map(imageOf));
  }

  forget(number: number, signal: AbortSignal): Promise<boolean> {
    return this.#pruner.forget(number, signal);
  }

  #whole(row: JobRow): HistoryJob {
    return jobOf(row, this.#statements.totals(row));
  }

  #matches(row: JobRow, { failedOnly }: HistoryQuery, words: readonly string[]): boolean {
    if (failedOnly && this.#hasFailed.get(row.number) === undefined) return false;
    const { state } = jobOf(row, undefined);
    return words.every((word) => word === state || this.#hasWord.get(parametersOf(row.number, word)) !== undefined);
  }
}

function parametersOf(job: number, word: string): WordParameters {
  const literal = word.replaceAll(/[\\%_]/g, '\\$&');
  return { job, word, within: `%${literal}%`, begin: `${literal}%` };
}
