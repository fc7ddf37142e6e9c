import type { SnapshotOf } from '../../contract/feeds.ts';
import type { HistoryJob } from '../../contract/history.ts';
import type { JobSummary } from '../../contract/models.ts';
import type { ConnectionWish, CopyWishOptions } from '../../contract/requests.ts';
import { formatPlatform } from '../../oci/platform.ts';
import { type CopyOptions, type JobIntent, Meter, type Workspace } from '../../engine/engine.ts';
import { readAgain } from '../again.ts';
import { carryIntent } from '../carrying/carry-intents.ts';
import { readFileAgain } from '../carrying/file-again.ts';
import { accountName, intentOf } from '../intents.ts';
import { carriedAgain } from '../window/carried.ts';
import { carriedJob, placeOf } from '../window/carried-job.ts';
import { unknownThing } from '../window/failures.ts';
import type { JobOrder } from '../window/parts.ts';
import type { JobCourse, JobYard } from '../window/running-jobs.ts';
import type { Flow } from '../window/throughput.ts';
import type { CarryDesk } from './carry-desk.ts';
import type { Lines } from './lines.ts';

/** Every way to a registry of the window is known to the program, so a job keeps none of its own. */
const noConnection: ConnectionWish = { plainHttp: [], insecure: [], retries: 0, waitMs: 0 };
const nothing = {
  bytes: { received: 0, sent: 0, reused: 0 },
  requests: { source: 0, destination: 0, token: 0 },
};

/** Jobs of a window, done over its lines and kept in its data folder. */
export class Yard implements JobYard {
  readonly #workspace: Workspace;
  readonly #lines: Lines;
  readonly #carry: Pick<CarryDesk, 'run'>;
  readonly #running = new Set<Promise<unknown>>();
  readonly #meters = new Set<Meter>();
  readonly #past = { received: 0, sent: 0 };

  constructor(workspace: Workspace, lines: Lines, carry: Pick<CarryDesk, 'run'>) {
    this.#workspace = workspace;
    this.#lines = lines;
    this.#carry = carry;
  }

  async run(order: JobOrder, course: JobCourse, signal: AbortSignal): Promise<JobSummary> {
    const line = await this.#lines.use(order.extra, signal);
    const meter = new Meter();
    this.#meters.add(meter);
    const { control, observer, begun } = course;
    const options: CopyOptions = { ...order.options, whenFull: 'hold' };
    const how = { rounds: 0, intent: intentFor(order), control, meter, begun };
    const doing =
      order.carried === undefined
        ? line.app.copy(order.prepared, options, how, observer, signal)
        : this.#carry.run({ ...order, options }, intentFor(order), { app: line.app, meter, course }, signal);
    const running = doing.finally(() => {
      this.#meters.delete(meter);
      this.#past.received += meter.bytes.received;
      this.#past.sent += meter.bytes.sent;
      this.#running.delete(running);
      return line.release();
    });
    this.#running.add(running);
    return running;
  }

  async again(job: number, failedOnly: boolean, signal: AbortSignal): Promise<JobOrder> {
    const { history } = this.#workspace.store;
    const fromFile = await readFileAgain(history, job, signal);
    const what = fromFile && carriedAgain(fromFile.job);
    if (what !== undefined) return carriedJob(what);
    const { wish, title, isUnfinished, ended } = await readAgain(history, job, !failedOnly, signal);
    const prepared = await this.#lines.looks.prepare(wish, signal);
    const order: JobOrder = { title, command: 'copy', prepared, options: wish.options };
    return isUnfinished ? { ...order, adopts: job, ended } : order;
  }

  unfinished(signal: AbortSignal): Promise<readonly HistoryJob[]> {
    return this.#workspace.store.journal.unfinished(signal);
  }

  async discard(job: number, signal: AbortSignal): Promise<void> {
    const { journal } = this.#workspace.store;
    const found = (await journal.unfinished(signal)).find(({ number }) => number === job);
    if (found === undefined) throw unknownThing('unfinished job', String(job));
    const { command, title } = found;
    const taken = await journal.begin({ ...plainIntent(command, title), adopts: job }, signal);
    await taken.finish({ ok: false, ...nothing }, 'cancelled');
  }

  flow(): Flow {
    const flow = { ...this.#past };
    for (const { bytes } of this.#meters) {
      flow.received += bytes.received;
      flow.sent += bytes.sent;
    }
    return flow;
  }

  owner(): SnapshotOf<'jobs'>['owner'] {
    const { owner } = this.#workspace;
    if (owner === undefined) return { isOurs: true };
    return { isOurs: false, by: `${owner.user}, ${owner.machine}, ${owner.pid}`.slice(0, 255) };
  }

  /** Resolves once everything that runs has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

function intentFor(order: JobOrder): JobIntent {
  const { command, title, asked, options, adopts, carried } = order;
  if (carried !== undefined) {
    const { what } = carried;
    return carryIntent({ ...what, place: placeOf(what), options: what.asked.options, connection: noConnection });
  }
  return intentOf({
    command,
    title,
    asked: asked === undefined ? { again: adopts ?? 0, failedOnly: true } : { origin: asked },
    options: wishOptionsOf(options),
    rounds: 0,
    connection: noConnection,
    ...(adopts === undefined ? {} : { adopts }),
  });
}

function plainIntent(command: string, title: string): JobIntent {
  return { command, title, fingerprint: '', wish: undefined, account: accountName() };
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
