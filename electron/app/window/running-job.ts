import type { InputOf } from '../../contract/commands.ts';
import type { JobTotals } from '../../contract/feeds.ts';
import type { JobState } from '../../contract/jobs.ts';
import type { JobSummary } from '../../contract/models.ts';
import type { CopyObserver } from '../../contract/progress.ts';
import type { JobControl } from '../../engine/engine.ts';
import type { Clock } from './clock.ts';
import { JobRows } from './job-rows.ts';
import type { JobOrder } from './parts.ts';
import { instantOf } from './shown.ts';
import { Throughput } from './throughput.ts';

/** What a running job is surrounded by. */
export interface JobSurroundings {
  readonly clock: Clock;
  readonly account: string;
  /** Called when the job is another: never for bytes alone. */
  readonly changed: () => void;
}

const noRate: JobTotals['rate'] = { receivedPerSecond: 0, sentPerSecond: 0 };

type Waiting = NonNullable<JobTotals['waiting']>;

/** One job while it runs and after, as windows see it. */
export class RunningJob {
  readonly rows: JobRows;
  readonly observer: CopyObserver;
  readonly #order: JobOrder;
  readonly #control: JobControl;
  readonly #around: JobSurroundings;
  readonly #startedMs: number;
  readonly #startedTicks: number;
  readonly #throughput: Throughput;
  #number: number | undefined;
  #attempt = 1;
  #summary: JobSummary | undefined;
  #end: { readonly wallMs: number; readonly ticks: number; readonly state: JobState } | undefined;
  #isCancelled = false;

  constructor(order: JobOrder, control: JobControl, around: JobSurroundings) {
    this.#order = order;
    this.#control = control;
    this.#around = around;
    this.#startedMs = around.clock.wallMs();
    this.#startedTicks = around.clock.monotonicMs();
    this.rows = new JobRows(order.ended ?? [], order.prepared.refused, around.changed);
    this.observer = this.rows.observer;
    this.#throughput = new Throughput(
      around.clock,
      () => this.rows.totals().flow,
      () => !this.isOver,
    );
  }

  /** True once it ended, however it did. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Its number in the history; undefined until it is written down. */
  get number(): number | undefined {
    return this.#number;
  }

  /** It was written down under this number. */
  begin(number: number, attempt: number): void {
    this.#number = number;
    this.#attempt = attempt;
    this.#throughput.start();
  }

  /** It came to its end, or was stopped to be taken up again. */
  end(summary: JobSummary, isInterrupted: boolean): void {
    this.#summary = summary;
    const asDone: JobState = summary.ok ? 'finished' : 'finished-with-failures';
    this.#close(this.#isCancelled ? 'cancelled' : isInterrupted ? 'interrupted' : asDone);
  }

  /** It could not go on. */
  break(): void {
    this.#close('interrupted');
  }

  /** Does to rows what a person wants; false when the job is over. */
  act(action: InputOf<'jobs.control'>['action'], images: readonly number[] | undefined, failedOnly: boolean): boolean {
    if (this.isOver) return false;
    if (action === 'cancel' && images === undefined) this.#isCancelled = true;
    const wanted = failedOnly ? this.rows.failed.filter((index) => images?.includes(index) !== false) : images;
    // the engine counts without what ended or was refused before it began
    const rows = wanted?.map((index) => index - this.rows.before).filter((row) => row >= 0);
    return this.#control.act(action, rows);
  }

  /** How it stands; `waiting` are the hosts that wait. */
  totals(waiting: Waiting): JobTotals {
    const { images, bytesTotal, bytesDone, layersDone, layersTotal, open, held, flow } = this.rows.totals();
    const rate = this.#throughput.rate;
    const hosts = this.rows.hostsInMotion;
    const own = waiting.filter(({ host }) => hosts.some((pair) => pair.includes(host)));
    const left = bytesTotal === undefined ? undefined : bytesTotal - bytesDone;
    const isStuck = hosts.length > 0 && hosts.every((pair) => own.some(({ host }) => pair.includes(host)));
    const running: JobState = isStuck ? 'waiting' : 'running';
    const { received, sent } = flow;
    return {
      job: this.#number ?? 0,
      title: this.#order.title,
      command: this.#order.command,
      state: this.#end?.state ?? (open === 0 && held > 0 ? 'held' : running),
      startedAt: instantOf(this.#startedMs),
      ...(this.#end && { endedAt: instantOf(this.#end.wallMs) }),
      account: this.#around.account,
      attempts: this.#attempt,
      images,
      bytes: this.#summary?.bytes ?? { received, sent, reused: 0 },
      seconds: ((this.#end?.ticks ?? this.#around.clock.monotonicMs()) - this.#startedTicks) / 1000,
      progress: { ...(bytesTotal === undefined ? {} : { bytesTotal }), bytesDone, layersDone, layersTotal },
      rate: this.isOver ? noRate : rate,
      ...(left === undefined || rate.sentPerSecond <= 0 || this.isOver
        ? {}
        : { etaSeconds: left / rate.sentPerSecond }),
      ...(own.length === 0 ? {} : { waiting: own }),
    };
  }

  #close(state: JobState): void {
    const { clock, changed } = this.#around;
    this.#end = { wallMs: clock.wallMs(), ticks: clock.monotonicMs(), state };
    this.#throughput.close();
    changed();
  }
}
