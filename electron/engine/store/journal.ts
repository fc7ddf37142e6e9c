import { createHash } from 'node:crypto';
import type { HistoryJob } from '../../contract/history.ts';
import type { Clock } from '../kernel/clock.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import { isAlive, type ProcessIdentity } from '../kernel/process-identity.ts';
import type { JobIntent, Journal, RunningJob, Traffic } from '../ports/journal.ts';
import { cleanJson, shortText } from './clean.ts';
import type { Database } from './database.ts';
import type { GroupCommit } from './group-commit.ts';
import { jobColumns, type JobRow, jobOf, processIn } from './job-row.ts';
import { JobStatements } from './job-statements.ts';
import { OpenJob } from './open-job.ts';
import type { Pruner } from './prune.ts';

const mostWishBytes = 1024 ** 2;
const nothing: Traffic = {
  bytes: { received: 0, sent: 0, reused: 0 },
  requests: { source: 0, destination: 0, token: 0 },
};

const selectUnfinished = `SELECT ${jobColumns} FROM jobs WHERE state IN ('running', 'interrupted') ORDER BY number DESC`;
const selectSameWish = `SELECT ${jobColumns} FROM jobs
  WHERE state IN ('running', 'interrupted') AND fingerprint = ? ORDER BY number DESC`;
const insertJob = `INSERT INTO jobs (command, fingerprint, title, wish, account, host, state, attempts, process, started_ms)
  VALUES (?, ?, ?, ?, ?, ?, 'running', 1, ?, ?)`;
const adoptJob = `UPDATE jobs SET state = 'running', attempts = attempts + 1, process = ?, account = ?, ended_ms = NULL
  WHERE number = ?`;

/** What the journal is made over. */
export interface JournalOptions {
  readonly database: Database;
  readonly commits: GroupCommit;
  readonly pruner: Pruner;
  readonly clock: Clock;
  /** The process that does the jobs begun here. */
  readonly self: ProcessIdentity;
}

/** The journal over the database. */
export class SqliteJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #statements: JobStatements;
  readonly #unfinished;
  readonly #sameWish;
  readonly #insert;
  readonly #adopt;

  constructor(options: JournalOptions) {
    const { database } = options;
    this.#options = options;
    this.#statements = new JobStatements(database);
    this.#unfinished = database.prepare<[], JobRow>(selectUnfinished);
    this.#sameWish = database.prepare<[Buffer], JobRow>(selectSameWish);
    this.#insert = database.prepare<(string | number | Buffer | null)[]>(insertJob);
    this.#adopt = database.prepare<[string, string, number]>(adoptJob);
  }

  async begin(intent: JobIntent, signal: AbortSignal): Promise<RunningJob> {
    throwIfCancelled(signal, intent.title);
    await this.#options.pruner.prune(signal);
    const fingerprint = createHash('sha256').update(intent.fingerprint).digest();
    const found = await this.#options.database.write(() => {
      const { adopts } = intent;
      const rows = adopts === undefined ? this.#sameWish.all(fingerprint) : this.#unfinished.all();
      const broken = rows.find((row) => isLeft(row) && (adopts === undefined || row.number === adopts));
      return broken === undefined ? this.#begun(intent, fingerprint) : this.#adopted(broken, intent);
    });
    return new OpenJob({ ...this.#options, ...found, statements: this.#statements });
  }

  async unfinished(signal: AbortSignal): Promise<readonly HistoryJob[]> {
    throwIfCancelled(signal, 'history');
    const rows = await this.#options.database.read(() => this.#unfinished.all());
    return rows.filter(isLeft).map((row) => jobOf(row, this.#statements.totals(row)));
  }

  #begun(intent: JobIntent, fingerprint: Buffer): Begun {
    const { command, title, wish, account, host } = intent;
    const number = this.#insert.run(
      shortText(command, 100),
      fingerprint,
      shortText(title),
      cleanJson(wish, mostWishBytes) ?? null,
      shortText(account, 300),
      host === undefined ? null : shortText(host, 300),
      JSON.stringify(this.#options.self),
      Math.round(this.#options.clock.wallMs()),
    ).lastInsertRowid;
    return { number: Number(number), attempt: 1, earlier: nothing, earlierSeconds: 0 };
  }

  #adopted(row: JobRow, { account }: JobIntent): Begun {
    this.#adopt.run(JSON.stringify(this.#options.self), shortText(account, 300), row.number);
    const { bytes, requests, seconds } = jobOf(row, undefined);
    return { number: row.number, attempt: row.attempts + 1, earlier: { bytes, requests }, earlierSeconds: seconds };
  }
}

interface Begun {
  readonly number: number;
  readonly attempt: number;
  readonly earlier: Traffic;
  readonly earlierSeconds: number;
}

/** True for an unfinished job that nobody does any more. */
function isLeft({ state, process }: JobRow): boolean {
  const identity = processIn(process);
  return state === 'interrupted' || identity === undefined || !isAlive(identity);
}
