import { FakeApp } from './app.ts';
import { FakeBrowserWindow } from './browser-window.ts';
import { calls } from './events.ts';
import { FakeIpcMain, FakeIpcRenderer } from './ipc.ts';
import { FakeProtocol } from './protocol.ts';
import { FakeSession } from './session.ts';
import { FakeWebContents } from './web-contents.ts';

export { dialog, Menu, nativeImage, nativeTheme, Notification, powerMonitor, powerSaveBlocker } from './machine.ts';
export { safeStorage, shell, Tray } from './machine.ts';
export { calls, fakeEvent, isPrevented } from './events.ts';
export { control } from './control.ts';
export { fakeFrame } from './web-contents.ts';

/** The app. */
export const app: FakeApp = new FakeApp(() => FakeBrowserWindow.getAllWindows());
FakeBrowserWindow.app = app;

/** Windows. */
export const BrowserWindow: typeof FakeBrowserWindow = FakeBrowserWindow;

/** Contents by their number. */
export const webContents = {
  fromId: (id: number): FakeWebContents | undefined => FakeWebContents.all.get(id),
  getAllWebContents: (): FakeWebContents[] => [...FakeWebContents.all.values()],
};

/** Schemes. */
export const protocol: FakeProtocol = new FakeProtocol(app);

const theSession = new FakeSession();

/** The one session there is. */
export const session = {
  get defaultSession(): FakeSession {
    app.mustBeReady('session');
    return theSession;
  },
};

/** Channels, main's end. */
export const ipcMain: FakeIpcMain = new FakeIpcMain();

/** Channels, the end of a page that nothing draws. */
export const ipcRenderer: FakeIpcRenderer = new FakeIpcRenderer(ipcMain);

/** What the preload gave to the page, by name. */
export const exposed: Record<string, unknown> = {};

/** What the preload gives to the page. */
export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown): void => {
    calls.push(['exposeInMainWorld', name]);
    exposed[name] = value;
  },
};

/** The paths of files that were dropped, by their names. */
export const droppedPaths = new Map<string, string>();

/** What the preload may know of files. */
export const webUtils = {
  getPathForFile: (file: unknown): string => {
    const name = typeof file === 'object' && file !== null && 'name' in file ? file.name : undefined;
    if (typeof name !== 'string') throw new TypeError('not a file');
    return droppedPaths.get(name) ?? '';
  },
};
