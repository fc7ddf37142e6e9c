import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import { isDigest } from '../../oci/digest.ts';
import type { ManifestDocument } from '../../oci/manifest.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { Library, Page, StoredBlob, StoredManifest, Upload } from '../ports/library.ts';
import { lexicalOrder } from './lexical-order.ts';
import { MemoryBlobs, piecesOf } from './memory-blobs.ts';
import { emptyRepository, isEmpty, type MemoryRepository } from './memory-repository.ts';
import { MemoryUpload } from './memory-upload.ts';
import { referrerOf } from './referrer-of.ts';

/** How the memory library is bounded. */
export interface MemoryLibraryOptions {
  /** All content and all uploads in flight together; a write beyond it is `full`. 1 GiB when not given. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 1024 ** 3;

/** A library that lives as long as the process; for demonstrations, tests and what must leave no trace. */
export function memoryLibrary(options: MemoryLibraryOptions = {}): MemoryLibrary {
  return new MemoryLibrary(options);
}

/** See {@link memoryLibrary}. Every change happens in one turn of the event loop, so that no reader sees half of one. */
export class MemoryLibrary implements Library {
  readonly #blobs: MemoryBlobs;
  readonly #repositories = new Map<string, MemoryRepository>();

  constructor(options: MemoryLibraryOptions = {}) {
    this.#blobs = new MemoryBlobs(options.maxBytes ?? defaultMaxBytes);
  }

  /** Bytes kept and in flight. */
  get usedBytes(): number {
    return this.#blobs.usedBytes;
  }

  async repositories(page: Page, signal: AbortSignal): Promise<readonly string[]> {
    throwIfCancelled(signal, 'repositories');
    const named = [...this.#repositories].filter(([, held]) => held.manifests.size > 0).map(([name]) => name);
    return pageOf(named, page);
  }

  async tags(repository: string, page: Page, signal: AbortSignal): Promise<readonly string[] | undefined> {
    throwIfCancelled(signal, repository);
    const held = this.#repositories.get(repository);
    return held === undefined ? undefined : pageOf([...held.tags.keys()], page);
  }

  async manifest(repository: string, reference: string, signal: AbortSignal): Promise<StoredManifest | undefined> {
    throwIfCancelled(signal, repository);
    const held = this.#repositories.get(repository);
    const digest = isDigest(reference) ? reference : held?.tags.get(reference);
    if (held === undefined || digest === undefined) return undefined;
    const manifest = held.manifests.get(digest);
    const content = this.#blobs.get(digest);
    if (manifest === undefined || content === undefined) return undefined;
    // The same bytes may have come as a blob before, in several pieces.
    const [only, ...more] = content.chunks;
    const bytes = only !== undefined && more.length === 0 ? only : Buffer.concat(content.chunks);
    return { digest, mediaType: manifest.mediaType, bytes };
  }

  async blob(repository: string, digest: Digest, signal: AbortSignal): Promise<StoredBlob | undefined> {
    throwIfCancelled(signal, repository);
    const content = this.#repositories.get(repository)?.blobs.has(digest) ? this.#blobs.get(digest) : undefined;
    if (content === undefined) return undefined;
    return {
      digest,
      sizeBytes: content.sizeBytes,
      open: async function* (range, signal) {
        for (const piece of piecesOf(content, range)) {
          throwIfCancelled(signal, digest);
          yield piece;
        }
      },
    };
  }

  async referrers(
    repository: string,
    subject: Digest,
    artifactType: string | undefined,
    page: Page,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]> {
    throwIfCancelled(signal, repository);
    const manifests = this.#repositories.get(repository)?.manifests ?? new Map();
    const found = new Map<string, Descriptor>();
    for (const [digest, { subject: about, referrer }] of manifests) {
      if (about !== subject || (artifactType !== undefined && referrer.artifactType !== artifactType)) continue;
      found.set(digest, referrer);
    }
    return pageOf([...found.keys()], page).flatMap((digest) => found.get(digest) ?? []);
  }

  async putManifest(
    repository: string,
    document: ManifestDocument,
    digest: Digest,
    tag: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    throwIfCancelled(signal, repository);
    if (!this.#repositories.get(repository)?.manifests.has(digest)) {
      this.#blobs.reserve(document.raw.byteLength, digest);
      const sizeBytes = document.raw.byteLength;
      this.#blobs.keep(digest, { chunks: [Uint8Array.from(document.raw)], sizeBytes });
    }
    const held = this.#hold(repository);
    const referrer = referrerOf(document, digest);
    held.manifests.set(digest, { mediaType: document.mediaType, subject: document.subject?.digest, referrer });
    if (tag !== undefined) held.tags.set(tag, digest);
  }

  async beginUpload(repository: string, algorithm: DigestAlgorithm, signal: AbortSignal): Promise<Upload> {
    throwIfCancelled(signal, repository);
    return new MemoryUpload(this.#blobs, algorithm, (digest, content) => {
      const held = this.#hold(repository);
      if (held.blobs.has(digest)) return this.#blobs.release(content.sizeBytes);
      held.blobs.add(digest);
      this.#blobs.keep(digest, content);
    });
  }

  async mountBlob(repository: string, digest: Digest, from: string, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal, repository);
    if (!this.#repositories.get(from)?.blobs.has(digest)) return false;
    const held = this.#hold(repository);
    if (held.blobs.has(digest)) return true;
    held.blobs.add(digest);
    this.#blobs.share(digest);
    return true;
  }

  async deleteTag(repository: string, tag: string, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal, repository);
    return this.#repositories.get(repository)?.tags.delete(tag) ?? false;
  }

  async deleteManifest(repository: string, digest: Digest, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal, repository);
    const held = this.#repositories.get(repository);
    if (!held?.manifests.delete(digest)) return false;
    for (const [tag, tagged] of held.tags) if (tagged === digest) held.tags.delete(tag);
    this.#letGo(repository, held, digest);
    return true;
  }

  async deleteBlob(repository: string, digest: Digest, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal, repository);
    const held = this.#repositories.get(repository);
    if (!held?.blobs.delete(digest)) return false;
    this.#letGo(repository, held, digest);
    return true;
  }

  async quarantine(digest: Digest): Promise<void> {
    const { signal } = new AbortController();
    for (const repository of this.#repositories.keys()) {
      await this.deleteBlob(repository, digest, signal);
      await this.deleteManifest(repository, digest, signal);
    }
  }

  #hold(repository: string): MemoryRepository {
    const held = this.#repositories.get(repository) ?? emptyRepository();
    this.#repositories.set(repository, held);
    return held;
  }

  #letGo(repository: string, held: MemoryRepository, digest: Digest): void {
    this.#blobs.drop(digest);
    if (isEmpty(held)) this.#repositories.delete(repository);
  }
}

function pageOf(names: string[], page: Page): string[] {
  const { after } = page;
  const sorted = names.sort(lexicalOrder);
  const rest = after === undefined ? sorted : sorted.filter((name) => lexicalOrder(name, after) > 0);
  return rest.slice(0, page.most);
}
