import type { HistoryLayer } from '../../contract/history.ts';
import { addTraffic } from '../../contract/counts.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';
import type { Clock } from '../kernel/clock.ts';
import { copyError } from '../kernel/errors.ts';
import type { EarlyEnd, RunningJob, Traffic } from '../ports/journal.ts';
import { cleanText } from './clean.ts';
import type { Database } from './database.ts';
import type { GroupCommit } from './group-commit.ts';
import { type EndColumns, endColumns, imageKey, pairText } from './image-row.ts';
import type { JobStatements } from './job-statements.ts';

/** What a running job is made of. */
export interface OpenJobOptions {
  readonly database: Database;
  readonly commits: GroupCommit;
  readonly statements: JobStatements;
  readonly clock: Clock;
  readonly number: number;
  readonly attempt: number;
  readonly earlier: Traffic;
  /** Time spent in earlier attempts. */
  readonly earlierSeconds: number;
}

const imagesPerCommit = 300;
const mostKeys = 10_000;

/** A job whose facts go to the database as they happen. */
export class OpenJob implements RunningJob {
  readonly number: number;
  readonly attempt: number;
  readonly earlier: Traffic;
  readonly #options: OpenJobOptions;
  readonly #begunMs: number;
  /** What images are found by that were listed and have not ended, so that it is worked out once. */
  readonly #keys = new Map<string, Buffer>();
  #isOver = false;

  constructor(options: OpenJobOptions) {
    this.#options = options;
    this.number = options.number;
    this.attempt = options.attempt;
    this.earlier = options.earlier;
    this.#begunMs = options.clock.monotonicMs();
  }

  async images(list: Iterable<Pick<ImageResult, 'source' | 'destination'>>): Promise<void> {
    this.#mustRun();
    let rows: EndColumns[] = [];
    const keep = async (): Promise<void> => {
      const batch = rows;
      rows = [];
      await this.#options.database.write(() => {
        for (const row of batch) this.#options.statements.list.run(this.number, ...row);
      });
    };
    for (const image of list) {
      const key = imageKey(image);
      if (this.#keys.size < mostKeys) this.#keys.set(pairText(image), key);
      rows.push([key, cleanText(image.source), cleanText(image.destination)]);
      if (rows.length === imagesPerCommit) await keep();
    }
    await keep();
  }

  async ended(result: ImageResult, layers: readonly HistoryLayer[]): Promise<void> {
    this.#mustRun();
    const { commits, statements, clock } = this.#options;
    const pair = pairText(result);
    const key = this.#keys.get(pair) ?? imageKey(result);
    this.#keys.delete(pair);
    const columns = endColumns(key, result, layers, this.attempt, clock.wallMs());
    return commits.add(() => statements.end.run(this.number, ...columns));
  }

  async traffic(traffic: Traffic): Promise<void> {
    this.#mustRun();
    const columns = this.#trafficColumns(traffic);
    return this.#options.commits.add(() => this.#options.statements.traffic.run(...columns, this.number));
  }

  async finish(summary: Pick<JobSummary, 'ok'> & Traffic, early?: EarlyEnd): Promise<void> {
    this.#mustRun();
    this.#isOver = true;
    const { commits, statements, clock } = this.#options;
    const columns = this.#trafficColumns(summary);
    const endedMs = Math.round(clock.wallMs());
    const kept = commits.add(() => {
      statements.traffic.run(...columns, this.number);
      if (early !== 'interrupted') statements.cancelRest.run(this.attempt, endedMs, this.number);
      const totals = statements.count(this.number);
      const isGood = summary.ok && totals.images.failed === 0;
      const state = early ?? (isGood ? 'finished' : 'finished-with-failures');
      statements.finish.run(state, endedMs, JSON.stringify(totals), this.number);
    });
    await Promise.all([kept.catch(this.#reopen), commits.flush()]);
    return kept;
  }

  flush(): Promise<void> {
    return this.#options.commits.flush();
  }

  /** A job whose end could not be kept still runs, so that its end can be told again. */
  readonly #reopen = (): void => {
    this.#isOver = false;
  };

  #trafficColumns({ bytes, requests }: Traffic): readonly number[] {
    const { clock, earlier, earlierSeconds } = this.#options;
    const all = addTraffic(earlier, { bytes, requests });
    const seconds = earlierSeconds + (clock.monotonicMs() - this.#begunMs) / 1_000;
    const { received, sent, reused } = all.bytes;
    const { source, destination, token } = all.requests;
    return [received, sent, reused, source, destination, token, seconds];
  }

  #mustRun(): void {
    if (!this.#isOver) return;
    const message = `job ${this.number} is over, and nothing may be told of it any more`;
    throw copyError('internal', { side: 'local', op: 'history.write', subject: `job ${this.number}`, message });
  }
}
