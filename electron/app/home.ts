import type { WorkspaceWish } from '../contract/requests.ts';
import {
  type BlobCache,
  CopyError,
  type DataFolder,
  type Finding,
  finding,
  openDataFolder,
  type OpenLibrary,
  passphraseFromFile,
  type PassphraseSource,
  type Vault,
  Workspace,
} from '../engine/engine.ts';

export { portableFolder, type Workspace } from '../engine/engine.ts';

/** The data folder as one run uses it. */
export interface Home {
  /** Undefined when the folder cannot be used. */
  readonly workspace: Workspace | undefined;
  /** Undefined when images go straight through. */
  readonly cache: BlobCache | undefined;
  /** The images kept on this machine; undefined when images go straight through. */
  readonly library?: OpenLibrary | undefined;
}

/**
 * Opens the data folder for a run that copies, and tells what is odd about it. A folder that cannot be used stops nobody from
 * copying; one that a newer version wrote does: rejects `invalid`.
 */
export async function openHome(
  wish: WorkspaceWish,
  found: (finding: Finding) => void,
  signal: AbortSignal,
): Promise<Home> {
  let workspace: Workspace | undefined;
  try {
    workspace = await openWorkspace(wish);
    const { folder, owner, store } = workspace;
    if (store.lost !== undefined) found(finding('history-lost', {}, { file: store.lost.movedTo }));
    if (folder.isOpenToOthers === true) found(finding('folder-open', {}, { folder: folder.path }));
    if (wish.cache && owner !== undefined) {
      const { pid, user, machine } = owner;
      found(finding('folder-owned', {}, { folder: folder.path, pid: String(pid), user, machine }));
    }
    if (!wish.cache) return { workspace, cache: undefined };
    const cache = await workspace.cache(signal);
    return { workspace, cache, library: await workspace.library(signal) };
  } catch (thrown) {
    if (!(thrown instanceof CopyError) || thrown.kind !== 'disk') {
      await workspace?.close();
      throw thrown;
    }
    found(finding('folder-unusable', {}, { problem: thrown.message }));
    return { workspace, cache: undefined };
  }
}

/** The vault under a passphrase, where `IMAGE_FERRY_PASSPHRASE_FILE` says what it is; undefined where nobody could be asked. */
export function unattendedVault(workspace: Workspace): Vault | undefined {
  const file = process.env['IMAGE_FERRY_PASSPHRASE_FILE'];
  return file === undefined || file === '' ? undefined : workspace.passphraseVault(passphraseFromFile(file));
}

/** Opens the data folder; rejects `disk` or `invalid` when it cannot be used. */
export function openWorkspace({ dataDir, program }: Omit<WorkspaceWish, 'cache'>): Promise<Workspace> {
  return Workspace.open({
    ...(dataDir === undefined ? {} : { folder: dataDir }),
    ...(program === undefined ? {} : { program }),
  });
}

/** Finds the data folder and makes it; rejects `disk` when it cannot be used. */
export function dataFolder({ dataDir, program }: Omit<WorkspaceWish, 'cache'>): Promise<DataFolder> {
  return openDataFolder(dataDir, program);
}

/** The vault under a passphrase: that of `IMAGE_FERRY_PASSPHRASE_FILE` where it is set, else what is typed. */
export async function passphraseVault(
  workspace: Workspace,
  typed: PassphraseSource,
): Promise<{ readonly vault: Vault }> {
  return { vault: unattendedVault(workspace) ?? workspace.passphraseVault(typed) };
}
