import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { blobOf, image, type SampleBlob, type SampleManifest, types } from '../fakes/images.ts';
import { tarFile } from '../fakes/tar-files.ts';

/** How many images there are. */
export const imageCount = 10;

const mebibyte = 2 ** 20;
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Two releases of ten images, their layers made of real files: of programs and packages that are installed here. */
export function gapImages(scale: number): Readonly<Record<'v1' | 'v2', readonly SampleManifest[]>> {
  const files = new RealFiles();
  const layer = (mebibytes: number): SampleBlob => files.layer(mebibytes * mebibyte * scale);
  const system = files.binaryLayer(70 * mebibyte * scale);
  const runtime = layer(40);
  const frameworks = [layer(15), layer(15)];
  const release = (name: string): readonly SampleManifest[] =>
    Array.from({ length: imageCount }, (_, at) => {
      const framework = frameworks[at % 2] ?? runtime;
      return image({
        seed: `${name}-${at}`,
        flavour: 'docker',
        layers: [system, runtime, framework, layer(6), layer(0.5)],
      });
    });
  return { v1: release('v1'), v2: release('v2') };
}

/** Files that are really around, each taken once, in an order of their own. */
class RealFiles {
  readonly #names = filesBelow(packages);

  layer(sizeBytes: number): SampleBlob {
    const entries: { name: string; content: Buffer }[] = [];
    for (let bytes = 0; bytes < sizeBytes; ) {
      const { done, value: name } = this.#names.next();
      if (done === true) throw new Error('there are too few files in node_modules for layers of this size');
      const content = readFileSync(join(packages, name));
      // what is larger than the layer is a piece of it
      entries.push({ name: `usr/lib/${name}`, content: content.subarray(0, Math.ceil(sizeBytes - bytes)) });
      bytes += content.byteLength;
    }
    return layerOf(tarFile(entries));
  }

  binaryLayer(sizeBytes: number): SampleBlob {
    const content = readFileSync(realpathSync(process.execPath)).subarray(0, sizeBytes);
    return layerOf(tarFile([{ name: 'usr/bin/program', content }]));
  }
}

/** A layer as docker pushes it. */
function layerOf(tar: Buffer): SampleBlob & { readonly diffId: string } {
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  return { ...blobOf(gzipSync(tar), types.dockerLayer), diffId };
}

function* filesBelow(folder: string, below = ''): Generator<string, undefined> {
  const names = readdirSync(join(folder, below), { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  for (const entry of names) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(folder, name);
    else if (entry.isFile()) yield name;
  }
  return undefined;
}
