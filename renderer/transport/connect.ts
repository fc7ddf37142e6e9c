import type { Client } from '../../electron/contract/client.ts';
import { BridgeClient, type FerryBridge, type OpenedFile } from './bridge-client.ts';
import { HttpClient, type LineListener } from './http-client.ts';
import { endSession, openSession } from './session.ts';

declare global {
  interface Window {
    /** Put there by the desktop's preload; missing in a browser. */
    readonly ferry?: FerryBridge;
  }
}

/** The client of this window: the desktop's bridge where there is one, else the server; undefined without a session. */
export async function connect(line: LineListener): Promise<Client | undefined> {
  if (window.ferry !== undefined) return new BridgeClient(window.ferry);
  const token = await openSession();
  if (token === undefined) return undefined;
  return new HttpClient(token, {
    broke: line.broke,
    ended: () => {
      endSession();
      line.ended();
    },
  });
}

/** The handle of a dropped file, where the shell gives one; undefined in a browser, which must read the file itself. */
export async function handleOfFile(file: File): Promise<OpenedFile | undefined> {
  return await window.ferry?.handleOf?.(file);
}

/** Hears of files that a person opened from outside; in a browser there are none. */
export function hearOpened(heard: (file: OpenedFile) => void): void {
  window.ferry?.opened?.(heard);
}
