import { createHash } from 'node:crypto';
import { createGzip } from 'node:zlib';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, encodedOf } from '../../oci/digest.ts';
import { Digester } from '../content/digester.ts';
import { systemClock } from '../kernel/clock.ts';
import { realDisk } from '../kernel/durable-disk.ts';
import { type Entry, readStart } from './entry.ts';
import { fileError } from './file-errors.ts';
import { createOutput } from './file-output.ts';
import { openFolder } from './folder-entries.ts';
import { Tap } from './tap.ts';

/** What layers of docker-archives become. */
export const layerTypes = {
  gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const;

/** A layer as it can be pushed, and where its bytes are. */
export interface PushableLayer {
  readonly descriptor: Descriptor;
  readonly entry: Entry;
  /** True when it was compressed here, so that its digest is ours. */
  readonly isCompressedHere: boolean;
}

/** The gzip level of layers; changing it changes digests of images that were imported before. */
const level = 6;
/** Where a gzip header names the system it was made on; 255 is "unknown", so that all systems give the same bytes (RFC 1952). */
const systemByte = 9;

/** Makes the layers of one archive pushable, each once. */
export class DockerLayers {
  readonly #folder: string;
  readonly #known = new Map<string, Promise<PushableLayer>>();

  /** @param folder where compressed layers are kept; one that is there from an earlier time is used again. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The layer of an entry; rejects `integrity` when an uncompressed one is not the one that the config names. */
  pushable(name: string, entry: Entry, diffId: Digest, signal: AbortSignal): Promise<PushableLayer> {
    const key = `${name} ${diffId}`;
    const known = this.#known.get(key) ?? this.#make(entry, diffId, signal);
    this.#known.set(key, known);
    return known;
  }

  async #make(entry: Entry, diffId: Digest, signal: AbortSignal): Promise<PushableLayer> {
    const start = (await readStart(entry, 4, signal)).toString('hex');
    if (start.startsWith('1f8b')) return hashed(entry, 'gzip', false, signal);
    if (start === '28b52ffd') return hashed(entry, 'zstd', false, signal);
    const name = `${encodedOf(diffId)}.gzip-${level}`;
    const kept = openFolder(this.#folder);
    if ((await kept.find(name)) === undefined) await this.#compress(name, entry, diffId, signal);
    const packed = await kept.find(name);
    if (packed === undefined) throw fileError('not-found', name, 'was compressed and is gone again');
    return hashed(packed, 'gzip', true, signal);
  }

  async #compress(name: string, entry: Entry, diffId: Digest, signal: AbortSignal): Promise<void> {
    const disk = realDisk(this.#folder, systemClock);
    await disk.makeFolder('.');
    const output = await createOutput(disk, name, 'none', signal);
    const gzip = createGzip({ level });
    const written = (async () => {
      let isFirst = true;
      for await (const chunk of gzip) {
        const bytes: Buffer = chunk;
        if (isFirst) bytes[systemByte] = 0xff;
        isFirst = false;
        await output.write(bytes);
      }
    })();
    // it is awaited below, unless reading fails first
    written.catch(() => undefined);
    try {
      const hash = createHash('sha256');
      let resume: () => void = () => {};
      const write = (chunk: Uint8Array): boolean => {
        hash.update(chunk);
        const hasRoom = gzip.write(chunk);
        if (!hasRoom) gzip.once('drain', () => resume());
        return hasRoom;
      };
      const onRoom = (room: () => void): void => {
        resume = room;
        gzip.once('close', room);
      };
      await entry.pour(0, entry.sizeBytes, new Tap({ write, onRoom }, diffId, signal));
      gzip.end();
      await written;
      const actual = `sha256:${hash.digest('hex')}`;
      if (actual !== diffId)
        throw fileError('integrity', entry.file, `holds layer ${actual} where its config names ${diffId}`, {
          hint: 'source-corrupt',
        });
      await output.finish();
      await output.publish(signal);
    } finally {
      gzip.destroy();
      await output.discard();
    }
  }
}

async function hashed(
  entry: Entry,
  packing: keyof typeof layerTypes,
  isCompressedHere: boolean,
  signal: AbortSignal,
): Promise<PushableLayer> {
  const digester = new Digester();
  const write = (chunk: Uint8Array): boolean => {
    digester.update(chunk);
    return true;
  };
  await entry.pour(0, entry.sizeBytes, new Tap({ write }, entry.file, signal));
  const descriptor = { mediaType: layerTypes[packing], digest: digester.digest(), size: entry.sizeBytes };
  return { descriptor, entry, isCompressedHere };
}
