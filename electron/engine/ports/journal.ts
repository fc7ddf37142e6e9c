import type {
  HistoryImage,
  HistoryImageQuery,
  HistoryJob,
  HistoryJobDetails,
  HistoryLayer,
  HistoryQuery,
} from '../../contract/history.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';

/** What a job is to do, kept so that it can be taken up again. */
export interface JobIntent {
  /** `copy`, `sync`, `import` …, as the command line names it. */
  readonly command: string;
  /** Equal for equal wishes; a wish that was broken off is taken up under its number. */
  readonly fingerprint: string;
  /** One line for people. */
  readonly title: string;
  /** What was asked for, as a JSON value. Must hold no secret; fields named like one are not kept. */
  readonly wish: unknown;
  /** The operating system's name of who runs it. */
  readonly account: string;
  readonly host?: string;
  /** An unfinished job that goes on under its number, whatever its fingerprint; a new one is begun when it cannot. */
  readonly adopts?: number;
}

/** What left and entered this process, as a meter counts it. */
export type Traffic = Pick<JobSummary, 'bytes' | 'requests'>;

/** How a job ended otherwise than by coming to its end: given up by a person, or stopped to be taken up again. */
export type EarlyEnd = 'cancelled' | 'interrupted';

/**
 * A job being done. Every promise resolves once the fact is on the disk, and not before; facts are gathered for at most 50 ms,
 * so callers should not wait for one before they give the next. A rejection is `disk`: what was told is not kept, and may be
 * told again.
 */
export interface RunningJob {
  readonly number: number;
  /** 1 for a new job. */
  readonly attempt: number;
  /** What earlier attempts moved; all zero for a new job. */
  readonly earlier: Traffic;
  /** Lists images; those listed before stay as they are. */
  images(list: Iterable<Pick<ImageResult, 'source' | 'destination'>>): Promise<void>;
  /** Keeps how an image ended. Told again, in a later round or attempt, it replaces what was kept. */
  ended(result: ImageResult, layers: readonly HistoryLayer[]): Promise<void>;
  /** Keeps what this attempt moved up to now. */
  traffic(traffic: Traffic): Promise<void>;
  /** Ends the job; images that have not ended are cancelled, unless it is interrupted. Nothing may be told afterwards. */
  finish(summary: Pick<JobSummary, 'ok'> & Traffic, early?: EarlyEnd): Promise<void>;
  /** Brings to the disk what was told, now. */
  flush(): Promise<void>;
}

/** The durable memory of jobs (ARCHITECTURE "State", INV-3, INV-4). */
export interface Journal {
  /** Begins a job, or takes up an unfinished one of the same fingerprint whose process has ended. */
  begin(intent: JobIntent, signal: AbortSignal): Promise<RunningJob>;
  /** Jobs that wait to be taken up again, newest first. */
  unfinished(signal: AbortSignal): Promise<readonly HistoryJob[]>;
}

/** What ran. Must be the journal's own rows, so that the two cannot disagree. */
export interface History {
  list(query: HistoryQuery, signal: AbortSignal): Promise<readonly HistoryJob[]>;
  /** Undefined when there is no such job, or not any more. */
  job(number: number, signal: AbortSignal): Promise<HistoryJobDetails | undefined>;
  /** A page of a job's images; empty at the end. */
  images(number: number, query: HistoryImageQuery, signal: AbortSignal): Promise<readonly HistoryImage[]>;
  /** Forgets a job and its images; false when it is not there or being done. */
  forget(number: number, signal: AbortSignal): Promise<boolean>;
}
