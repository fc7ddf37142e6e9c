import { realpathSync } from 'node:fs';
import { copyError } from '../kernel/errors.ts';

const isUnc = /^(?:[\\/]{2}[?.][\\/]UNC[\\/]|[\\/]{2}[^\\/?.])/i;

/**
 * Throws `disk` for a folder on another machine: the write-ahead log shares memory between programs, which no network drive
 * can (sqlite.org/wal.html, "Disadvantages"). A mapped drive letter shows its share once it is resolved.
 */
export function refuseNetworkPath(folder: string): void {
  if (!isUnc.test(folder) && !isUnc.test(resolved(folder))) return;
  throw copyError('disk', {
    side: 'local',
    op: 'history.open',
    subject: folder,
    message: `data folder ${folder} is on a network drive, where no history can be kept safely; choose a folder on a disk of this machine`,
    advice: { do: 'ask' },
  });
}

function resolved(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}
