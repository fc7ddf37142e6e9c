import { formatBytes, formatSeconds } from '../../contract/format.ts';
import type { Console, Picture, Screen } from './console.ts';

const framesPerSecond = 5;
const stepMs = 1000;

/** One moving line that counts: bytes that were read, tags that were seen. */
export class BytePicture implements Picture {
  readonly #console: Console;
  readonly #screen: Screen | undefined;
  readonly #text: () => string;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #startedMs = performance.now();
  #isDrawn = false;

  /** @param facts what `--json` is told once a second, as the event `event` */
  constructor(console: Console, event: string, text: () => string, facts: () => object) {
    this.#console = console;
    this.#text = text;
    this.#screen = console.drawingScreen;
    const step = setInterval(() => console.step(event, facts()), stepMs);
    if (this.#screen === undefined) {
      this.#timers = [step];
      return;
    }
    console.picture = this;
    this.#timers = [step, setInterval(() => this.#draw(), 1000 / framesPerSecond)];
  }

  /** Ends the picture. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.clear();
    this.#console.picture = undefined;
  }

  clear(): void {
    if (this.#isDrawn) this.#screen?.write('\r\u001b[0K');
    this.#isDrawn = false;
  }

  #draw(): void {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    this.#screen?.write(`\r\u001b[0K${this.#text()} · ${formatSeconds(seconds)}`);
    this.#isDrawn = true;
  }
}

/** Counts bytes that are read while `work` goes on, and shows them. */
export async function showingBytes<Result>(
  console: Console,
  what: string,
  work: (received: (bytes: number) => void) => Promise<Result>,
): Promise<Result> {
  let bytes = 0;
  const picture = new BytePicture(
    console,
    'checking',
    () => `${what} ${formatBytes(bytes)}`,
    () => ({ bytes }),
  );
  try {
    return await work((more) => {
      bytes += more;
    });
  } finally {
    picture.close();
  }
}
