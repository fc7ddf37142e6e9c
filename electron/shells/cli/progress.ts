import { formatBytes, formatSeconds, shortDigest, terminalText } from '../../contract/format.ts';
import type { ImageResult } from '../../contract/models.ts';
import type { RoundsObserver } from '../../app/rounds.ts';
import type { DeliveryProgress, ImageProgress } from '../../contract/progress.ts';
import { cutToCells } from './cells.ts';
import type { Console, Picture, Screen } from './console.ts';

const framesPerSecond = 10;
const barCells = 16;
const layersShown = 4;
const moving: ReadonlySet<string> = new Set(['resolving', 'copying', 'publishing']);

/** What the operator sees while images are copied: a moving picture on a terminal, a line for every image elsewhere. */
export class ProgressBoard implements RoundsObserver, Picture {
  readonly #console: Console;
  readonly #screen: Screen | undefined;
  readonly #images = new Set<ImageProgress>();
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #drawnLines = 0;
  #total = 0;
  #ended = 0;
  #sentBefore = 0;

  constructor(console: Console) {
    this.#console = console;
    this.#screen = console.drawingScreen;
    if (this.#screen === undefined) return;
    console.picture = this;
    this.#timer = setInterval(() => this.#draw(), 1000 / framesPerSecond);
  }

  readonly queued = (progress: ImageProgress): void => {
    this.#total++;
    this.#tell(progress);
  };

  readonly changed = (progress: ImageProgress): void => {
    if (moving.has(progress.phase)) this.#images.add(progress);
    this.#tell(progress);
  };

  readonly ended = (result: ImageResult, progress: ImageProgress): void => {
    const { words } = this.#console;
    const { source, destination, outcome, notices } = result;
    const sent = sentBytes(progress);
    this.#ended++;
    this.#images.delete(progress);
    this.#sentBefore += sent;
    const detail = outcome === 'copied' && sent > 0 ? ` (${formatBytes(sent)}, ${formatSeconds(result.seconds)})` : '';
    this.#console.say(`${words.outcomes[outcome]} ${source} → ${destination}${detail}`);
    for (const notice of notices) {
      this.#console.event('notice', { source, destination, ...notice });
      this.#console.say(`  ${words.note}${words.colon}${notice.text}`);
    }
    this.#console.event('result', result);
  };

  readonly again = (images: number): void => {
    this.#total -= images;
    this.#ended -= images;
    this.#console.event('again', { images });
    this.#console.say(this.#console.words.again(images));
  };

  /** Ends the picture. */
  close(): void {
    clearInterval(this.#timer);
    this.clear();
    this.#console.picture = undefined;
  }

  /** Takes away what is drawn. */
  clear(): void {
    if (this.#drawnLines > 0) this.#screen?.write(this.#erasure());
    this.#drawnLines = 0;
  }

  #tell({ source, destination, phase }: ImageProgress): void {
    this.#console.step('image', { source, destination, phase });
  }

  /** What moves the cursor back to where the picture began, and wipes it. */
  #erasure(): string {
    return this.#drawnLines > 0 ? `\u001b[${this.#drawnLines}A\u001b[0J` : '';
  }

  #draw(): void {
    if (this.#screen === undefined) return;
    // One line stays free for the cursor, and one cell, where a terminal would break the line.
    const height = Math.max(1, (this.#screen.rows || 24) - 1);
    const width = (this.#screen.columns || 80) - 1;
    const lines = this.#lines(height).map((line) => `${cutToCells(terminalText(line), width)}\n`);
    this.#screen.write(this.#erasure() + lines.join(''));
    this.#drawnLines = lines.length;
  }

  #lines(most: number): readonly string[] {
    const lines = [this.#headline()];
    for (const image of this.#images) {
      if (lines.length >= most) break;
      lines.push(`${this.#console.words.phases[image.phase]} ${image.source} → ${image.destination}`);
      lines.push(...liveliest(image).map((delivery) => this.#layer(delivery)));
    }
    return lines.slice(0, most);
  }

  #headline(): string {
    let sent = this.#sentBefore;
    for (const image of this.#images) sent += sentBytes(image);
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const speed = formatBytes(sent / Math.max(seconds, 0.1));
    return `${this.#ended}/${this.#total} ${this.#console.words.images} · ${formatBytes(sent)} · ${speed}/s · ${formatSeconds(seconds)}`;
  }

  #layer(delivery: DeliveryProgress): string {
    const { blob, phase } = delivery;
    const part = blob.size === 0 ? 1 : Math.min(1, delivery.sentBytes / blob.size);
    const done = Math.round(part * barCells);
    const bar = '█'.repeat(done) + '░'.repeat(barCells - done);
    return `  ${shortDigest(blob.digest)} ${formatBytes(blob.size).padStart(9)} ${bar} ${this.#console.words.phases[phase]}`;
  }
}

function sentBytes(image: ImageProgress): number {
  return image.deliveries.reduce((sum, delivery) => sum + delivery.sentBytes, 0);
}

/** The layers that move, the largest first. */
function liveliest(image: ImageProgress): readonly DeliveryProgress[] {
  return image.deliveries
    .filter(({ phase }) => phase === 'sending' || phase === 'backing-off' || phase === 'mounting')
    .toSorted((a, b) => b.blob.size - a.blob.size)
    .slice(0, layersShown);
}
