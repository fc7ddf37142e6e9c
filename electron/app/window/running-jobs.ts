import type { InputOf } from '../../contract/commands.ts';
import { errorText } from '../../contract/error-text.ts';
import type { ImageLayer, JobImage, JobTotals, ScopeOf, SnapshotOf, ThroughputSample } from '../../contract/feeds.ts';
import type { HistoryJob } from '../../contract/history.ts';
import type { JobHead } from '../../contract/jobs.ts';
import type { JobSummary } from '../../contract/models.ts';
import type { CopyObserver } from '../../contract/progress.ts';
import { JobControl } from '../../engine/engine.ts';
import { cancelledError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { failureForWindow, refuseRequest, unknownThing } from './failures.ts';
import { jobHead } from './job-head.ts';
import { Listeners } from './listeners.ts';
import type { NoticeBoard } from './notice-board.ts';
import type { JobDesk, JobOrder } from './parts.ts';
import { RunningJob } from './running-job.ts';
import { type Flow, Throughput } from './throughput.ts';

/** What a job is begun with. */
export interface JobCourse {
  readonly control: JobControl;
  readonly observer: CopyObserver;
  /** Must be called once, with the number of the job in the history. */
  readonly begun: (job: number, attempt: number) => void;
}

/** Where jobs are really done and kept. */
export interface JobYard {
  /** Does a job to its end. Rejects only when it cannot run. */
  run(order: JobOrder, course: JobCourse, signal: AbortSignal): Promise<JobSummary>;
  /** A job of the history as it is to be run again: under its own number when it never ended. Rejects `not-found`. */
  again(job: number, failedOnly: boolean, signal: AbortSignal): Promise<JobOrder>;
  unfinished(signal: AbortSignal): Promise<readonly HistoryJob[]>;
  /** Gives an unfinished job up for good. */
  discard(job: number, signal: AbortSignal): Promise<void>;
  /** Bytes of blobs on the wire since the program began. */
  flow(): Flow;
  owner(): SnapshotOf<'jobs'>['owner'];
}

/** A host that is gone is told of again at most so much later than it was to be tried; shorter pauses are not told. */
const goneMs = 60_000;
const mostEnded = 20;

/** The jobs of this process, while they run and for a while after; told to windows by sampling. */
export class RunningJobs implements JobDesk {
  readonly #yard: JobYard;
  readonly #notices: NoticeBoard;
  readonly #clock: Clock;
  readonly #account: string;
  readonly #jobs = new Map<number, RunningJob>();
  readonly #listeners = new Listeners();
  readonly #throughput: Throughput;
  readonly #waiting = new Map<string, NonNullable<JobTotals['waiting']>[number]>();
  readonly #controller = new AbortController();

  constructor(yard: JobYard, notices: NoticeBoard, clock: Clock, account: string) {
    this.#yard = yard;
    this.#notices = notices;
    this.#clock = clock;
    this.#account = account;
    this.#throughput = new Throughput(
      clock,
      () => yard.flow(),
      () => [...this.#jobs.values()].some((job) => !job.isOver),
    );
  }

  /** Resolves with the number of the job once it is written down. */
  async start(order: JobOrder, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const control = new JobControl();
    const job = new RunningJob(order, control, {
      clock: this.#clock,
      account: this.#account,
      changed: () => this.#listeners.tell(),
    });
    const begun = (number: number, attempt: number): void => {
      job.begin(number, attempt);
      this.#jobs.delete(number);
      this.#jobs.set(number, job);
      this.#throughput.start();
      this.#listeners.tell();
      resolve(number);
    };
    const stop = this.#controller.signal;
    this.#yard
      .run(order, { control, observer: job.observer, begun }, stop)
      .then(
        (summary) => job.end(summary, stop.aborted),
        (thrown: unknown) => {
          job.break();
          this.#tellBroken(job, thrown);
          // whoever waits for the number hears of it; one that has it is told by a notice
          reject(thrown);
        },
      )
      .finally(() => this.#dropOld());
    return promise;
  }

  async control(
    { job: number, action, images, failedOnly }: InputOf<'jobs.control'>,
    signal: AbortSignal,
  ): Promise<void> {
    const job = this.#find(number);
    if (job.act(action, images, failedOnly === true)) return;
    if (action !== 'retry') throw refuseRequest(`job ${number} has ended`, String(number));
    await this.again(number, failedOnly === true, signal);
  }

  async again(number: number, failedOnly: boolean, signal: AbortSignal): Promise<number> {
    return this.start(await this.#yard.again(number, failedOnly, signal), signal);
  }

  async unfinished(signal: AbortSignal): Promise<readonly JobHead[]> {
    const jobs = await this.#yard.unfinished(signal);
    return jobs.filter(({ number }) => this.#jobs.get(number)?.isOver !== false).map(jobHead);
  }

  async adopt(number: number, signal: AbortSignal): Promise<void> {
    await this.again(number, true, signal);
  }

  discard(number: number, signal: AbortSignal): Promise<void> {
    return this.#yard.discard(number, signal);
  }

  totals(): readonly JobTotals[] {
    this.#forgetPast();
    const waiting = [...this.#waiting.values()];
    return [...this.#jobs.values()].toReversed().map((job) => job.totals(waiting));
  }

  throughput(): readonly ThroughputSample[] {
    return this.#throughput.samples;
  }

  owner(): SnapshotOf<'jobs'>['owner'] {
    return this.#yard.owner();
  }

  images(scope: ScopeOf<'job'>): { readonly total: number; readonly rows: readonly JobImage[] } | undefined {
    return this.#jobs.get(scope.job)?.rows.page(scope);
  }

  layers({ job, index }: ScopeOf<'image'>): readonly ImageLayer[] | undefined {
    return this.#jobs.get(job)?.rows.layers(index);
  }

  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  /**
   * To be told by the engine: everything for a host waits so long, because the host asked for it or, when it is gone, until it is
   * tried again; no time at all says that it answers.
   */
  paused(host: string, delayMs: number, isGone = false): void {
    const nowMs = this.#clock.wallMs();
    const since = this.#waiting.get(host)?.since ?? new Date(nowMs).toISOString();
    const why = isGone ? 'gone' : 'asked';
    if (delayMs === 0) this.#waiting.delete(host);
    else this.#waiting.set(host, { host, untilMs: nowMs + delayMs, since, why });
    this.#listeners.tell();
  }

  /** Interrupts all that runs, to be taken up again. */
  close(): void {
    this.#controller.abort(cancelledError('the job'));
    this.#throughput.close();
  }

  #tellBroken({ number }: RunningJob, thrown: unknown): void {
    if (number === undefined) return;
    const failure = failureForWindow(thrown, 'job');
    const values = { job: String(number) };
    const text = `job ${number} was broken off: ${failure.message}`.slice(0, 2000);
    const zh = `任务 ${number} 中断：${errorText(failure.kind, failure.hint, 'zh-CN').cause}`;
    this.#notices.post(values.job, { code: 'other', level: 'error', text, zh, values, failure });
  }

  #find(number: number): RunningJob {
    const job = this.#jobs.get(number);
    if (job === undefined) throw unknownThing('job', String(number));
    return job;
  }

  #forgetPast(): void {
    const nowMs = this.#clock.wallMs();
    for (const [host, { untilMs, why }] of this.#waiting)
      if (untilMs + (why === 'gone' ? goneMs : 0) <= nowMs) this.#waiting.delete(host);
  }

  #dropOld(): void {
    const over = [...this.#jobs].filter(([, job]) => job.isOver);
    for (const [number] of over.slice(0, -mostEnded)) this.#jobs.delete(number);
  }
}
