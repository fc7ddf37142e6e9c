import { appendFileSync, openSync } from 'node:fs';
import { copyError } from '../../app/errors.ts';

/** A file that lines are added to; what it held before stays. A disk that fills up later never stops the work. */
export class LogFile {
  readonly #descriptor: number;

  /** Throws CopyError of kind `invalid` when the file cannot be written. */
  constructor(file: string) {
    try {
      this.#descriptor = openSync(file, 'a', 0o600);
    } catch (cause) {
      const message = `the log ${file} cannot be written`;
      throw copyError('invalid', { side: 'local', op: 'log.open', subject: file, message, cause });
    }
  }

  add(line: string): void {
    try {
      appendFileSync(this.#descriptor, `${new Date().toISOString()} ${line}\n`);
    } catch {
      // a log is never what stops a copy
    }
  }
}
