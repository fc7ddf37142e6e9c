import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '../home.ts';

const prefix = 'scratch-';

/** A folder for what has to be unpacked, on the disk of the data folder; removed by who asked for it. */
export async function makeScratch(workspace: Workspace | undefined): Promise<string> {
  const folder = workspace?.folder.path ?? tmpdir();
  const ours = `${prefix}${process.pid}-`;
  if (workspace !== undefined && workspace.owner === undefined) await sweep(folder, ours);
  return mkdtemp(join(folder, ours));
}

/** What processes left that were killed: only the owner of the folder may know that they are gone. */
async function sweep(folder: string, ours: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && !name.startsWith(ours));
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
}
