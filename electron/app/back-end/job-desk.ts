import type { InputOf } from '../../contract/commands.ts';
import type { ImageLayer, JobImage, JobTotals, ScopeOf, SnapshotOf, ThroughputSample } from '../../contract/feeds.ts';
import type { JobHead } from '../../contract/jobs.ts';
import type { JobSummary } from '../../contract/models.ts';
import type { ConnectionWish, CopyWishOptions } from '../../contract/requests.ts';
import { formatPlatform } from '../../oci/platform.ts';
import { type CopyOptions, copyError, type Store, type Workspace } from '../../engine/engine.ts';
import { readAgain } from '../again.ts';
import { accountName, intentOf } from '../intents.ts';
import type { Prepared } from '../prepare.ts';
import type { Clock } from '../window/clock.ts';
import { unknownThing } from '../window/failures.ts';
import { jobHead } from '../window/job-head.ts';
import { Listeners } from '../window/listeners.ts';
import type { JobDesk, JobOrder } from '../window/parts.ts';
import type { Lines } from './lines.ts';
import { LiveJob } from './live-job.ts';
import type { Pauses } from './pauses.ts';
import type { Throughput } from './throughput.ts';

/** What jobs run with. */
export interface JobDeskParts {
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly lines: Lines;
  readonly pauses: Pauses;
  readonly throughput: Throughput;
}

/** Jobs that ended stay in view up to so many. */
const mostEnded = 20;
const noConnection: ConnectionWish = { plainHttp: [], insecure: [], retries: 5, waitMs: 0 };

/** The jobs of this process. */
export class RunningJobs implements JobDesk {
  readonly #parts: JobDeskParts;
  readonly #jobs = new Map<number, LiveJob>();
  readonly #listeners = new Listeners();
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: JobDeskParts) {
    this.#parts = parts;
  }

  async start(order: JobOrder, signal: AbortSignal): Promise<number> {
    const { title, command, prepared, options, extra, adopts } = order;
    const { lines, clock, pauses } = this.#parts;
    const line = await lines.use(extra, signal);
    const live = new LiveJob(
      { title, command, account: accountName(), hosts: hostsOf(prepared), refused: prepared.refused },
      clock,
      pauses,
      () => this.#listeners.tell(),
    );
    const intent = intentOf({
      command,
      title,
      asked: order.order === undefined ? { again: adopts ?? 0, failedOnly: true } : { order: order.order },
      options: wishOptionsOf(options),
      rounds: 0,
      connection: noConnection,
      ...(adopts === undefined ? {} : { adopts }),
    });
    return new Promise<number>((resolve, reject) => {
      const begun = (number: number, attempt: number): void => {
        live.number = number;
        live.attempt = attempt;
        this.#jobs.set(number, live);
        this.#forgetOld();
        this.#listeners.tell();
        resolve(number);
      };
      const stopCounting = this.#parts.throughput.count(live.meter);
      const { control, meter, observer, abort } = live;
      const course = { rounds: 0, intent, control, meter, begun };
      const running = line.app
        .copy(prepared, { ...options, whenFull: 'hold' }, course, observer, abort.signal)
        .then((summary) => live.finish(endOf(summary, abort.signal)))
        .catch((thrown: unknown) => {
          live.finish('interrupted');
          reject(thrown);
        })
        .finally(() => {
          stopCounting();
          this.#underWay.delete(running);
          return line.release();
        });
      this.#underWay.add(running);
    });
  }

  async control({ job, action, images, failedOnly }: InputOf<'jobs.control'>, signal: AbortSignal): Promise<void> {
    const live = this.#find(job);
    if (live.control.act(action, images)) return this.#listeners.tell();
    if (action === 'retry') await this.again(job, failedOnly ?? true, signal);
  }

  async again(job: number, failedOnly: boolean, signal: AbortSignal): Promise<number> {
    return this.#takeUp(job, !failedOnly, signal);
  }

  async unfinished(signal: AbortSignal): Promise<readonly JobHead[]> {
    const jobs = await this.#store.journal.unfinished(signal);
    return jobs.filter(({ number }) => this.#jobs.get(number)?.isOver ?? true).map(jobHead);
  }

  async adopt(job: number, signal: AbortSignal): Promise<void> {
    await this.#takeUp(job, false, signal);
  }

  async discard(job: number, signal: AbortSignal): Promise<void> {
    const unfinished = await this.#store.journal.unfinished(signal);
    const found = unfinished.find(({ number }) => number === job);
    if (found === undefined) throw unknownThing('unfinished job', String(job));
    const { command, title, bytes, requests } = found;
    const intent = { command, title, fingerprint: '', wish: undefined, account: accountName(), adopts: job };
    const taken = await this.#store.journal.begin(intent, signal);
    await taken.finish({ ok: false, bytes: none(bytes), requests: none(requests) }, 'cancelled');
    this.#jobs.delete(job);
    this.#listeners.tell();
  }

  totals(): readonly JobTotals[] {
    return [...this.#jobs.values()].toReversed().map((live) => live.totals());
  }

  throughput(): readonly ThroughputSample[] {
    return this.#parts.throughput.samples;
  }

  owner(): SnapshotOf<'jobs'>['owner'] {
    const { owner } = this.#parts.workspace;
    return owner === undefined
      ? { isOurs: true }
      : { isOurs: false, by: `${owner.user} ${owner.machine} ${owner.pid}`.slice(0, 255) };
  }

  images(scope: ScopeOf<'job'>): { readonly total: number; readonly rows: readonly JobImage[] } | undefined {
    return this.#jobs.get(scope.job)?.images(scope);
  }

  layers({ job, index }: ScopeOf<'image'>): readonly ImageLayer[] | undefined {
    return this.#jobs.get(job)?.layers(index);
  }

  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  /** True while a job moves. */
  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** Interrupts every job, so that it is offered again, and waits until that is written down. */
  async close(): Promise<void> {
    const reason = copyError('cancelled', { side: 'local', op: 'close', subject: 'jobs' });
    for (const live of this.#jobs.values()) live.abort.abort(reason);
    await Promise.all(this.#underWay);
  }

  get #store(): Store {
    return this.#parts.workspace.store;
  }

  /** A job of the history again: what of it did not go well, or all. One that never came to its end keeps its number. */
  async #takeUp(job: number, all: boolean, signal: AbortSignal): Promise<number> {
    if (this.#jobs.get(job)?.isOver === false) throw stillRunning(job);
    const { wish, title, isUnfinished } = await readAgain(this.#store.history, job, all, signal);
    const prepared = await this.#parts.lines.looks.prepare(wish, signal);
    const order = { title, command: 'copy', prepared, options: wish.options } as const;
    return this.start(isUnfinished ? { ...order, adopts: job } : order, signal);
  }

  #find(job: number): LiveJob {
    const live = this.#jobs.get(job);
    if (live === undefined) throw unknownThing('job', String(job));
    return live;
  }

  #forgetOld(): void {
    const ended = [...this.#jobs].filter(([, live]) => live.isOver);
    for (const [number] of ended.slice(0, Math.max(0, ended.length - mostEnded))) this.#jobs.delete(number);
  }
}

function endOf(
  summary: JobSummary,
  signal: AbortSignal,
): 'finished' | 'finished-with-failures' | 'cancelled' | 'interrupted' {
  if (signal.aborted) return 'interrupted';
  if (summary.ok) return 'finished';
  return summary.images.failed > 0 ? 'finished-with-failures' : 'cancelled';
}

function hostsOf({ requests }: Prepared): ReadonlySet<string> {
  return new Set(requests.flatMap(({ source, targets }) => [source.host, ...targets.map(({ host }) => host)]));
}

function wishOptionsOf(options: CopyOptions): CopyWishOptions {
  return {
    platforms: options.platforms.map(formatPlatform),
    attestations: options.attestations,
    onConflict: options.onConflict,
    force: options.isForced,
    referrers: options.withReferrers,
    concurrency: options.concurrency,
  };
}

function none<Counts extends Readonly<Record<string, number>>>(counts: Counts): Counts {
  return Object.fromEntries(Object.keys(counts).map((name) => [name, 0])) as Counts;
}

function stillRunning(job: number): Error {
  const message = `job ${job} runs still`;
  return copyError('conflict', { side: 'local', op: 'jobs.again', subject: String(job), message });
}
