import { copyError } from '../kernel/errors.ts';
import type { Disk } from '../kernel/disk.ts';

/** Rejects `disk` when a folder's disk has not so many bytes free; `shown` is the folder as messages name it. */
export async function requireRoom(disk: Disk, shown: string, bytes: number): Promise<void> {
  const { freeBytes } = await disk.room('.');
  if (freeBytes >= bytes) return;
  const message = `the disk of ${shown} has ${freeBytes} bytes free; ${bytes} are needed`;
  throw copyError('disk', { side: 'local', op: 'file.write', subject: shown, message, advice: { do: 'ask' } });
}
