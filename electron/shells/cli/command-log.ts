import type { Logger, LogLevel } from '../../app/log-records.ts';
import { LiveSecrets } from '../../app/errors.ts';
import { type Log, logLevel, openLog } from '../log.ts';

type Facts = Readonly<Record<string, unknown>>;

const mostEarly = 100;

/** The log of one command: it begins before the data folder is known, and as a command runs one job, every record is of that. */
export class CommandLog implements Logger {
  /** The number of the job, once it has one. */
  job: number | undefined;
  /** What no record may hold. */
  readonly secrets: LiveSecrets = new LiveSecrets();
  #early: (readonly [LogLevel, string, Facts])[] = [];
  #log: Log | undefined;

  /** From now on writes into this folder, what was told until now first. Never rejects. */
  async open(folder: string): Promise<void> {
    this.#log ??= await openLog(folder, { level: logLevel(process.env), clean: (text) => this.secrets.redact(text) });
    for (const [level, message, facts] of this.#early.splice(0)) this.#log.log(level, message, facts);
  }

  /** Keeps a record; one that comes before the folder is known waits for it. */
  log(level: LogLevel, message: string, facts: Facts = {}): void {
    const known = this.job === undefined ? facts : { job: this.job, ...facts };
    if (this.#log !== undefined) this.#log.log(level, message, known);
    else if (this.#early.length < mostEarly) this.#early.push([level, message, known]);
  }

  /** Ends it. */
  close(): void {
    this.#log?.close();
  }
}
