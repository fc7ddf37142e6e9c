import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { copyError } from './errors.ts';
import { hasOwnerLocks, OwnerLock } from './owner-lock.ts';
import { isAlive, type ProcessIdentity, readProcessIdentity, thisProcess } from './process-identity.ts';

/** Who owns a data folder. */
export interface Owner extends ProcessIdentity {
  readonly user: string;
}

/** Whether the data folder is ours; `owner` is whoever has it instead, or had it when one of two that tried at once won. */
export type Ownership =
  | { readonly isOurs: true; readonly release: () => Promise<void> }
  | { readonly isOurs: false; readonly owner: Owner; readonly file: string };

interface Claim extends Owner {
  /** Different for every claim, so that none is taken for another. */
  readonly id: string;
}

interface Held {
  readonly claim: Claim;
  readonly file: string;
}

const maxRounds = 100;

/**
 * Makes this process the owner of a data folder, or says who is.
 * An owner that has ended is succeeded: the claim on its place is a file named after the dead claim, created exclusively, so of
 * any number that try at once exactly one wins. Rejects with `disk` when the folder cannot be written.
 */
export async function own(folder: string, self: ProcessIdentity = thisProcess()): Promise<Ownership> {
  const claim: Claim = { ...self, user: userName(), id: randomUUID() };
  const draft = join(folder, `owner.draft-${claim.id}`);
  let lock: OwnerLock | undefined;
  let isOurs = false;
  try {
    if (hasOwnerLocks) lock = await OwnerLock.hold(lockOf(folder, claim));
    await writeDraft(draft, claim);
    for (let round = 0; round < maxRounds; round++) {
      const held = await lastClaim(folder);
      if (held !== undefined && (await isAtWork(folder, held.claim)))
        return { isOurs: false, owner: ownerOf(held.claim), file: held.file };
      const file = held === undefined ? join(folder, 'owner') : successorOf(folder, held.claim);
      if (!(await createdAs(file, draft))) continue;
      // Between looking and claiming, another may have won and cleared the files that led here.
      if ((await lastClaim(folder))?.claim.id === claim.id) {
        isOurs = true;
        return await settled(folder, claim, file, lock);
      }
      await rm(file, { force: true });
    }
  } catch (thrown) {
    throw copyError('disk', {
      side: 'local',
      op: 'data-folder.own',
      subject: folder,
      message: `data folder ${folder} cannot be taken into use`,
      advice: { do: 'ask' },
      cause: thrown,
    });
  } finally {
    if (!isOurs) await lock?.release().catch(() => undefined);
    await rm(draft, { force: true }).catch(() => undefined);
  }
  throw copyError('internal', {
    side: 'local',
    op: 'data-folder.own',
    subject: folder,
    message: `data folder ${folder} changes its owner all the time`,
  });
}

/** The claim at the end of the chain that begins with `owner`; undefined when nobody claims the folder. */
async function lastClaim(folder: string): Promise<Held | undefined> {
  let held: Held | undefined;
  for (let file = join(folder, 'owner'); ; file = successorOf(folder, held.claim)) {
    const claim = await readClaim(file);
    if (claim === undefined) return held;
    held = { claim, file };
  }
}

function lockOf(folder: string, claim: Claim): string {
  return join(folder, `owner.lock-${claim.id}`);
}

async function isAtWork(folder: string, claim: Claim): Promise<boolean> {
  return hasOwnerLocks ? OwnerLock.isHeld(lockOf(folder, claim)) : isAlive(claim);
}

function successorOf(folder: string, claim: Claim): string {
  return join(folder, `owner.after-${claim.id}`);
}

/** Shortens the chain to one file. Its end is the owner with or without that, so nothing depends on it. */
async function settled(folder: string, claim: Claim, claimed: string, lock?: OwnerLock): Promise<Ownership> {
  const first = join(folder, 'owner');
  let file = claimed;
  if (claimed !== first) {
    file = await rename(claimed, first).then(
      () => first,
      () => claimed,
    );
  }
  if (file === first) {
    const names = await readdir(folder);
    // a lock that somebody holds stays: it cannot be removed
    const old = names.filter((name) => /^owner\.(?:after|lock)-/.test(name) && !name.endsWith(`-${claim.id}`));
    for (const name of old) await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
  const release = async (): Promise<void> => {
    if ((await readClaim(file))?.id === claim.id) await rm(file, { force: true });
    await lock?.release();
  };
  return { isOurs: true, release };
}

async function writeDraft(path: string, claim: Claim): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(claim)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** True when `file` did not exist and is the draft now, whole from the first moment. */
async function createdAs(file: string, draft: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    if (codeOf(thrown) === 'ENOENT') throw thrown;
  }
  // File systems without hard links (FAT, some shares).
  try {
    const content = await readFile(draft);
    const created = await open(file, 'wx', 0o600);
    await created.writeFile(content).finally(() => created.close());
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    throw thrown;
  }
}

/** The claim in a file; undefined when there is no file. A file that holds no claim stands for an owner that has ended. */
async function readClaim(file: string): Promise<Claim | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
  return (
    claimIn(text) ?? { pid: 0, machine: thisProcess().machine, bootId: '-', startedAt: '', user: '', id: 'unreadable' }
  );
}

function claimIn(text: string): Claim | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const identity = readProcessIdentity(value);
    if (typeof value !== 'object' || value === null || !('user' in value && 'id' in value)) return undefined;
    const { user, id } = value;
    const isClaim = typeof user === 'string' && typeof id === 'string' && /^[\w-]{1,64}$/.test(id);
    return identity !== undefined && isClaim ? { ...identity, user, id } : undefined;
  } catch {
    return undefined;
  }
}

function ownerOf({ pid, machine, bootId, startedAt, user }: Claim): Owner {
  return { pid, machine, bootId, startedAt, user };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run under numbers that no list of users knows.
    return String(process.getuid?.() ?? '');
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
