import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { ManifestDocument } from '../../oci/manifest.ts';
import { referrerOf } from '../content/referrer-of.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Library, Page, StoredBlob, StoredManifest, Upload } from '../ports/library.ts';
import type { References } from '../ports/references.ts';
import { KeptUpload } from './kept-upload.ts';
import type { Pins } from './pins.ts';
import { Recent } from './recent.ts';

/** What a kept library is made of. */
export interface KeptLibraryParts {
  /** Which repository holds what, and manifests. */
  readonly references: References;
  /** Bytes of blobs; it must ask `pins` before it lets go of one. */
  readonly blobs: BlobStore;
  readonly pins: Pins;
  /** Milliseconds since some fixed moment. */
  readonly now: () => number;
}

/**
 * The library on this machine's disk: rows say what belongs where, the blob cache has the bytes, each once. Both outlive the
 * process. A blob whose bytes are gone is not there, until it is brought again.
 */
export class KeptLibrary implements Library {
  readonly #references: References;
  readonly #blobs: BlobStore;
  readonly #pins: Pins;
  /** Blobs somebody asked for or brought lately: a manifest that names them may be on its way. */
  readonly recent: Recent;
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ references, blobs, pins, now }: KeptLibraryParts) {
    this.#references = references;
    this.#blobs = blobs;
    this.#pins = pins;
    this.recent = new Recent(now);
  }

  async repositories(page: Page, signal: AbortSignal): Promise<readonly string[]> {
    throwIfCancelled(signal, 'repositories');
    return this.#references.repositories(page);
  }

  async tags(repository: string, page: Page, signal: AbortSignal): Promise<readonly string[] | undefined> {
    throwIfCancelled(signal, repository);
    return this.#references.tags(repository, page);
  }

  async manifest(repository: string, reference: string, signal: AbortSignal): Promise<StoredManifest | undefined> {
    throwIfCancelled(signal, repository);
    return this.#references.manifest(repository, reference);
  }

  async blob(repository: string, digest: Digest, signal: AbortSignal): Promise<StoredBlob | undefined> {
    throwIfCancelled(signal, repository);
    this.recent.note(repository, digest);
    const sizeBytes = await this.#references.blobSize(repository, digest);
    if (sizeBytes === undefined || !(await this.#blobs.holds({ digest, size: sizeBytes }))) return undefined;
    return { digest, sizeBytes, open: (range, signal) => this.#blobs.pieces(digest, range, signal) };
  }

  async referrers(
    repository: string,
    subject: Digest,
    artifactType: string | undefined,
    page: Page,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]> {
    throwIfCancelled(signal, repository);
    return this.#references.referrers(repository, subject, artifactType, page);
  }

  async putManifest(
    repository: string,
    document: ManifestDocument,
    digest: Digest,
    tag: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    throwIfCancelled(signal, repository);
    const { raw: bytes, mediaType, subject } = document;
    const row = { digest, mediaType, bytes, referrer: referrerOf(document, digest) };
    await this.#references.putManifest(
      repository,
      subject === undefined ? row : { ...row, subject: subject.digest },
      tag,
    );
  }

  async beginUpload(repository: string, algorithm: DigestAlgorithm, signal: AbortSignal): Promise<Upload> {
    throwIfCancelled(signal, repository);
    const upload = await this.#blobs.begin(algorithm, signal);
    return new KeptUpload(upload, (digest, commit) =>
      this.take(repository, { digest, size: upload.sizeBytes }, commit),
    );
  }

  async mountBlob(repository: string, digest: Digest, from: string, signal: AbortSignal): Promise<boolean> {
    if ((await this.blob(from, digest, signal)) === undefined) return false;
    this.recent.note(repository, digest);
    return this.#linking(digest, () => this.#references.mountBlob(repository, digest, from));
  }

  async deleteTag(repository: string, tag: string, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal, repository);
    return this.#references.deleteTag(repository, tag);
  }

  async deleteManifest(repository: string, digest: Digest, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal, repository);
    return this.#references.deleteManifest(repository, digest);
  }

  async deleteBlob(repository: string, digest: Digest, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal, repository);
    return this.#unlinking(digest, () => this.#references.unlinkBlob(repository, digest));
  }

  async quarantine(digest: Digest): Promise<void> {
    await this.#unlinking(digest, () => this.#references.deleteEverywhere(digest));
    await this.#blobs.putAside(digest);
  }

  /** Has `bring` put a blob into the cache and makes it readable in a repository; nobody can evict it in between. */
  async take(
    repository: string,
    { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
    bring: () => Promise<void>,
  ): Promise<void> {
    this.recent.note(repository, digest);
    await this.#pins.holding(digest, async () => {
      await bring();
      await this.#linking(digest, async () => {
        await this.#references.linkBlob(repository, digest, size);
        return true;
      });
    });
  }

  /** Takes a blob out of a repository unless somebody asked for it since `sinceMs` of the library's clock. */
  async deleteUnlessRecent(repository: string, digest: Digest, sinceMs: number): Promise<boolean> {
    return this.#unlinking(digest, async () => {
      if (this.recent.isSince(repository, digest, sinceMs)) return false;
      return this.#references.unlinkBlob(repository, digest);
    });
  }

  #linking(digest: Digest, link: () => Promise<boolean>): Promise<boolean> {
    return this.#inTurn(async () => {
      const isLinked = await link();
      if (isLinked) this.#pins.link(digest);
      return isLinked;
    });
  }

  #unlinking<Value>(digest: Digest, unlink: () => Promise<Value>): Promise<Value> {
    return this.#inTurn(async () => {
      const value = await unlink();
      if (!(await this.#references.pinnedAmong([digest])).has(digest)) this.#pins.unlink(digest);
      return value;
    });
  }

  /** One after the other: a link made while another one is taken away must not lose its pin. */
  #inTurn<Value>(change: () => Promise<Value>): Promise<Value> {
    const mine = this.#turn.then(change);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}
