import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { PageEvents } from './page-events.ts';

interface Received {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly method: string;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

const flags: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-startup-window',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** A browser on a pipe: it goes with this process, however that ends. */
export class Browser {
  readonly #child: ChildProcess;
  readonly #in: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  #count = 0;
  #isStopping = false;

  private constructor(child: ChildProcess, down: Writable, up: Readable) {
    this.#child = child;
    this.#in = down;
    down.on('error', () => {});
    this.#read(up);
  }

  /** Starts it; `died` is called when it goes by itself. */
  static async start(profile: string, died: () => void): Promise<Browser> {
    const port = process.env['STAND_IN_DEBUG_PORT'];
    const more = [`--user-data-dir=${profile}`, ...(port === undefined ? [] : [`--remote-debugging-port=${port}`])];
    const child = spawn(process.env['STAND_IN_CHROMIUM'] ?? '/usr/bin/chromium', [...flags, ...more], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null' },
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `stdio` asked for
    const [down, up] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
    const browser = new Browser(child, down, up);
    // the line that Playwright waits for
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const [line] = /DevTools listening on \S+/.exec(text) ?? [];
      if (line !== undefined || process.env['STAND_IN_VERBOSE'] !== undefined)
        process.stderr.write(`${line ?? text}\n`);
    });
    child.once('exit', () => {
      for (const { reject } of browser.#waiting.values()) reject(new Error('the browser is gone'));
      browser.#waiting.clear();
      if (!browser.#isStopping) died();
    });
    await Promise.all([
      browser.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      browser.send('Target.setDiscoverTargets', { discover: true }),
    ]);
    return browser;
  }

  /** A command of the DevTools protocol, to a page when `session` names one. */
  send<Result = unknown>(method: string, params: object = {}, session?: string): Promise<Result> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
      this.#in.write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`);
    });
  }

  /** Hears events of the browser, or of the page that `session` names. */
  on<Name extends keyof PageEvents>(name: Name, session: string, listener: (event: PageEvents[Name]) => void): void {
    this.#events.on(`${session} ${name}`, listener);
  }

  /** Hears nothing more of a page. */
  forget(session: string): void {
    for (const name of this.#events.eventNames())
      if (String(name).startsWith(`${session} `)) this.#events.removeAllListeners(name);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => {
      this.#child.once('exit', resolve);
    });
    this.send('Browser.close').catch(() => {});
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 1500);
    await gone;
    clearTimeout(late);
  }

  #read(up: Readable): void {
    // what has arrived is never looked through again: a message may have megabytes
    let parts: string[] = [];
    up.setEncoding('utf8').on('data', (text: string) => {
      const pieces = text.split('\0');
      const rest = pieces.pop() ?? '';
      for (const piece of pieces) {
        this.#take(JSON.parse([...parts, piece].join('')));
        parts = [];
      }
      parts.push(rest);
    });
  }

  #take({ id, sessionId = '', method, params, result, error }: Received): void {
    if (method !== undefined) this.#events.emit(`${sessionId} ${method}`, params);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error !== undefined) waiting.reject(new Error(`${waiting.method}: ${error.message}`));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whoever asked knows what it gives
    else waiting.resolve(result as never);
  }
}
