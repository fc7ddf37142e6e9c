import { EventEmitter } from 'node:events';
import { control, type DrawnPage } from './control.ts';
import { fakeEvent, isPrevented } from './events.ts';

/** A frame as main sees it. */
export interface FakeFrame {
  url: string;
  origin: string;
  readonly parent: FakeFrame | null;
  detached: boolean;
}

/** A frame of a document at this address. */
export function fakeFrame(url: string, parent: FakeFrame | null = null): FakeFrame {
  return { url, origin: originOf(url), parent, detached: false };
}

function originOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(url)?.[0] ?? 'null';
}

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'deny' | 'allow' };

/** The contents of one window. What is sent to a page that nothing draws is emitted as `sent`. */
export class FakeWebContents extends EventEmitter {
  static readonly all = new Map<number, FakeWebContents>();
  static #count = 0;

  readonly id: number = ++FakeWebContents.#count;
  readonly preferences: Readonly<Record<string, unknown>>;
  readonly #page: DrawnPage;
  mainFrame: FakeFrame = fakeFrame('');
  #openHandler: OpenHandler | undefined;
  #isDestroyed = false;

  constructor(preferences: Readonly<Record<string, unknown>>) {
    super();
    this.preferences = preferences;
    FakeWebContents.all.set(this.id, this);
    this.#page = control.pages.open(this);
  }

  send(channel: string, line: unknown): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed');
    this.#page.send(channel, line);
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  forcefullyCrashRenderer(): void {
    this.#page.crash();
  }

  async loadURL(url: string): Promise<void> {
    this.emit('did-start-navigation', fakeEvent({ url, isMainFrame: true, isSameDocument: false }));
    await this.#page.load(url);
  }

  /** A new document is there, and the one before is gone. */
  arrive(url: string): void {
    this.mainFrame.detached = true;
    this.mainFrame = fakeFrame(url);
    this.emit('did-navigate', fakeEvent({}), url);
  }

  /** Asks main whether the page may go there. */
  mayNavigate(name: 'will-navigate' | 'will-redirect' | 'will-frame-navigate', url: string): boolean {
    return !isPrevented(this, name, { url, isMainFrame: true, isSameDocument: false }, url, false, true);
  }

  /** Asks main whether the page may open a window; nobody who is not asked says no. */
  mayOpen(url: string): boolean {
    return this.#openHandler === undefined || this.#openHandler({ url }).action === 'allow';
  }

  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    FakeWebContents.all.delete(this.id);
    await this.#page.close();
    this.mainFrame.detached = true;
    this.emit('destroyed');
  }
}
