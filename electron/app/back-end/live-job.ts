import type { ImageLayer, JobImage, JobTotals, ScopeOf } from '../../contract/feeds.ts';
import type { JobState } from '../../contract/jobs.ts';
import type { ImagePhase, ImageResult } from '../../contract/models.ts';
import type { ImageProgress } from '../../contract/progress.ts';
import { countOutcomes } from '../../contract/counts.ts';
import { JobControl, Meter } from '../../engine/engine.ts';
import type { RoundsObserver } from '../rounds.ts';
import type { Clock } from '../window/clock.ts';
import { trimFailure } from '../window/failures.ts';
import { trimNotices } from '../window/planned.ts';
import { instantOf } from '../window/shown.ts';
import type { Pauses } from './pauses.ts';

/** What a live job is begun with. */
export interface LiveJobStart {
  readonly title: string;
  readonly command: string;
  readonly account: string;
  readonly hosts: ReadonlySet<string>;
  /** What is known to fail before anything moves. */
  readonly refused: readonly ImageResult[];
}

interface Row {
  readonly progress: ImageProgress;
  result: ImageResult | undefined;
}

const running: ReadonlySet<ImagePhase> = new Set(['resolving', 'copying', 'publishing']);
const arrived: ReadonlySet<string> = new Set(['sent', 'mounted', 'present']);
const mostLayers = 2000;

/** A job of this process, for the window to look at while it runs and a while after. */
export class LiveJob {
  readonly control = new JobControl();
  readonly meter = new Meter();
  readonly abort = new AbortController();
  number = 0;
  attempt = 1;
  readonly #start: LiveJobStart;
  readonly #clock: Clock;
  readonly #pauses: Pauses;
  readonly #changed: () => void;
  readonly #rows: Row[] = [];
  readonly #byProgress = new Map<ImageProgress, Row>();
  readonly #startedMs: number;
  readonly #startedAt: string;
  #endedAt: string | undefined;
  #endSeconds = 0;
  #end: JobState | undefined;
  #rate = { atMs: 0, received: 0, sent: 0, receivedPerSecond: 0, sentPerSecond: 0 };

  constructor(start: LiveJobStart, clock: Clock, pauses: Pauses, changed: () => void) {
    this.#start = start;
    this.#clock = clock;
    this.#pauses = pauses;
    this.#changed = changed;
    this.#startedMs = clock.monotonicMs();
    this.#startedAt = instantOf(clock.wallMs());
  }

  /** True once nothing of it moves any more. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** What the engine tells. */
  get observer(): RoundsObserver {
    return {
      queued: (progress) => {
        const same = this.#rows.find(
          ({ progress: { source, destination }, result }) =>
            result !== undefined && source === progress.source && destination === progress.destination,
        );
        // a further round takes the row of the one before
        const row: Row = { progress, result: undefined };
        this.#byProgress.set(progress, row);
        if (same === undefined) this.#rows.push(row);
        else this.#rows[this.#rows.indexOf(same)] = row;
      },
      changed: () => {},
      ended: (result, progress) => {
        const row = this.#byProgress.get(progress);
        if (row !== undefined) row.result = result;
      },
    };
  }

  /** It came to its end. */
  finish(end: JobState): void {
    this.#end = end;
    this.#endedAt = instantOf(this.#clock.wallMs());
    this.#endSeconds = this.#seconds();
    this.#changed();
  }

  /** Everything about it in one row. */
  totals(): JobTotals {
    const { title, command, account, hosts, refused } = this.#start;
    const results = this.#rows.flatMap(({ result, progress }) =>
      result === undefined || !isEnd(progress.phase) ? [] : [result],
    );
    const counted = countOutcomes([...refused, ...results]);
    const progress = this.#progress();
    const rate = this.#sampledRate();
    const waiting = this.isOver ? [] : this.#pauses.among(hosts);
    const left = (progress.bytesTotal ?? 0) - progress.bytesDone;
    const speed = Math.max(rate.sentPerSecond, 1);
    return {
      job: this.number,
      title: title.slice(0, 500),
      command,
      state: this.#state(waiting.length > 0),
      startedAt: this.#startedAt,
      ...(this.#endedAt === undefined ? {} : { endedAt: this.#endedAt }),
      account,
      attempts: this.attempt,
      images: { ...counted, total: this.#rows.length + refused.length },
      bytes: { ...this.meter.bytes },
      seconds: this.isOver ? this.#endSeconds : this.#seconds(),
      progress,
      rate,
      ...(left > 0 && rate.sentPerSecond > 0 && !this.isOver ? { etaSeconds: Math.round(left / speed) } : {}),
      ...(waiting.length > 0 ? { waiting } : {}),
    };
  }

  /** Its images: those that run first, then those that wait, those that are done last. */
  images({ from, most, show = 'all' }: ScopeOf<'job'>): { readonly total: number; readonly rows: readonly JobImage[] } {
    const kept = this.#rows.map((row, index) => ({ row, index })).filter(({ row }) => isShown(row, show));
    const ordered = kept.toSorted((a, b) => rank(a.row) - rank(b.row) || a.index - b.index);
    const base = this.#rows.length;
    const refused = show === 'running' ? [] : this.#start.refused.map((result, at) => refusedRow(result, base + at));
    const rows = [...ordered.map(({ row, index }) => imageRow(row, index)), ...refused];
    return { total: rows.length, rows: rows.slice(from, from + most) };
  }

  /** The layers of one image; undefined when there is no such one. */
  layers(index: number): readonly ImageLayer[] | undefined {
    const row = this.#rows[index];
    if (row === undefined) return this.#start.refused[index - this.#rows.length] === undefined ? undefined : [];
    return row.progress.deliveries.slice(0, mostLayers).map((layer) => ({
      digest: layer.blob.digest,
      size: layer.blob.size,
      phase: layer.phase,
      receivedBytes: layer.receivedBytes,
      sentBytes: layer.sentBytes,
      cachedBytes: layer.cachedBytes ?? 0,
    }));
  }

  #state(isWaiting: boolean): JobState {
    if (this.#end !== undefined) return this.#end;
    const open = this.#rows.filter(({ result }) => result === undefined);
    if (open.length > 0 && open.every(({ progress }) => progress.phase === 'held')) return 'held';
    const isMoving = open.some(({ progress }) => progress.deliveries.some(({ phase }) => phase === 'sending'));
    return isWaiting && !isMoving ? 'waiting' : 'running';
  }

  #seconds(): number {
    return (this.#clock.monotonicMs() - this.#startedMs) / 1000;
  }

  #progress(): JobTotals['progress'] {
    const sum = { bytesTotal: 0, bytesDone: 0, layersDone: 0, layersTotal: 0 };
    let isKnown = true;
    for (const { progress, result } of this.#rows) {
      const row = sumOf(progress);
      sum.bytesTotal += row.bytesTotal;
      sum.bytesDone += row.bytesDone;
      sum.layersDone += row.layersDone;
      sum.layersTotal += row.layersTotal;
      isKnown &&= result !== undefined || progress.deliveries.length > 0;
    }
    const { bytesTotal, ...others } = sum;
    return isKnown ? { ...others, bytesTotal } : others;
  }

  /** Bytes a second over the last second or more. */
  #sampledRate(): JobTotals['rate'] {
    const nowMs = this.#clock.monotonicMs();
    const { received, sent } = this.meter.bytes;
    const spentMs = nowMs - this.#rate.atMs;
    if (spentMs >= 1000) {
      const perSecond = (now: number, before: number): number =>
        this.isOver ? 0 : Math.max(0, ((now - before) * 1000) / spentMs);
      this.#rate = {
        atMs: nowMs,
        received,
        sent,
        receivedPerSecond: perSecond(received, this.#rate.received),
        sentPerSecond: perSecond(sent, this.#rate.sent),
      };
    }
    const { receivedPerSecond, sentPerSecond } = this.#rate;
    return this.isOver ? { receivedPerSecond: 0, sentPerSecond: 0 } : { receivedPerSecond, sentPerSecond };
  }
}

function isEnd(phase: ImagePhase): boolean {
  return !running.has(phase) && phase !== 'queued' && phase !== 'held';
}

function isShown({ progress, result }: Row, show: NonNullable<ScopeOf<'job'>['show']>): boolean {
  if (show === 'failed') return result?.outcome === 'failed';
  return show === 'all' || running.has(progress.phase);
}

function rank({ progress: { phase } }: Row): number {
  if (running.has(phase)) return 0;
  return phase === 'queued' || phase === 'held' ? 1 : 2;
}

function sumOf({ deliveries }: ImageProgress): Pick<JobImage, 'bytesDone' | 'layersDone' | 'layersTotal'> & {
  readonly bytesTotal: number;
} {
  let bytesTotal = 0;
  let bytesDone = 0;
  let layersDone = 0;
  for (const { blob, phase, sentBytes } of deliveries) {
    const isThere = arrived.has(phase);
    bytesTotal += blob.size;
    bytesDone += isThere ? blob.size : Math.min(sentBytes, blob.size);
    if (isThere) layersDone++;
  }
  return { bytesTotal, bytesDone, layersDone, layersTotal: deliveries.length };
}

function imageRow({ progress, result }: Row, index: number): JobImage {
  const { source, destination, phase, deliveries } = progress;
  const { bytesTotal, ...done } = sumOf(progress);
  return {
    index,
    source,
    destination,
    phase,
    ...done,
    ...(deliveries.length > 0 || result !== undefined ? { bytesTotal } : {}),
    notices: trimNotices(result?.notices ?? []),
    ...(result?.failure === undefined || result.outcome === 'cancelled'
      ? {}
      : { failure: trimFailure(result.failure) }),
    ...(deliveries.some(({ isDirect }) => isDirect === true) ? { isDirect: true } : {}),
  };
}

function refusedRow({ source, destination, failure }: ImageResult, index: number): JobImage {
  const nothing = { bytesDone: 0, layersDone: 0, layersTotal: 0, notices: [] };
  return { index, source, destination, phase: 'failed', ...nothing, ...(failure && { failure: trimFailure(failure) }) };
}
