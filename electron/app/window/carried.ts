import type { FileJob } from '../carrying/file-jobs.ts';
import type { ImportWish } from '../carrying/wishes.ts';

/** What is taken from a file: all of it, or some images. */
export interface CarriedImport extends ImportWish {
  /** Only these images, as the file names them; all when missing. */
  readonly only?: readonly string[];
}

/** A job of a window that files are part of, as it was asked; it names paths of this machine, so it goes to the history and to no window. */
export type Carried =
  | Extract<FileJob, { readonly command: 'export' }>
  | { readonly command: 'import'; readonly asked: CarriedImport };

/** What the history kept of such a job; undefined for a job of another kind. */
export function carriedAgain(job: FileJob): Carried | undefined {
  if (job.command === 'copy') return undefined;
  if (job.command === 'export') return job;
  const { only, ...asked }: CarriedImport = job.asked;
  const isChoice = Array.isArray(only) && only.every((name) => typeof name === 'string');
  return { command: 'import', asked: isChoice ? { ...asked, only } : asked };
}
