import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { FakeBrowserWindow } from './browser-window.ts';
import { control } from './control.ts';
import { calls, fakeEvent, isPrevented, recorded } from './events.ts';

/** The app: its life from before it is ready to its end. */
export class FakeApp extends EventEmitter {
  readonly commandLine = { appendSwitch: recorded('appendSwitch'), hasSwitch: () => false };
  readonly #windows: () => readonly FakeBrowserWindow[];
  readonly #paths = new Map<string, string>();
  readonly #ready = Promise.withResolvers<void>();
  /** How the process ends; a test that lives in it sets another way. */
  end: (code: number) => void = (code) => void calls.push(['exit', code]);
  isSandboxed = false;
  #lock: string | undefined;
  #isReady = false;
  #isQuitting = false;
  #isExiting = false;

  constructor(windows: () => readonly FakeBrowserWindow[]) {
    super();
    this.#windows = windows;
  }

  get isPackaged(): boolean {
    return control.isPackaged;
  }

  /** What Electron does once the entry has been read. */
  async start(): Promise<void> {
    if (this.#isQuitting || this.#isExiting) return;
    await control.pages.start(join(this.getPath('userData'), 'browser'));
    this.#isReady = true;
    this.emit('ready', fakeEvent({}));
    this.#ready.resolve();
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  enableSandbox(): void {
    this.mustBeEarly('enableSandbox');
    this.isSandboxed = true;
  }

  mustBeEarly(what: string): void {
    if (this.#isReady) throw new Error(`${what} should be called before the app is ready`);
  }

  mustBeReady(what: string): void {
    if (!this.#isReady) throw new Error(`${what} can only be used after the app is ready`);
  }

  setAppUserModelId(id: string): void {
    calls.push(['setAppUserModelId', id]);
  }

  getLocale(): string {
    return control.locale;
  }

  getPath(name: string): string {
    if (name === 'exe') return join(tmpdir(), 'no-such-folder', 'image-ferry');
    const path = this.#paths.get(name) ?? mkdtempSync(join(tmpdir(), 'stand-in-'));
    this.#paths.set(name, path);
    return path;
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  /** The lock is a file; a second start leaves a note and is told to go. */
  requestSingleInstanceLock(sent?: unknown): boolean {
    calls.push(['requestSingleInstanceLock', sent]);
    if (!control.isFirst) return false;
    const folder = this.getPath('userData');
    const lock = join(folder, 'stand-in.lock');
    mkdirSync(folder, { recursive: true });
    if (isHeld(lock)) {
      const note = join(folder, `note-${randomUUID()}.json`);
      writeFileSync(`${note}.part`, JSON.stringify({ argv: process.argv, folder: process.cwd(), sent }));
      renameSync(`${note}.part`, note);
      return false;
    }
    writeFileSync(lock, String(process.pid));
    this.#lock = lock;
    watch(folder, (_, file) => this.#readNote(folder, file ?? '')).unref();
    return true;
  }

  quit(): void {
    if (this.#isQuitting || this.#isExiting) return;
    this.#isQuitting = true;
    if (isPrevented(this, 'before-quit')) {
      this.#isQuitting = false;
      return;
    }
    for (const window of this.#windows()) {
      window.close();
      if (!this.#isQuitting) return;
    }
    if (this.#windows().length === 0) this.#willQuit();
  }

  /** A window did not let itself be closed. */
  stay(): void {
    this.#isQuitting = false;
  }

  windowClosed(): void {
    if (this.#windows().length > 0 || this.#isExiting) return;
    if (this.#isQuitting) this.#willQuit();
    else if (!this.emit('window-all-closed')) this.quit();
  }

  exit(code = 0): void {
    if (this.#isExiting) return;
    this.#isExiting = true;
    if (this.#lock !== undefined) rmSync(this.#lock, { force: true });
    void control.pages.stop().finally(() => this.end(code));
  }

  #willQuit(): void {
    if (isPrevented(this, 'will-quit')) this.#isQuitting = false;
    else this.exit(0);
  }

  #readNote(folder: string, file: string): void {
    if (!/^note-[0-9a-f-]+\.json$/.test(file)) return;
    const path = join(folder, basename(file));
    try {
      const {
        argv,
        folder: from,
        sent,
      }: { argv: string[]; folder: string; sent: unknown } = JSON.parse(readFileSync(path, 'utf8'));
      rmSync(path);
      this.emit('second-instance', fakeEvent({}), argv, from, sent);
    } catch {
      // told twice of one note
    }
  }
}

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}
