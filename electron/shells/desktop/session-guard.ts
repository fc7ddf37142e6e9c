import type { Session } from 'electron';
import { isOwnAddress, origin } from './address.ts';

/** Denies a session what no page of ours needs: permissions, devices, and every address but our own (S-SHELL-7, 14, 15). */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_, permission, answer, { requestingUrl }) =>
    answer(mayHave(permission, requestingUrl)),
  );
  session.setPermissionCheckHandler((_, permission, requestingOrigin) => mayHave(permission, requestingOrigin));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_, answer) => answer(null));
  session.setBluetoothPairingHandler((_, answer) => answer({ confirmed: false }));
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayLoad(url) }));
}

/** Copying a reference by its button is all that a page may do without being clicked through a dialog. */
function mayHave(permission: string, asker: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOwnAddress(asker);
}

/** Our own files, and what a page holds in its own memory. */
function mayLoad(url: string): boolean {
  return isOwnAddress(url) || url.startsWith(`blob:${origin}/`) || url.startsWith('data:');
}
