import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { assertWorldIsWhole, type World } from '../fakes/oracle.ts';
import type { FleetImage } from './fleet.ts';

/** Throws unless every image is under its tag at the destination, whole; `prefix` goes before its repository. */
export async function assertArrived(
  at: Pick<World, 'url' | 'authorization'>,
  images: readonly FleetImage[],
  prefix: string,
): Promise<void> {
  const repositories: Record<string, string[]> = {};
  for (const { repository, tag } of images) (repositories[`${prefix}${repository}`] ??= []).push(tag);
  const { tags } = await assertWorldIsWhole({ ...at, repositories });
  for (const { repository, tag, content } of images) {
    const found = tags[`${prefix}${repository}:${tag}`];
    if (found !== content.digest) throw new Error(`${prefix}${repository}:${tag} is ${found ?? 'absent'}`);
  }
}

/** What a cache folder holds. */
export interface Held {
  /** Bytes of whole blobs by digest. */
  readonly whole: ReadonlyMap<string, number>;
  /** Bytes of unfinished blobs by digest. */
  readonly unfinished: ReadonlyMap<string, number>;
}

/** Hashes every whole blob of a cache folder and throws when one is not what its name says (INV-2). */
export async function assertCacheIsTrue(cache: string): Promise<void> {
  for (const path of await filesBelow(join(cache, 'blobs', 'sha256'))) {
    const actual = await hashOf(path);
    if (actual !== basename(path)) throw new Error(`the cache has ${actual} under the name ${basename(path)}`);
  }
}

/** Looks at sizes only. */
export async function heldIn(cache: string): Promise<Held> {
  const sizes = async (folder: string): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    for (const path of await filesBelow(folder)) {
      const digest = `sha256:${basename(path).replace(/^sha256-/, '')}`;
      const entry = await stat(path).catch(() => undefined);
      if (entry !== undefined) found.set(digest, entry.size);
    }
    return found;
  };
  return { whole: await sizes(join(cache, 'blobs', 'sha256')), unfinished: await sizes(join(cache, 'ingest')) };
}

/** The paths of all files below a folder; none when it is not there. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
