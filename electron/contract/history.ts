import type { Failure } from './errors.ts';
import type { BlobCounts, ImageResult, JobSummary, Notice } from './models.ts';

/** Where a job stands. `interrupted` was stopped or broken off and is taken up again by the same wish. */
export type JobState = 'running' | 'interrupted' | 'finished' | 'finished-with-failures' | 'cancelled';

/** A job as the history lists it; times are milliseconds since 1970. */
export interface HistoryJob {
  readonly number: number;
  readonly command: string;
  readonly title: string;
  /** The operating system's name of who ran it. */
  readonly account: string;
  /** The machine it ran on; undefined when that was not kept. */
  readonly host?: string;
  readonly state: JobState;
  /** How often it was begun; more than one when it was taken up again. */
  readonly attempts: number;
  readonly startedMs: number;
  /** Undefined until it ended. */
  readonly endedMs?: number;
  /** `total` counts those that have not ended as well. */
  readonly images: JobSummary['images'];
  readonly blobs: BlobCounts;
  readonly bytes: JobSummary['bytes'];
  readonly requests: JobSummary['requests'];
  /** Time spent on it in all attempts. */
  readonly seconds: number;
}

/** A job with what was asked for, to be run again. */
export interface HistoryJobDetails extends HistoryJob {
  /** As it was given to the journal, without secrets; undefined when it was too large to keep. */
  readonly wish?: unknown;
}

/** How a blob came to be at a destination. */
export type LayerFate = 'sent' | 'mounted' | 'present' | 'failed';

/** One blob of an image and what was done for it. */
export interface HistoryLayer {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly how: LayerFate;
}

/** One image of a job; without `outcome` it has not ended. */
export interface HistoryImage {
  /** Names this row among those of its job, in the order they were listed. */
  readonly position: number;
  readonly source: string;
  readonly destination: string;
  readonly outcome?: ImageResult['outcome'];
  /** Which attempt of the job it ended in. */
  readonly attempt?: number;
  readonly digest?: string;
  readonly previousDigest?: string;
  readonly blobs: BlobCounts;
  readonly referrers: number;
  readonly seconds: number;
  readonly endedMs?: number;
  readonly notices: readonly Notice[];
  readonly failure?: Failure;
  readonly layers: readonly HistoryLayer[];
  /** Layers beyond those kept. */
  readonly layersLeftOut: number;
}

/** Which jobs to list, newest first. */
export interface HistoryQuery {
  /**
   * Words that must all be found in a job: in its title, command, account, the references of its images, its state, the
   * outcomes of its images, or at the beginning of its date (`2026-11`).
   */
  readonly search?: string;
  /** Only jobs with an image that failed. */
  readonly failedOnly?: boolean;
  /** Only jobs numbered below, to go on with the next page. */
  readonly before?: number;
  readonly most: number;
}

/** Which images of a job to list, in their order. */
export interface HistoryImageQuery {
  /** Goes on behind the row of this position. */
  readonly after?: number;
  readonly most: number;
  readonly failedOnly?: boolean;
}
