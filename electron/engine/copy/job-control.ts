/** What can be done to images of a job while it runs; rows are counted as in its results, undefined means all. */
export interface Controllable {
  /** Stops what is under way and keeps it, with what waits, until it is resumed. */
  hold(rows: readonly number[] | undefined): void;
  /** Goes on with what is held. */
  resume(rows: readonly number[] | undefined): void;
  /** Ends what has not ended. */
  cancel(rows: readonly number[] | undefined): void;
  /** Begins again what failed or was cancelled; of an image with several destinations only those. */
  retry(rows: readonly number[] | undefined): void;
}

/** A person's hand on a job. */
export class JobControl {
  #job: Controllable | undefined;

  /** Called by who runs the job, with undefined once it is over. */
  bind(job: Controllable | undefined): void {
    this.#job = job;
  }

  /** Does `action` to rows of the job; false when it is over already. */
  act(action: keyof Controllable, rows?: readonly number[]): boolean {
    this.#job?.[action](rows);
    return this.#job !== undefined;
  }
}
