import type { Failure } from '../../electron/contract/errors.ts';
import type { FeedMessage } from '../../electron/contract/feed-message.ts';
import { LineCutter } from './lines.ts';

/** What a line of the stream tells of a feed. */
export type StreamEvent =
  | { readonly feed: string; readonly message: FeedMessage }
  | { readonly feed: string; readonly failure: Failure };

/** A feed to be heard, under the name the window made up. */
export interface AddedFeed {
  readonly feed: string;
  readonly name: string;
  readonly scope: unknown;
}

interface StreamPorts {
  readonly post: (body: unknown, signal?: AbortSignal) => Promise<Response>;
  readonly took: (event: StreamEvent) => void;
  /** A stream began: gives all feeds that are to be heard. */
  readonly opened: () => readonly AddedFeed[];
  /** The stream broke, or is there again. */
  readonly broke: (isBroken: boolean) => void;
  /** The session is over; the stream tries no more. */
  readonly ended: () => void;
}

const silenceMs = 45_000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** The one stream of a window, opened again whenever it breaks. */
export class FeedStream {
  private readonly ports: StreamPorts;
  private stream: string | undefined;
  private added: AddedFeed[] = [];
  private removed: string[] = [];
  private isSending = false;

  constructor(ports: StreamPorts) {
    this.ports = ports;
    void this.run();
  }

  /** Adds and removes feeds, as soon as a stream is open; changes of one moment travel together. */
  send(add: readonly AddedFeed[], remove: readonly string[]): void {
    this.added.push(...add);
    this.removed.push(...remove);
    this.added = this.added.filter(({ feed }) => !remove.includes(feed));
    if (this.stream === undefined || this.isSending) return;
    this.isSending = true;
    queueMicrotask(() => void this.flush());
  }

  private async flush(): Promise<void> {
    while (this.stream !== undefined && this.added.length + this.removed.length > 0) {
      const body = { stream: this.stream, add: this.added, remove: this.removed };
      this.added = [];
      this.removed = [];
      try {
        await this.ports.post(body);
      } catch {
        // the stream breaks as well then, and all feeds are added again
        break;
      }
    }
    this.isSending = false;
  }

  private async run(): Promise<void> {
    let pauseMs = firstPauseMs;
    for (;;) {
      const isOver = await this.readOnce(() => {
        pauseMs = firstPauseMs;
        this.ports.broke(false);
      });
      this.stream = undefined;
      if (isOver) {
        this.ports.ended();
        return;
      }
      this.ports.broke(true);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }

  /** Reads one stream to its end; true when the session is over. */
  private async readOnce(began: () => void): Promise<boolean> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), silenceMs);
    try {
      const response = await this.ports.post({ open: true }, silence.signal);
      if (response.status === 401) return true;
      if (!response.ok || response.body === null) return false;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const lines = new LineCutter();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return false;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), silenceMs);
        for (const line of lines.cut(value)) this.take(line, began);
      }
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  private take(line: string, began: () => void): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server, whose page this is
    const told = JSON.parse(line) as Partial<StreamEvent> & { readonly stream?: string };
    if (told.stream !== undefined) {
      began();
      this.stream = told.stream;
      this.added = [];
      this.removed = [];
      this.send(this.ports.opened(), []);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a line that names a feed tells of it
    } else if (told.feed !== undefined) this.ports.took(told as StreamEvent);
  }
}
