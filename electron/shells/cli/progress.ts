import { formatBytes, formatSeconds, shortDigest, terminalText } from '../../contract/format.ts';
import type { ImageResult } from '../../contract/models.ts';
import type { CopyObserver, DeliveryProgress, ImageProgress } from '../../contract/progress.ts';
import type { Console } from './console.ts';

const framesPerSecond = 10;
const barCells = 24;
const layersShown = 4;
const moving: ReadonlySet<string> = new Set(['resolving', 'copying', 'publishing']);

/** What the operator sees while images are copied: a moving picture on a terminal, a line for every image elsewhere. */
export class ProgressBoard implements CopyObserver {
  readonly #console: Console;
  readonly #images = new Set<ImageProgress>();
  readonly #startedMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #drawnLines = 0;
  #total = 0;
  #ended = 0;
  #sentBefore = 0;

  constructor(console: Console) {
    this.#console = console;
    if (console.canDraw) this.#timer = setInterval(() => this.#draw(), 1000 / framesPerSecond);
  }

  readonly queued = (progress: ImageProgress): void => {
    this.#total++;
    this.#console.event('image', { source: progress.source, destination: progress.destination, phase: progress.phase });
  };

  readonly changed = (progress: ImageProgress): void => {
    if (moving.has(progress.phase)) this.#images.add(progress);
    this.#console.event('image', { source: progress.source, destination: progress.destination, phase: progress.phase });
  };

  readonly ended = (result: ImageResult, progress: ImageProgress): void => {
    this.#ended++;
    this.#images.delete(progress);
    this.#sentBefore += sentBytes(progress);
    this.#clear();
    const { words } = this.#console;
    const sent = sentBytes(progress);
    const detail = sent > 0 ? ` (${formatBytes(sent)}, ${formatSeconds(result.seconds)} s)` : '';
    this.#console.say(`${words.outcomes[result.outcome]} ${result.source} → ${result.destination}${detail}`);
    for (const notice of result.notices) {
      this.#console.event('notice', { source: result.source, destination: result.destination, ...notice });
      this.#console.say(`  ${words.note}: ${notice.text}`);
    }
    this.#console.event('result', result);
  };

  /** Ends the picture. */
  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear(): void {
    if (this.#drawnLines > 0) process.stderr.write(`\u001b[${this.#drawnLines}A\u001b[0J`);
    this.#drawnLines = 0;
  }

  #draw(): void {
    const width = Math.max(40, process.stderr.columns || 80) - 1;
    const height = Math.max(6, process.stderr.rows || 24) - 2;
    const lines = [this.#headline()];
    for (const image of this.#images) {
      if (lines.length >= height) break;
      lines.push(`${image.source} → ${image.destination}  ${this.#console.words.phases[image.phase] ?? image.phase}`);
      for (const delivery of liveliest(image)) if (lines.length < height) lines.push(this.#layer(delivery));
    }
    this.#clear();
    process.stderr.write(lines.map((line) => `${terminalText(line).slice(0, width)}\n`).join(''));
    this.#drawnLines = lines.length;
  }

  #headline(): string {
    let sent = this.#sentBefore;
    for (const image of this.#images) sent += sentBytes(image);
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const speed = formatBytes(sent / Math.max(seconds, 0.1));
    return `${this.#ended}/${this.#total} ${this.#console.words.images} · ${formatBytes(sent)} · ${speed}/s · ${formatSeconds(seconds)} s`;
  }

  #layer(delivery: DeliveryProgress): string {
    const { blob, phase } = delivery;
    const part = blob.size === 0 ? 1 : Math.min(1, delivery.sentBytes / blob.size);
    const done = Math.round(part * barCells);
    const bar = '█'.repeat(done) + '░'.repeat(barCells - done);
    return `  ${shortDigest(blob.digest)} ${formatBytes(blob.size).padStart(9)} ${bar} ${this.#console.words.phases[phase] ?? phase}`;
  }
}

function sentBytes(image: ImageProgress): number {
  return image.deliveries.reduce((sum, delivery) => sum + delivery.sentBytes, 0);
}

/** The layers that move, and among them the largest. */
function liveliest(image: ImageProgress): readonly DeliveryProgress[] {
  return image.deliveries
    .filter(({ phase }) => phase === 'sending' || phase === 'backing-off' || phase === 'mounting')
    .slice(0, layersShown);
}
