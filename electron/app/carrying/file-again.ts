import type { Store } from '../../engine/engine.ts';
import { readKept } from '../again.ts';
import type { KeptWish } from '../intents.ts';
import { type FileJob, readFileJob } from './file-jobs.ts';

/** A job of the history that files are part of, ready to be run again. */
export interface FileAgain {
  readonly job: FileJob;
  readonly connection: KeptWish['connection'];
  /** True when it came to its end without a failure. */
  readonly isDone: boolean;
}

/** Reads such a job; undefined for one that only registries are part of, and for one that is not there. */
export async function readFileAgain(
  history: Store['history'],
  number: number,
  signal: AbortSignal,
): Promise<FileAgain | undefined> {
  const past = await history.job(number, signal);
  const kept = readKept(past?.wish);
  const job = past === undefined || kept === undefined ? undefined : readFileJob(past.command, past.wish, kept.options);
  if (past === undefined || kept === undefined || job === undefined) return undefined;
  return { job, connection: kept.connection, isDone: past.state === 'finished' };
}
