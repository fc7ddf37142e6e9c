import type { Clock } from './clock.ts';
import type { Disk, DiskFile } from './disk.ts';
import { errnoOf } from './disk.ts';
import { cancelledError, copyError } from './errors.ts';

const firstStepMs = 10;
const longestStepMs = 100;
const patienceMs = 60_000;

/** Virus scanners and indexers hold a file for a moment after it was written. */
const held: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** Passes when somebody closes a file. */
const crowded: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/**
 * A disk that tries again, for at most 60 s, what another program or too many open files prevent for the moment
 * (RELIABILITY F-50, F-55). A rename whose target exists is not tried again: it rejects `conflict` at once.
 */
export function patientDisk(disk: Disk, clock: Clock): Disk {
  const patiently = async <Value>(
    passing: ReadonlySet<string>,
    subject: string,
    act: () => Promise<Value>,
    isHopeless: (error: unknown) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<Value> => {
    const endMs = clock.monotonicMs() + patienceMs;
    for (let stepMs = firstStepMs; ; stepMs = Math.min(stepMs + firstStepMs, longestStepMs)) {
      if (signal.aborted) throw cancelledError(subject);
      try {
        return await act();
      } catch (thrown) {
        if (!passing.has(errnoOf(thrown) ?? '') || clock.monotonicMs() >= endMs) throw thrown;
        if (await isHopeless(thrown)) throw conflict(subject, thrown);
      }
      await clock.sleep(stepMs, signal).catch(() => {
        throw cancelledError(subject);
      });
    }
  };
  const hopeful = async (): Promise<boolean> => false;
  return {
    open: (path, how, signal): Promise<DiskFile> =>
      patiently(crowded, path, () => disk.open(path, how, signal), hopeful, signal),
    rename: (from, to, signal) => {
      const isTaken = async (): Promise<boolean> => (await disk.stat(to)) !== undefined;
      return patiently(held, from, () => disk.rename(from, to, signal), isTaken, signal);
    },
    unlink: (path, signal) => patiently(held, path, () => disk.unlink(path, signal), hopeful, signal),
    syncFolder: (path, signal) => patiently(crowded, path, () => disk.syncFolder(path, signal), hopeful, signal),
    makeFolder: (path) => disk.makeFolder(path),
    list: (path) => disk.list(path),
    stat: (path) => disk.stat(path),
    room: (path) => disk.room(path),
    setReadOnly: (path) => disk.setReadOnly(path),
    touch: (path, wallMs) => disk.touch(path, wallMs),
  };
}

function conflict(path: string, cause: unknown): Error {
  const message = `local file.rename of ${path}: the target exists and cannot be replaced`;
  return copyError('conflict', { side: 'local', op: 'file.rename', subject: path, message, cause });
}
