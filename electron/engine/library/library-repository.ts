import type { Side } from '../../contract/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest } from '../../oci/digest.ts';
import { parseManifest } from '../../oci/manifest.ts';
import { naturallySorted } from '../../oci/natural-order.ts';
import { libraryHost } from '../../oci/reference.ts';
import { digestOf } from '../content/digest-of.ts';
import { CopyError, copyError, type ErrorFacts, throwIfCancelled } from '../kernel/errors.ts';
import type { LeasePool } from '../kernel/leases.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { Ingest } from '../ports/blob-cache.ts';
import type {
  BlobContent,
  BlobReader,
  Destination,
  ManifestName,
  Published,
  ResolvedManifest,
} from '../ports/places.ts';
import type { KeptLibrary } from './kept-library.ts';
import { pour } from './pour.ts';

/** What repositories of the library share. */
export interface LibraryPlaceParts {
  readonly library: KeptLibrary;
  /** The cache behind the library; the same one that blobs pass through when they are copied. */
  readonly blobs: BlobStore;
  readonly leases: LeasePool;
}

const pageSize = 1000;

/**
 * A repository of this machine's library as a place to copy from and to. Between it and the cache no byte is moved: what the
 * cache took in while it was copied is linked, and what is linked is read from there.
 */
export class LibraryRepository implements Destination {
  /** Never the name of a network host. */
  readonly host = libraryHost;
  readonly path: string;
  readonly #side: Side;
  readonly #parts: LibraryPlaceParts;

  constructor(path: string, side: Side, parts: LibraryPlaceParts) {
    this.path = path;
    this.#side = side;
    this.#parts = parts;
  }

  get name(): string {
    return `library:${this.path}`;
  }

  get leases(): LeasePool {
    return this.#parts.leases;
  }

  async resolve(tag: string, signal: AbortSignal): Promise<Descriptor> {
    const found = await this.find(tag, signal);
    if (found !== undefined) return found;
    throw this.#error('not-found', 'manifest.get', `${this.path}:${tag}`, `has no tag ${tag}`);
  }

  async find(tag: string, signal: AbortSignal): Promise<Descriptor | undefined> {
    const found = await this.#parts.library.manifest(this.path, tag, signal);
    return found && { mediaType: found.mediaType, digest: found.digest, size: found.bytes.byteLength };
  }

  async manifest(name: ManifestName, signal: AbortSignal): Promise<ResolvedManifest> {
    const reference = 'tag' in name ? name.tag : name.digest;
    const found = await this.#parts.library.manifest(this.path, reference, signal);
    if (found === undefined)
      throw this.#error(
        'not-found',
        'manifest.get',
        `${this.path}:${reference}`,
        `does not hold manifest ${reference}`,
      );
    const { digest, mediaType, bytes } = found;
    if (digestOf(bytes, algorithmOf(digest)) !== digest) {
      await this.#parts.library.quarantine(digest);
      throw this.#error('integrity', 'manifest.get', digest, `held other bytes for manifest ${digest}`);
    }
    return { descriptor: { mediaType, digest, size: bytes.byteLength }, document: parseManifest(bytes, mediaType) };
  }

  async hasManifest({ digest }: Descriptor, signal: AbortSignal): Promise<boolean> {
    return (await this.#parts.library.manifest(this.path, digest, signal)) !== undefined;
  }

  async foresee(): Promise<undefined> {
    return undefined;
  }

  async hasBlob({ digest, size }: Descriptor, signal: AbortSignal): Promise<boolean> {
    return (await this.#parts.library.blob(this.path, digest, signal))?.sizeBytes === size;
  }

  async mount({ digest }: Descriptor, fromPath: string, signal: AbortSignal): Promise<boolean> {
    return this.#parts.library.mountBlob(this.path, digest, fromPath, signal);
  }

  /** Nothing is sent anywhere: once the bytes are in the cache, the blob is linked. */
  async send(content: BlobContent, _session: undefined, _sent: unknown, signal: AbortSignal): Promise<void> {
    const { descriptor } = content;
    await this.#parts.library.take(this.path, descriptor, async () => {
      const reader = content.open();
      try {
        while (!(await this.#isKept(descriptor, signal)) && !(await this.#keep(descriptor, reader, signal)));
      } finally {
        reader.close();
      }
    });
  }

  async drop(): Promise<void> {}

  async publish(
    { document, descriptor }: ResolvedManifest,
    tag: string | undefined,
    signal: AbortSignal,
  ): Promise<Published> {
    await this.#parts.library.putManifest(this.path, document, descriptor.digest, tag, signal);
    return { listsSubject: true };
  }

  async read(blob: Descriptor, from: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
    const { digest, size } = blob;
    const stored = await this.#parts.library.blob(this.path, digest, signal);
    if (stored === undefined || stored.sizeBytes !== size)
      throw this.#error('missing-content', 'blob.get', digest, `does not hold blob ${digest}`);
    await pour(stored.open({ start: from, end: size }, signal), sink, digest, signal);
  }

  async tags(signal: AbortSignal): Promise<readonly string[]> {
    const { library } = this.#parts;
    const tags: string[] = [];
    for (;;) {
      const after = tags.at(-1);
      const page = await library.tags(
        this.path,
        after === undefined ? { most: pageSize } : { after, most: pageSize },
        signal,
      );
      if (page === undefined) throw this.#error('not-found', 'tags.list', this.path, 'does not exist');
      tags.push(...page);
      if (page.length < pageSize) return naturallySorted(tags);
    }
  }

  async referrers(digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
    const { library } = this.#parts;
    const found: Descriptor[] = [];
    for (;;) {
      const after = found.at(-1)?.digest;
      const page = after === undefined ? { most: pageSize } : { after, most: pageSize };
      const some = await library.referrers(this.path, digest, undefined, page, signal);
      found.push(...some);
      if (some.length < pageSize) return found;
    }
  }

  /** True when the cache has the blob; whoever is writing it now is waited for. */
  async #isKept(blob: Descriptor, signal: AbortSignal): Promise<boolean> {
    await this.#parts.blobs.unwritten(blob.digest, signal);
    const found = await this.#parts.blobs.find(blob, signal);
    found?.close();
    return found !== undefined;
  }

  /** Writes the blob to the cache; false when another writer came first. */
  async #keep(blob: Descriptor, reader: BlobReader, signal: AbortSignal): Promise<boolean> {
    let ingest: Ingest;
    try {
      ingest = await this.#parts.blobs.ingest(blob, signal);
    } catch (thrown) {
      if (thrown instanceof CopyError && thrown.kind === 'conflict') return false;
      throw thrown;
    }
    try {
      if (ingest.receivedBytes > 0) await ingest.restart();
      await pour(reader, ingest, blob.digest, signal);
      await ingest.commit(signal);
    } catch (thrown) {
      await ingest.suspend(thrown instanceof Error ? thrown : new Error('the blob was not read'));
      throwIfCancelled(signal, blob.digest);
      throw thrown;
    }
    return true;
  }

  #error(
    kind: CopyError['kind'],
    op: string,
    subject: string,
    what: string,
    facts: Partial<ErrorFacts> = {},
  ): CopyError {
    const message = `${this.#side} ${this.name} ${what}`;
    return copyError(kind, { side: this.#side, op, subject, message, ...facts });
  }
}
