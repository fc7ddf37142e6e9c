import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, parseDigest } from '../../oci/digest.ts';
import { asObject, field, optionalString, optionalStrings, refuseLookalikes } from '../../oci/fields.ts';
import { mediaTypes } from '../../oci/media-types.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { parseReference, withDefaultTag } from '../../oci/reference.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';
import { digestOf } from '../content/digest-of.ts';
import { asCopyError } from '../kernel/errors.ts';
import { DockerLayers, layerTypes, type PushableLayer } from './docker-layers.ts';
import { type Entries, type Entry, memoryEntry, readEntry } from './entry.ts';
import { entryName, linkTarget } from './entry-name.ts';
import { fileError } from './file-errors.ts';
import type { FileContent, FileImage } from './image-file.ts';

const maxListBytes = 16 * 1024 * 1024;
const maxConfigBytes = 8 * 1024 * 1024;
const mostImages = 10_000;
const mostLayers = 1000;
const knownInEntry: ReadonlySet<string> = new Set(['Config', 'RepoTags', 'Layers', 'Parent', 'LayerSources']);
const knownInConfig: ReadonlySet<string> = new Set(['rootfs']);
const knownInRootfs: ReadonlySet<string> = new Set(['type', 'diff_ids']);

/** One image as `manifest.json` lists it. */
interface Listed {
  readonly config: string;
  readonly names: readonly string[];
  readonly layers: readonly string[];
}

/**
 * Reads what `docker save` wrote before version 25, and what other tools write in its likeness. Layers lie there uncompressed and
 * manifests do not lie there at all: layers are compressed into `folder` and manifests are made.
 */
export async function readDockerArchive(entries: Entries, folder: string, signal: AbortSignal): Promise<FileContent> {
  const reading = new DockerReading(entries, new DockerLayers(folder));
  try {
    return await reading.run(signal);
  } catch (thrown) {
    throw asCopyError(thrown, { side: 'source', op: 'file.read', subject: entries.name });
  }
}

class DockerReading {
  readonly #entries: Entries;
  readonly #layers: DockerLayers;
  readonly #content = new Map<Digest, Entry>();
  #hasCompressed = false;

  constructor(entries: Entries, layers: DockerLayers) {
    this.#entries = entries;
    this.#layers = layers;
  }

  async run(signal: AbortSignal): Promise<FileContent> {
    const images: FileImage[] = [];
    for (const listed of await this.#list(signal)) {
      const descriptor = await this.#manifest(listed, signal);
      const names = listed.names.map((name) => ({ name, ...withDefaultTag(parseReference(name)) }));
      for (const { name, host, path, tag } of names)
        images.push({ host, path, tag, name, descriptor, subject: undefined });
      if (names.length === 0)
        images.push({
          host: undefined,
          path: undefined,
          tag: undefined,
          name: undefined,
          descriptor,
          subject: undefined,
        });
    }
    const text = `${this.#entries.name} holds uncompressed layers, as docker save writes them: they are compressed here, so digests differ from those in the registry the images came from`;
    return {
      images,
      notices: [...this.#entries.notices, ...(this.#hasCompressed ? [text] : [])],
      expected: [],
      find: async (digest) => this.#content.get(digest),
    };
  }

  async #list(signal: AbortSignal): Promise<readonly Listed[]> {
    const entry = await this.#entries.find('manifest.json');
    if (entry === undefined) throw fileError('invalid', this.#entries.name, 'has no file manifest.json');
    const bytes = await readEntry(entry, 'manifest.json', maxListBytes, signal);
    const list = parseStrictJson(decodeUtf8(bytes));
    if (!Array.isArray(list) || list.length > mostImages) throw new OciError('manifest.json is not a list of images');
    return list.map((value: unknown) => {
      const object = asObject(value, 'image in manifest.json');
      refuseLookalikes(object, knownInEntry, 'image in manifest.json');
      const layers = optionalStrings(object, 'Layers') ?? [];
      if (layers.length > mostLayers) throw new OciError(`an image has more than ${mostLayers} layers`);
      return {
        config: optionalString(object, 'Config') ?? '',
        names: optionalStrings(object, 'RepoTags') ?? [],
        layers,
      };
    });
  }

  /** Makes the manifest of an image, out of its config and its layers. */
  async #manifest(listed: Listed, signal: AbortSignal): Promise<Descriptor> {
    const config = await readEntry(await this.#file(listed.config), 'image config', maxConfigBytes, signal);
    const diffIds = diffIdsIn(config);
    if (diffIds.length !== listed.layers.length)
      throw new OciError(`an image has ${listed.layers.length} layers and its config names ${diffIds.length}`);
    const layers: PushableLayer[] = [];
    for (const [index, diffId] of diffIds.entries()) {
      const name = listed.layers[index] ?? '';
      layers.push(await this.#layers.pushable(name, await this.#file(name), diffId, signal));
    }
    for (const { descriptor, entry, isCompressedHere } of layers) {
      this.#content.set(descriptor.digest, entry);
      this.#hasCompressed ||= isCompressedHere;
    }
    const isOci = layers.some(({ descriptor }) => descriptor.mediaType === layerTypes.zstd);
    const mediaType = isOci ? mediaTypes.ociManifest : mediaTypes.dockerManifest;
    const document = {
      schemaVersion: 2,
      mediaType,
      config: { mediaType: isOci ? mediaTypes.ociConfig : mediaTypes.dockerConfig, ...this.#keep(config) },
      layers: layers.map(({ descriptor: { mediaType, digest, size } }) => ({
        mediaType: isOci ? ociTypeOf(mediaType) : mediaType,
        digest,
        size,
      })),
    };
    return { mediaType, ...this.#keep(encodeUtf8(JSON.stringify(document))) };
  }

  #keep(bytes: Uint8Array): Pick<Descriptor, 'digest' | 'size'> {
    const digest = digestOf(bytes);
    this.#content.set(digest, memoryEntry(bytes, this.#entries.name));
    return { digest, size: bytes.byteLength };
  }

  /** A file of the archive; a link is followed once, inside the archive (RELIABILITY F-66). */
  async #file(text: string): Promise<Entry> {
    const name = entryName(text);
    const target = name === undefined ? undefined : await this.#entries.link(name);
    const file = name !== undefined && target !== undefined ? linkTarget(name, target) : name;
    const entry = file === undefined ? undefined : await this.#entries.find(file);
    if (entry === undefined)
      throw fileError('missing-content', this.#entries.name, `lacks ${quoted(text)}, which its manifest.json names`);
    return entry;
  }
}

function ociTypeOf(mediaType: string): string {
  return mediaType === layerTypes.gzip ? 'application/vnd.oci.image.layer.v1.tar+gzip' : mediaType;
}

function diffIdsIn(config: Uint8Array): readonly Digest[] {
  const object = asObject(parseStrictJson(decodeUtf8(config)), 'image config');
  refuseLookalikes(object, knownInConfig, 'image config');
  const rootfs = asObject(field(object, 'rootfs') ?? {}, 'rootfs');
  refuseLookalikes(rootfs, knownInRootfs, 'rootfs');
  return (optionalStrings(rootfs, 'diff_ids') ?? []).map(parseDigest);
}
