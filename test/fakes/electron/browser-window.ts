import { EventEmitter } from 'node:events';
import { calls, fakeEvent, isPrevented } from './events.ts';
import type { FakeApp } from './app.ts';
import { FakeWebContents } from './web-contents.ts';

/** What a window was made with. */
export interface FakeWindowOptions {
  readonly show?: boolean;
  readonly webPreferences?: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/** A window; the app that it belongs to is set once, for `new` takes options only. */
export class FakeBrowserWindow extends EventEmitter {
  static app: FakeApp | undefined;
  static readonly all = new Set<FakeBrowserWindow>();
  static #focused: FakeBrowserWindow | undefined;

  readonly options: FakeWindowOptions;
  readonly webContents: FakeWebContents;
  #isVisible: boolean;
  #isMinimized = false;
  #isDestroyed = false;

  constructor(options: FakeWindowOptions = {}) {
    super();
    const { app } = FakeBrowserWindow;
    app?.mustBeReady('a window');
    this.options = options;
    this.#isVisible = options.show !== false;
    this.webContents = new FakeWebContents(options.webPreferences ?? {});
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    FakeBrowserWindow.all.add(this);
    app?.emit('web-contents-created', fakeEvent({}), this.webContents);
  }

  static getAllWindows(): FakeBrowserWindow[] {
    return [...FakeBrowserWindow.all];
  }

  static fromWebContents(contents: unknown): FakeBrowserWindow | null {
    return FakeBrowserWindow.getAllWindows().find(({ webContents }) => webContents === contents) ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  close(): void {
    if (this.#isDestroyed) return;
    if (isPrevented(this, 'close')) FakeBrowserWindow.app?.stay();
    else void this.destroy();
  }

  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    await this.webContents.destroy();
    FakeBrowserWindow.all.delete(this);
    this.emit('closed');
    FakeBrowserWindow.app?.windowClosed();
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }

  isFocused(): boolean {
    return FakeBrowserWindow.#focused === this;
  }

  show(): void {
    this.#isVisible = true;
    this.focus();
  }

  hide(): void {
    this.#isVisible = false;
    this.blur();
  }

  focus(): void {
    FakeBrowserWindow.#focused = this;
    this.emit('focus');
  }

  blur(): void {
    FakeBrowserWindow.#focused = undefined;
    this.emit('blur');
  }

  minimize(): void {
    this.#isMinimized = true;
    this.blur();
  }

  restore(): void {
    this.#isMinimized = false;
  }

  setProgressBar(value: number, options?: unknown): void {
    calls.push(['setProgressBar', value, options]);
  }
}
