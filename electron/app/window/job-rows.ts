import type { HistoryImage } from '../../contract/history.ts';
import type { ImageLayer, JobImage, ScopeOf } from '../../contract/feeds.ts';
import type { ImagePhase, ImageResult, JobSummary } from '../../contract/models.ts';
import type { CopyObserver, ImageProgress } from '../../contract/progress.ts';
import { trimFailure } from './failures.ts';
import { pastProgress, pastResult, type RowDelivery, type RowProgress } from './past-image.ts';
import { trimNotices } from './planned.ts';

interface Row {
  readonly index: number;
  readonly source: string;
  readonly destination: string;
  progress: RowProgress | undefined;
  result: ImageResult | undefined;
  /** Of one that has ended, whose numbers do not change any more. */
  tally: Tally | undefined;
}

/** How far all images of a job are. */
export interface RowTotals {
  readonly images: JobSummary['images'];
  /** Undefined as long as there are images that nobody has looked at. */
  readonly bytesTotal: number | undefined;
  readonly bytesDone: number;
  readonly layersDone: number;
  readonly layersTotal: number;
  /** Bytes of blobs on the wire; they are counted anew for what is begun again. */
  readonly flow: { readonly received: number; readonly sent: number };
  /** Rows that are neither held nor at their end. */
  readonly open: number;
  readonly held: number;
}

interface Tally {
  received: number;
  sent: number;
  bytesTotal: number;
  bytesDone: number;
  layersDone: number;
  layersTotal: number;
}

const unseen: ReadonlySet<ImagePhase> = new Set(['queued', 'held', 'resolving']);
const mostLayers = 2000;

/**
 * The images of one job as they go, by what an observer hears. The index of a row is its place in the job: what ended in an
 * earlier attempt and what was refused come first, then the rows that the engine counts from 0.
 */
export class JobRows {
  readonly #rows: Row[];
  readonly #byName = new Map<string, Row>();
  readonly #changed: () => void;
  /** How many rows the engine does not know. */
  readonly before: number;

  /** `changed` is called when a row is another: never for bytes alone. */
  constructor(ended: readonly HistoryImage[], refused: readonly ImageResult[], changed: () => void) {
    this.#changed = changed;
    this.before = ended.length + refused.length;
    const past = ended.map((image) => ({ result: pastResult(image), progress: pastProgress(image) }));
    const ends = [...past, ...refused.map((result) => ({ result, progress: undefined }))];
    this.#rows = ends.map((end, index) => {
      const { source, destination } = end.result;
      return { index, source, destination, ...end, tally: tallyOf(end) };
    });
  }

  /** What the engine is to tell. */
  readonly observer: CopyObserver = {
    queued: (progress) => this.#set(progress, undefined),
    changed: (progress) => {
      // one that is begun again has no end any more
      if (progress.phase === 'queued') this.#set(progress, undefined);
      else this.#changed();
    },
    ended: (result, progress) => this.#set(progress, result),
  };

  /** Rows in view: running first, then waiting, done last, each in the order of the job. */
  page({ from, most, show = 'all' }: Pick<ScopeOf<'job'>, 'from' | 'most' | 'show'>): {
    readonly total: number;
    readonly rows: readonly JobImage[];
  } {
    const ranked: Row[][] = [[], [], []];
    for (const row of this.#rows) {
      const rank = rankOf(phaseOf(row));
      const isShown = show === 'all' || (show === 'failed' ? row.result?.outcome === 'failed' : rank === 0);
      if (isShown) ranked[rank]?.push(row);
    }
    const all = ranked.flat();
    return { total: all.length, rows: all.slice(from, from + most).map(imageOf) };
  }

  /** The layers of one row, at most 2000; undefined when there is no such row. */
  layers(index: number): readonly ImageLayer[] | undefined {
    const row = this.#rows[index];
    return row && (row.progress?.deliveries ?? []).slice(0, mostLayers).map(layerOf);
  }

  /** The indexes of the rows that failed. */
  get failed(): readonly number[] {
    return this.#rows.flatMap(({ index, result }) => (result?.outcome === 'failed' ? [index] : []));
  }

  /** The hosts of the rows that are in motion, of each row both. */
  get hostsInMotion(): readonly (readonly [source: string, destination: string])[] {
    const moving = this.#rows.filter((row) => rankOf(phaseOf(row)) === 0);
    return moving.map(({ source, destination }) => [hostOf(source), hostOf(destination)]);
  }

  /** How far it all is. */
  totals(): RowTotals {
    const images = { total: this.#rows.length, copied: 0, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 };
    const tally = newTally();
    let isKnown = true;
    let held = 0;
    let open = 0;
    for (const row of this.#rows) {
      if (row.result !== undefined) images[row.result.outcome]++;
      else if (phaseOf(row) === 'held') held++;
      else open++;
      if (row.result === undefined && unseen.has(phaseOf(row))) isKnown = false;
      addTo(tally, row.tally ?? tallyOf(row));
    }
    const { received, sent, bytesTotal, ...rest } = tally;
    return { images, ...rest, flow: { received, sent }, bytesTotal: isKnown ? bytesTotal : undefined, open, held };
  }

  #set(progress: ImageProgress, result: ImageResult | undefined): void {
    const row = this.#rowOf(progress);
    row.progress = progress;
    row.result = result;
    row.tally = result === undefined ? undefined : tallyOf(row);
    this.#changed();
  }

  /** In a further round an image is announced again: it is the same row. */
  #rowOf(progress: ImageProgress): Row {
    const { source, destination } = progress;
    const name = `${source} ${destination}`;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const row: Row = { index: this.#rows.length, source, destination, progress, result: undefined, tally: undefined };
    this.#rows.push(row);
    this.#byName.set(name, row);
    return row;
  }
}

function phaseOf({ progress, result }: Row): ImagePhase {
  return result?.outcome ?? progress?.phase ?? 'queued';
}

/** Running, waiting, done. */
function rankOf(phase: ImagePhase): 0 | 1 | 2 {
  switch (phase) {
    case 'resolving':
    case 'copying':
    case 'publishing':
      return 0;
    case 'queued':
    case 'held':
      return 1;
    default:
      return 2;
  }
}

function imageOf(row: Row): JobImage {
  const { index, source, destination, progress, result } = row;
  const deliveries = progress?.deliveries ?? [];
  const { bytesTotal, bytesDone, layersDone, layersTotal } = tallyOf(row);
  const phase = phaseOf(row);
  return {
    index,
    source,
    destination,
    phase,
    ...(unseen.has(phase) ? {} : { bytesTotal }),
    bytesDone,
    layersDone,
    layersTotal,
    notices: trimNotices(result?.notices ?? []),
    ...(result?.failure && { failure: trimFailure(result.failure) }),
    ...(deliveries.some(({ isDirect }) => isDirect === true) ? { isDirect: true } : {}),
  };
}

function layerOf({ blob, phase, receivedBytes, sentBytes, cachedBytes = 0 }: RowDelivery): ImageLayer {
  return { digest: blob.digest, size: blob.size, phase, receivedBytes, sentBytes, cachedBytes };
}

function newTally(): Tally {
  return { received: 0, sent: 0, bytesTotal: 0, bytesDone: 0, layersDone: 0, layersTotal: 0 };
}

function tallyOf({ progress }: Pick<Row, 'progress'>): Tally {
  const tally = newTally();
  for (const { blob, phase, receivedBytes, sentBytes } of progress?.deliveries ?? []) {
    const isDone = phase === 'present' || phase === 'mounted' || phase === 'sent';
    tally.received += receivedBytes;
    tally.sent += sentBytes;
    tally.layersTotal++;
    tally.layersDone += Number(isDone);
    tally.bytesTotal += blob.size;
    tally.bytesDone += isDone ? blob.size : Math.min(sentBytes, blob.size);
  }
  return tally;
}

function addTo(sum: Tally, part: Tally): void {
  sum.received += part.received;
  sum.sent += part.sent;
  sum.bytesTotal += part.bytesTotal;
  sum.bytesDone += part.bytesDone;
  sum.layersDone += part.layersDone;
  sum.layersTotal += part.layersTotal;
}

function hostOf(reference: string): string {
  return reference.slice(0, Math.max(0, reference.indexOf('/')));
}
