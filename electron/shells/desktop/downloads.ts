import { basename } from 'node:path';
import type { Session } from 'electron';
import { origin } from './address.ts';

/** Lets a page save the texts it made itself, where a person says; every other download is denied (S-SHELL-6). */
export function guardDownloads(session: Session): void {
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${origin}/`)) {
      event.preventDefault();
      return;
    }
    item.setSaveDialogOptions({ defaultPath: plainName(item.getFilename()) });
  });
}

/** A name without folders, control characters and what Windows does not take. */
function plainName(name: string): string {
  return (
    basename(name)
      .replaceAll(/[\p{Cc}<>:"/\\|?*]/gu, '_')
      .slice(-200) || 'image-ferry.txt'
  );
}
