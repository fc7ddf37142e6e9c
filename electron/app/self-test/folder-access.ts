import { stat } from 'node:fs/promises';
import type { DataFolder } from '../../engine/engine.ts';
import { type Found, found } from './found.ts';
import { type Access, windowsAccess } from './windows-access.ts';

/** Whether the data folder is its user's alone (S-CRED-7). */
export async function checkFolder(folder: DataFolder, scratch: string, signal: AbortSignal): Promise<Found> {
  const access =
    process.platform === 'win32'
      ? await windowsAccess(folder.path, scratch, signal)
      : accessOf(await stat(folder.path), process.getuid?.());
  return found(`folder-${access}`, { folder: folder.path, rule: folder.chosenBy });
}

/** Who else may use a folder of this mode and owner. */
export function accessOf({ mode, uid }: { readonly mode: number; readonly uid: number }, self?: number): Access {
  if (self !== undefined && uid !== self) return 'foreign';
  if ((mode & 0o022) !== 0) return 'writable';
  return (mode & 0o077) === 0 ? 'private' : 'readable';
}
