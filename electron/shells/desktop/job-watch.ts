import type { JobTotals } from '../../contract/feeds.ts';
import type { WindowParts } from '../../app/window/parts.ts';
import { endedSince, type Motion, motionOf, movingJobs } from './motion.ts';

/** Who is told how copying stands. */
export interface MotionListener {
  readonly moved: (motion: Motion) => void;
  readonly ended: (job: JobTotals) => void;
}

const lookMs = 1000;

/** Looks at the jobs when one of them changes, and each second while one moves. Closed with `close`. */
export class JobWatch {
  readonly #parts: Pick<WindowParts, 'jobs' | 'clock'>;
  readonly #listener: MotionListener;
  readonly #stopListening: () => void;
  #timer: { cancel(): void } | undefined;
  #moving: ReadonlySet<number> = new Set();

  constructor(parts: Pick<WindowParts, 'jobs' | 'clock'>, listener: MotionListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#stopListening = parts.jobs.onChange(() => this.#look());
    this.#look();
  }

  /** How copying stands now. */
  get motion(): Motion {
    return motionOf(this.#parts.jobs.totals());
  }

  /** Looks no more. */
  close(): void {
    this.#timer?.cancel();
    this.#stopListening();
  }

  #look(): void {
    this.#timer?.cancel();
    const jobs = this.#parts.jobs.totals();
    const ended = endedSince(this.#moving, jobs);
    this.#moving = movingJobs(jobs);
    const motion = motionOf(jobs);
    this.#listener.moved(motion);
    for (const job of ended) this.#listener.ended(job);
    this.#timer = motion.running === 0 ? undefined : this.#parts.clock.schedule(lookMs, () => this.#look());
  }
}
