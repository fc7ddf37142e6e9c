import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DrawnPage } from '../control.ts';
import { BrowserWindow, ipcMain, protocol } from '../electron.ts';
import { type FakeFrame, fakeFrame, type FakeWebContents } from '../web-contents.ts';
import { fromBrowser, schemeOf, toBrowser } from './addresses.ts';
import type { Browser } from './browser.ts';
import type { DocumentGuard } from './requests.ts';

const preloadWorld = 'Electron Isolated Context';
const script = (name: string): string => readFileSync(new URL(`page-side/${name}`, import.meta.url), 'utf8');

/** What a page's preload says. */
type Said =
  | readonly ['invoke', id: number, channel: string, given: readonly unknown[]]
  | readonly ['navigate', url: string]
  | readonly ['close']
  | readonly ['preload-failed', message: string];

/** Contents drawn by a page of the browser. */
export class BrowserPage implements DrawnPage, DocumentGuard {
  readonly #browser: Browser;
  readonly #contents: FakeWebContents;
  readonly #token = randomUUID();
  readonly #frames = new Map<string, FakeFrame>();
  /** By their number: the frame whose document they belong to, which the browser may tell of later. */
  readonly #contexts = new Map<number, { readonly frame: string; readonly isPreload: boolean }>();
  readonly #isThere: Promise<void>;
  #target = '';
  #session = '';
  #expected = '';
  #loaded: (() => void) | undefined;

  constructor(browser: Browser, contents: FakeWebContents, byTarget: Map<string, BrowserPage>) {
    this.#browser = browser;
    this.#contents = contents;
    this.#isThere = this.#open(byTarget);
  }

  async load(url: string): Promise<void> {
    await this.#isThere;
    const isLoaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    this.#expected = new URL(toBrowser(url)).href;
    const { errorText } = await this.#send<{ readonly errorText?: string }>('Page.navigate', { url: toBrowser(url) });
    if (errorText !== undefined) throw new Error(`${errorText} loading '${url}'`);
    await isLoaded;
  }

  send(channel: string, line: unknown): void {
    this.#deliver(this.#contents.mainFrame, ['message', channel, line]);
  }

  async close(): Promise<void> {
    await this.#isThere.catch(() => {});
    await this.#browser.send('Target.closeTarget', { targetId: this.#target }).catch(() => {});
    this.#browser.forget(this.#session);
  }

  crash(): void {
    this.#send('Page.crash').catch(() => {});
  }

  isExpected(url: string): boolean {
    const isExpected = this.#expected === url;
    if (isExpected) this.#expected = '';
    return isExpected;
  }

  mayNavigate(name: 'will-navigate' | 'will-redirect', url: string): boolean {
    return this.#contents.mayNavigate('will-frame-navigate', url) && this.#contents.mayNavigate(name, url);
  }

  #send<Result = unknown>(method: string, params: object = {}): Promise<Result> {
    return this.#browser.send(method, params, this.#session);
  }

  async #open(byTarget: Map<string, BrowserPage>): Promise<void> {
    const target = { url: 'about:blank', newWindow: true, width: 1280, height: 800 };
    const { targetId } = await this.#browser.send<{ targetId: string }>('Target.createTarget', target);
    this.#target = targetId;
    byTarget.set(targetId, this);
    const attach = { targetId, flatten: true };
    ({ sessionId: this.#session } = await this.#browser.send<{ sessionId: string }>('Target.attachToTarget', attach));
    this.#hearFrames();
    this.#hearContexts();
    this.#hearRest();
    await Promise.all([
      ...['Page.enable', 'Runtime.enable', 'Inspector.enable'].map((method) => this.#send(method)),
      this.#send('Runtime.addBinding', { name: this.#token, executionContextName: preloadWorld }),
      ...this.#scripts().map((each) => this.#send('Page.addScriptToEvaluateOnNewDocument', each)),
    ]);
  }

  /** Both worlds, before any script of the page. */
  #scripts(): readonly { readonly source: string; readonly worldName?: string }[] {
    const { preload } = this.#contents.preferences;
    const token = JSON.stringify(this.#token);
    const bridge = script('bridge.js');
    const source = typeof preload === 'string' ? readFileSync(preload, 'utf8') : '';
    const wrapped = `(function (require, module, exports) { ${source}\n})`;
    return [
      { source: `(${script('page-world.js')})(${token}, ${bridge});` },
      { source: `(${script('preload-world.js')})(${token}, ${bridge}, ${wrapped});`, worldName: preloadWorld },
    ];
  }

  #hearFrames(): void {
    const browser = this.#browser;
    browser.on('Page.frameAttached', this.#session, ({ frameId, parentFrameId }) => {
      this.#frames.set(frameId, fakeFrame('', this.#frames.get(parentFrameId) ?? null));
    });
    browser.on('Page.frameNavigated', this.#session, ({ frame }) => {
      const url = fromBrowser(frame.url + (frame.urlFragment ?? ''));
      if (frame.parentId !== undefined) {
        this.#frames.set(frame.id, fakeFrame(url, this.#frames.get(frame.parentId) ?? null));
        return;
      }
      this.#contents.arrive(url);
      this.#frames.set(frame.id, this.#contents.mainFrame);
    });
    browser.on('Page.navigatedWithinDocument', this.#session, ({ frameId, url }) => {
      const frame = this.#frames.get(frameId);
      if (frame !== undefined) frame.url = fromBrowser(url);
    });
    browser.on('Page.loadEventFired', this.#session, () => {
      if (this.#contents.getURL() === '' || this.#contents.getURL() === 'about:blank') return;
      this.#contents.emit('did-finish-load');
      this.#loaded?.();
    });
  }

  #hearContexts(): void {
    const browser = this.#browser;
    browser.on('Runtime.executionContextCreated', this.#session, ({ context: { id, name, auxData } }) => {
      this.#contexts.set(id, { frame: auxData?.frameId ?? '', isPreload: name === preloadWorld });
    });
    browser.on('Runtime.executionContextDestroyed', this.#session, ({ executionContextId }) => {
      this.#contexts.delete(executionContextId);
    });
    browser.on('Runtime.executionContextsCleared', this.#session, () => this.#contexts.clear());
    browser.on('Runtime.bindingCalled', this.#session, ({ name, payload, executionContextId }) => {
      if (name !== this.#token) return;
      const said: Said = JSON.parse(payload);
      void this.#hear(said, this.#frames.get(this.#contexts.get(executionContextId)?.frame ?? ''));
    });
  }

  #hearRest(): void {
    this.#browser.on('Inspector.targetCrashed', this.#session, () => {
      this.#contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    });
    this.#browser.on('Page.windowOpen', this.#session, ({ url }) => {
      if (this.#contents.mayOpen(fromBrowser(url))) throw new Error('stand-in: a page may not open windows');
    });
  }

  /** Who says it is known by the context it comes from, never by what it says. */
  async #hear(said: Said, frame: FakeFrame | undefined): Promise<void> {
    switch (said[0]) {
      case 'close':
        BrowserWindow.fromWebContents(this.#contents)?.close();
        return;
      case 'navigate':
        this.#navigate(fromBrowser(said[1]));
        return;
      case 'preload-failed':
        process.stderr.write(`stand-in: the preload failed: ${said[1]}\n`);
        return;
      case 'invoke': {
        const [, id, channel, given] = said;
        const from = { sender: this.#contents, senderFrame: frame ?? null };
        const answer = await ipcMain.receive(from, channel, ...given).then(
          (result) => ({ result }),
          (thrown: unknown) => ({ error: String(thrown) }),
        );
        if (frame !== undefined) this.#deliver(frame, ['reply', id, answer]);
        return;
      }
      default:
        throw new Error('stand-in: a page said something else');
    }
  }

  /** Addresses that a browser never asks for by request. */
  #navigate(url: string): void {
    if (!this.mayNavigate('will-navigate', url) || !protocol.schemes.has(schemeOf(url))) return;
    this.#expected = new URL(toBrowser(url)).href;
    this.#send('Page.navigate', { url: toBrowser(url) }).catch(() => {});
  }

  #deliver(frame: FakeFrame, message: readonly unknown[]): void {
    const isOf = (name: string): boolean => this.#frames.get(name) === frame;
    const [context] = [...this.#contexts].find(([, known]) => known.isPreload && isOf(known.frame)) ?? [];
    if (context === undefined) return;
    this.#send('Runtime.callFunctionOn', {
      functionDeclaration: 'function (name, text) { this[name](text); }',
      executionContextId: context,
      arguments: [{ value: `${this.#token}>` }, { value: JSON.stringify(message) }],
    }).catch(() => {});
  }
}
