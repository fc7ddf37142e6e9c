import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceWish } from '../contract/requests.ts';
import { copyError, own } from '../engine/engine.ts';
import { dataFolder } from './home.ts';

/** What lies in a data folder and is ours, secrets first. */
const ours: readonly RegExp[] = [
  /^vault(?:-desktop)?\.json/,
  /^image-ferry\.db/,
  /^logs$/,
  /^window$/,
  /^cache$/,
  /^self-test-/,
];
/** Says who is at work here, and goes with the process that is. */
const ofOwners = /^owner(?:\.|$)/;

/** What a removal found. */
export interface Removal {
  readonly folder: string;
  /** Names in the folder that are ours, in the order in which they go. */
  readonly names: readonly string[];
  /** What is there besides, and stays. */
  readonly left: readonly string[];
}

/** What of the data folder is ours, to be told before it goes. Rejects `disk` when the folder cannot be used. */
export async function findData(wish: Omit<WorkspaceWish, 'cache'>): Promise<Removal> {
  const { path: folder } = await dataFolder(wish);
  const all = (await readdir(folder)).toSorted();
  const names = ours.flatMap((pattern) => all.filter((name) => pattern.test(name)));
  return { folder, names, left: all.filter((name) => !names.includes(name) && !ofOwners.test(name)) };
}

/**
 * Takes cache, history, vaults, logs and the window's own things out of the data folder; what is not ours stays. A folder beside
 * the program stays as well, empty. Rejects `conflict` while another process is at work there, `disk` when something cannot go.
 */
export async function removeData(wish: Omit<WorkspaceWish, 'cache'>, signal: AbortSignal): Promise<Removal> {
  const { path: folder, chosenBy } = await dataFolder(wish);
  const ownership = await own(folder);
  if (!ownership.isOurs) {
    const { pid, user, machine } = ownership.owner;
    const message = `the data folder ${folder} is in use by process ${pid} of ${user} on ${machine}`;
    throw copyError('conflict', { side: 'local', op: 'data.remove', subject: folder, message, hint: 'folder-owned' });
  }
  const removal = await findData(wish);
  try {
    for (const name of removal.names) {
      signal.throwIfAborted();
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 10 });
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const message = `not everything in the data folder ${folder} could be removed`;
    throw copyError('disk', { side: 'local', op: 'data.remove', subject: folder, message, cause: thrown });
  } finally {
    await ownership.release();
  }
  // not empty: somebody else has begun to work there
  if (chosenBy !== 'portable' && removal.left.length === 0) await rmdir(folder).catch(() => undefined);
  return removal;
}
