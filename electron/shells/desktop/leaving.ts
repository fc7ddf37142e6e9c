import { app, type BrowserWindow } from 'electron';
import type { AppTray } from './app-tray.ts';
import { choose } from './questions.ts';
import type { Texts } from './texts.ts';

/** What the way out depends on. */
export interface LeavingParts {
  readonly running: () => number;
  readonly closesToTray: () => Promise<boolean>;
  readonly texts: () => Promise<Texts>;
  readonly tray: AppTray;
}

/** The way out: asks while jobs run, and hides the window where a person wants that. */
export class Leaving {
  readonly #parts: LeavingParts;
  #isQuitting = false;
  #isDecided = false;
  #isAsking = false;

  constructor(parts: LeavingParts) {
    this.#parts = parts;
    app.on('before-quit', () => {
      this.#isQuitting = true;
    });
  }

  /** Asks before this window closes. */
  watch(window: BrowserWindow): void {
    window.on('close', (event) => {
      if (this.#isDecided) return;
      event.preventDefault();
      if (this.#isAsking) return;
      this.#isAsking = true;
      void this.#decide(window).finally(() => {
        this.#isAsking = false;
      });
    });
  }

  /** Ends the program without a question, as when the machine goes down. */
  leave(): void {
    this.#isDecided = true;
    app.quit();
  }

  async #decide(window: BrowserWindow): Promise<void> {
    const { running, closesToTray, tray, texts } = this.#parts;
    const words = await texts();
    if (!this.#isQuitting && (await closesToTray()) && tray.show(words)) return window.hide();
    const jobs = running();
    if (jobs === 0) return this.leave();
    const buttons = [words.stay, words.background, words.quit];
    const answer = await choose(
      { message: words.closing.message(jobs), detail: words.closing.detail, buttons },
      window,
    );
    this.#isQuitting = false;
    if (answer === 2) this.leave();
    else if (answer === 1 && tray.show(words)) window.hide();
  }
}
