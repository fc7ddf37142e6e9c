import { BrowserWindow } from 'electron';
import { pageAddress } from './address.ts';

/** What a window is opened with. */
export interface WindowOptions {
  /** The built preload. */
  readonly preload: string;
  /** Only while the program is developed. */
  readonly hasDevTools: boolean;
  readonly isDark: boolean;
}

/** Makes the window; the only place that makes one (S-SHELL-1). It shows itself when its page was drawn for the first time. */
export function newWindow({ preload, hasDevTools, isDark }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Image Ferry',
    backgroundColor: isDark ? '#1f1f1f' : '#ffffff',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      experimentalFeatures: false,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: hasDevTools,
    },
  });
  window.once('ready-to-show', () => window.show());
  return window;
}

/** Loads the page. One that breaks down is loaded anew: everything that matters is on this side of it. */
export async function loadPageInto(window: BrowserWindow, failed: (reason: string) => void): Promise<void> {
  const load = async (): Promise<void> => {
    try {
      await window.loadURL(pageAddress);
    } catch (thrown) {
      failed(String(thrown));
    }
  };
  window.webContents.on('render-process-gone', (_, { reason }) => {
    failed(reason);
    if (reason !== 'clean-exit' && !window.isDestroyed()) void load();
  });
  await load();
}

/** Brings a window to where a person sees it. */
export function bringUp(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
