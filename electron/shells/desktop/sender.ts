import type { IpcMainInvokeEvent } from 'electron';
import { isOwnAddress, origin } from './address.ts';

/** What of an event says who sent it. */
export type Sender = Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>;

/** True for a message of our own page at the top of its window: anything else that could send has no business here (S-IPC-3). */
export function isOwnPage({ sender, senderFrame }: Sender): boolean {
  try {
    if (senderFrame === null || sender.isDestroyed()) return false;
    const { parent, url, origin: frameOrigin, detached } = senderFrame;
    return parent === null && !detached && frameOrigin === origin && isOwnAddress(url);
  } catch {
    // a frame that is gone meanwhile throws at being looked at
    return false;
  }
}
