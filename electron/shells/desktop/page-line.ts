import type { WebContents } from 'electron';
import type { Answer } from '../../contract/envelope.ts';
import type { FeedRequest } from '../../contract/wire.ts';
import type { WindowHost, WindowSession } from '../../app/window/window.ts';
import { isOwnAddress } from './address.ts';
import { channels } from './channels.ts';

type Change = Exclude<FeedRequest, { readonly open: true }>;

const never = new AbortController().signal;

/** The line to one page: its calls and feeds, which end when the page is loaded anew or goes. */
export class PageLine {
  readonly #host: WindowHost;
  readonly #contents: WebContents;
  readonly #feeds = new Map<string, { close(): void }>();
  #session: WindowSession;
  /** A page that does not answer gets no more until it does (S-IPC-8). */
  #isStuck = false;

  constructor(host: WindowHost, contents: WebContents) {
    this.#host = host;
    this.#contents = contents;
    this.#session = host.openSession();
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#beginAgain();
    });
    contents.on('unresponsive', () => {
      this.#isStuck = true;
    });
    contents.on('responsive', () => {
      this.#isStuck = false;
    });
    contents.once('destroyed', () => this.#end());
  }

  /** Has a command done; never rejects. */
  call(name: string, input: unknown): Promise<Answer<unknown>> {
    return this.#session.call(name, input, never);
  }

  /** Tells of other feeds from now on. */
  change({ stream, add, remove }: Change): void {
    for (const feed of remove) this.#remove(feed);
    for (const { feed, name, scope } of add) {
      this.#remove(feed);
      this.#add(stream, feed, name, scope);
    }
  }

  /** Gives the page a file that a person opened by other means than the page. */
  opened(file: { readonly handle: string; readonly name: string }): void {
    this.#send({ opened: file });
  }

  #add(stream: string, feed: string, name: string, scope: unknown): void {
    const isFull = (): boolean => this.#isStuck || this.#contents.isDestroyed();
    let isEnded = false;
    const opened = this.#session.feed(name, scope, {
      get isFull() {
        return isFull();
      },
      send: (message) => this.#send({ stream, feed, message }),
      end: (failure) => {
        isEnded = true;
        this.#feeds.delete(feed);
        this.#send({ stream, feed, failure });
      },
    });
    if (isEnded) opened.close();
    else this.#feeds.set(feed, opened);
  }

  #remove(feed: string): void {
    this.#feeds.get(feed)?.close();
    this.#feeds.delete(feed);
  }

  #send(line: object): void {
    if (this.#contents.isDestroyed() || !isOwnAddress(this.#contents.getURL())) return;
    this.#contents.send(channels.feed.name, line);
  }

  #beginAgain(): void {
    this.#end();
    this.#isStuck = false;
    this.#session = this.#host.openSession();
  }

  #end(): void {
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
    this.#session.close();
  }
}
