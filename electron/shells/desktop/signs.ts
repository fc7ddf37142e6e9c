import { type BrowserWindow, Notification, powerSaveBlocker } from 'electron';
import type { JobTotals } from '../../contract/feeds.ts';
import type { Motion } from './motion.ts';
import type { Texts } from './texts.ts';

/** More than 1 shows that something moves and not how far it is. */
const unknownFraction = 2;
const noProgress = -1;

/** What a machine shows of copying outside of the window: the taskbar, no sleep, a word at the end. */
export class Signs {
  #blocker: number | undefined;

  /** Shows how copying stands. */
  show({ running, held, fraction }: Motion, window: BrowserWindow | undefined): void {
    this.#keepAwake(running > 0);
    if (window === undefined || window.isDestroyed()) return;
    if (running + held === 0) window.setProgressBar(noProgress);
    else window.setProgressBar(fraction ?? unknownFraction, { mode: running === 0 ? 'paused' : 'normal' });
  }

  /** Says that a job has ended, where nobody is looking; pressing it calls `pressed`. */
  tell({ title, images }: JobTotals, window: BrowserWindow | undefined, texts: Texts, pressed: () => void): void {
    if (window?.isDestroyed() === false && window.isFocused()) return;
    if (!Notification.isSupported()) return;
    const body = texts.endedBody(images.copied + images.unchanged, images.failed);
    const notification = new Notification({ title: texts.ended(title), body });
    notification.on('click', pressed);
    notification.show();
  }

  /** Lets the machine sleep again. */
  close(): void {
    this.#keepAwake(false);
  }

  #keepAwake(isNeeded: boolean): void {
    if (isNeeded) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
    }
  }
}
