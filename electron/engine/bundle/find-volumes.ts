import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../oci/digest.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import { readError } from './file-errors.ts';
import { unfinishedEnding } from './file-output.ts';
import { peek } from './unpacked.ts';
import { parseVolumeHeader, volumeHeaderBytes } from './volume-header.ts';
import { looksAt } from './written-volume.ts';

const mostFiles = 10_000;

/** The files of a folder that say they are volumes of a set, sorted by name; told by their first bytes, packed or not. */
export async function findVolumes(folder: string, set: Digest, signal: AbortSignal): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    let looked = 0;
    for await (const { name } of await opendir(folder)) {
      throwIfCancelled(signal, folder);
      if (name.endsWith(unfinishedEnding) || ++looked > mostFiles) continue;
      if (await isVolumeOf(join(folder, name), set)) found.push(join(folder, name));
    }
  } catch (thrown) {
    throw readError(thrown, folder);
  }
  return found.sort();
}

/** A neighbour that cannot be read is none of ours. */
function isVolumeOf(path: string, set: Digest): Promise<boolean> {
  return looksAt(path, async (file) => parseVolumeHeader(await peek(file, volumeHeaderBytes))?.set === set);
}
