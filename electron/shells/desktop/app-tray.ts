import { Menu, nativeImage, Tray } from 'electron';
import type { Texts } from './texts.ts';
import { trayIcon } from './tray-icon.ts';

/** What the tray can have done. */
export interface TrayActions {
  readonly show: () => void;
  readonly quit: () => void;
}

/** The sign in the tray while the window is hidden; there is none before. */
export class AppTray {
  readonly #actions: TrayActions;
  #tray: Tray | undefined;

  constructor(actions: TrayActions) {
    this.#actions = actions;
  }

  /** Puts it up; false where there is no tray, so a window must not be hidden. */
  show({ show, quit }: Texts): boolean {
    try {
      this.#tray ??= this.#newTray();
    } catch {
      return false;
    }
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: show, click: this.#actions.show },
        { label: quit, click: this.#actions.quit },
      ]),
    );
    return true;
  }

  /** Takes it down; harmless when repeated. */
  close(): void {
    this.#tray?.destroy();
    this.#tray = undefined;
  }

  #newTray(): Tray {
    const tray = new Tray(nativeImage.createFromDataURL(trayIcon));
    tray.setToolTip('Image Ferry');
    tray.on('click', this.#actions.show);
    return tray;
  }
}
