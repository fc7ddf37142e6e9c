import type { Failure } from '../contract/errors.ts';
import type { ImageResult, JobSummary } from '../contract/models.ts';
import type { ImageProgress } from '../contract/progress.ts';
import type { CopyError, JobIntent } from '../engine/engine.ts';
import { failureOfThrown } from './errors.ts';
import type { Logger, LogLevel } from './log-records.ts';

/** What a job writes down for who has to find out later how it went; every record says its number. */
export class JobLog {
  readonly #logger: Logger | undefined;
  readonly #job: number;
  readonly #held = new WeakSet<ImageProgress>();

  constructor(logger: Logger | undefined, job: number) {
    this.#logger = logger;
    this.#job = job;
  }

  /** The job began, or was taken up again. */
  begun(attempt: number, { command, title, account, host }: JobIntent): void {
    const machine = host === undefined ? {} : { machine: host };
    this.#log('info', attempt > 1 ? 'job taken up again' : 'job begun', {
      attempt,
      command,
      title,
      account,
      ...machine,
    });
  }

  /** An image changed its phase. */
  changed(progress: ImageProgress): void {
    const { source, destination, phase } = progress;
    if (phase === 'held') {
      this.#held.add(progress);
      this.#log('info', 'image held', { source, destination });
    } else if (this.#held.delete(progress)) {
      this.#log('info', 'image no longer held', { source, destination });
    }
    this.#log('debug', 'image changed its phase', { source, destination, phase });
  }

  /** An image ended; `progress` is missing where nothing was tried. */
  ended(result: ImageResult, progress?: ImageProgress): void {
    const { source, destination, outcome, digest, previousDigest, blobs, referrers, seconds, notices, failure } =
      result;
    const place = { source, destination };
    this.#log(levelOf(outcome), `image ${outcome}`, {
      ...place,
      from: previousDigest,
      to: digest,
      blobs,
      bytes: bytesOf(progress),
      referrers,
      seconds,
      ...(failure === undefined ? {} : { failure: factsOf(failure) }),
    });
    for (const { kind, text } of notices) this.#log('info', 'notice', { ...place, kind, text });
  }

  /** Another round begins. */
  again(images: number): void {
    this.#log('info', 'images that failed are copied again', { images });
  }

  /** The journal cannot be written, and the job waits for it. */
  stuck({ kind, message }: CopyError): void {
    this.#log('error', 'journal cannot be written', { kind, problem: message });
  }

  /** The journal is written again. */
  flows(): void {
    this.#log('info', 'journal is written again');
  }

  /** The job came to its end, or was stopped to be taken up again. */
  finished(
    { ok, images, blobs, bytes, requests, seconds }: JobSummary,
    early: 'interrupted' | 'cancelled' | undefined,
  ): void {
    const { source, destination, token: forTokens } = requests;
    this.#log(ok || early !== undefined ? 'info' : 'warn', early === undefined ? 'job ended' : `job ${early}`, {
      images,
      blobs,
      bytes,
      requests: { source, destination, total: source + destination + forTokens },
      seconds,
    });
  }

  /** The job could not come to its end. */
  broken(thrown: unknown): void {
    this.#log('error', 'job broke off', { failure: factsOf(failureOfThrown(thrown)) });
  }

  #log(level: LogLevel, message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.#logger?.log(level, message, { job: this.#job, ...facts });
  }
}

/** What was there already is in the history; a line for each of thousands of tags, night after night, would push all else out of the log. */
function levelOf(outcome: ImageResult['outcome']): LogLevel {
  if (outcome === 'failed') return 'error';
  return outcome === 'unchanged' ? 'debug' : 'info';
}

/** What of a failure is no advice. */
function factsOf({ kind, side, op, subject, message, hint, http, codes, attempts }: Failure): object {
  return { kind, hint, side, op, subject, message, http, codes, attempts };
}

function bytesOf(progress: ImageProgress | undefined): { readonly received: number; readonly sent: number } {
  const bytes = { received: 0, sent: 0 };
  for (const { receivedBytes, sentBytes } of progress?.deliveries ?? []) {
    bytes.received += receivedBytes;
    bytes.sent += sentBytes;
  }
  return bytes;
}
