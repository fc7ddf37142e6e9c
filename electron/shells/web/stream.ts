import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FeedRequest, StreamLine } from '../../contract/wire.ts';
import type { Clock } from '../../app/window/clock.ts';
import type { WindowSession } from '../../app/window/window.ts';
import { shieldHeaders } from './headers.ts';

const aliveMs = 15_000;
/** What waits for the line; beyond it feeds wait and tell later what became of it. */
const mostWaitingBytes = 256 * 1024;

type Change = Exclude<FeedRequest, { readonly open: true }>;

/** The one answer that tells a window of its feeds, line by line, until it goes or its session ends. */
export class WebStream {
  readonly id: string = randomUUID();
  readonly #session: WindowSession;
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #feeds = new Map<string, { close(): void }>();
  #alive: { cancel(): void };

  constructor(session: WindowSession, response: ServerResponse, clock: Clock) {
    this.#session = session;
    this.#response = response;
    this.#clock = clock;
    response.writeHead(200, { ...shieldHeaders(), 'Content-Type': 'application/x-ndjson; charset=utf-8' });
    this.#write({ stream: this.id });
    this.#alive = this.#beat();
    const end = (): void => void response.end();
    session.signal.addEventListener('abort', end, { once: true });
    response.once('close', () => {
      session.signal.removeEventListener('abort', end);
      this.#close();
    });
  }

  /** Tells of other feeds from now on. */
  change({ add, remove }: Change): void {
    for (const feed of remove) this.#remove(feed);
    for (const { feed, name, scope } of add) {
      this.#remove(feed);
      this.#add(feed, name, scope);
    }
  }

  #add(feed: string, name: string, scope: unknown): void {
    const response = this.#response;
    let isEnded = false;
    const opened = this.#session.feed(name, scope, {
      get isFull() {
        return response.writableLength > mostWaitingBytes;
      },
      send: (message) => this.#write({ feed, message }),
      end: (failure) => {
        isEnded = true;
        this.#feeds.delete(feed);
        this.#write({ feed, failure });
      },
    });
    if (isEnded) opened.close();
    else this.#feeds.set(feed, opened);
  }

  #remove(feed: string): void {
    this.#feeds.get(feed)?.close();
    this.#feeds.delete(feed);
  }

  #write(line: StreamLine): void {
    if (!this.#response.writableEnded) this.#response.write(`${JSON.stringify(line)}\n`);
  }

  #beat(): { cancel(): void } {
    return this.#clock.schedule(aliveMs, () => {
      this.#write({});
      this.#alive = this.#beat();
    });
  }

  #close(): void {
    this.#alive.cancel();
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }
}
