import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { isDigest } from '../../oci/digest.ts';
import { lexicalOrder } from '../content/lexical-order.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { Library, Page, StoredBlob, StoredManifest } from '../ports/library.ts';
import { contentsOf, type RepositoryContents, type ServedFile } from './file-contents.ts';
import { poured } from './poured.ts';
import { ReadOnly } from './read-only.ts';

/**
 * The images in a file as a library that can only be read. What can be read through a repository is what its own images need;
 * what the file leaves out is not there.
 */
export class FileLibrary extends ReadOnly implements Library {
  readonly #repositories: ReadonlyMap<string, RepositoryContents>;

  private constructor(repositories: ReadonlyMap<string, RepositoryContents>) {
    super();
    this.#repositories = repositories;
  }

  /** Reads every manifest of the file once, to know what belongs to which repository. Must be closed before the file is. */
  static async open(file: ServedFile, signal: AbortSignal): Promise<FileLibrary> {
    return new FileLibrary(await contentsOf(file, signal));
  }

  async repositories(page: Page, signal: AbortSignal): Promise<readonly string[]> {
    throwIfCancelled(signal, 'repositories');
    return pageOf([...this.#repositories.keys()], page, lexicalOrder);
  }

  async tags(repository: string, page: Page, signal: AbortSignal): Promise<readonly string[] | undefined> {
    throwIfCancelled(signal, repository);
    const held = this.#repositories.get(repository);
    return held && pageOf([...held.tags.keys()], page, lexicalOrder);
  }

  async manifest(repository: string, reference: string, signal: AbortSignal): Promise<StoredManifest | undefined> {
    throwIfCancelled(signal, repository);
    const held = this.#repositories.get(repository);
    const digest = isDigest(reference) ? reference : held?.tags.get(reference);
    const known = digest === undefined ? undefined : held?.manifests.get(digest);
    if (held === undefined || known === undefined) return undefined;
    const { document, descriptor } = await held.source.manifest(known.descriptor, signal);
    return { digest: descriptor.digest, mediaType: descriptor.mediaType, bytes: document.raw };
  }

  async blob(repository: string, digest: Digest, signal: AbortSignal): Promise<StoredBlob | undefined> {
    throwIfCancelled(signal, repository);
    const held = this.#repositories.get(repository);
    const blob = held?.blobs.get(digest);
    if (held === undefined || blob === undefined) return undefined;
    return {
      digest,
      sizeBytes: blob.size,
      open: (range, signal) => {
        const { start, end } = range ?? { start: 0, end: blob.size };
        return poured((sink, stop) => held.source.read(blob, start, sink, stop), end - start, signal);
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
    const found = new Map<string, Descriptor>();
    for (const { referrer } of this.#repositories.get(repository)?.manifests.values() ?? []) {
      if (referrer?.subject !== subject) continue;
      if (artifactType === undefined || referrer.listed.artifactType === artifactType)
        found.set(referrer.listed.digest, referrer.listed);
    }
    return pageOf([...found.keys()], page).flatMap((digest) => found.get(digest) ?? []);
  }

  /** Serves the content no more; the file itself is left alone. */
  async quarantine(digest: Digest): Promise<void> {
    for (const held of this.#repositories.values()) {
      held.blobs.delete(digest);
      held.manifests.delete(digest);
    }
  }
}

function pageOf(
  names: string[],
  { after, most }: Page,
  order: (a: string, b: string) => number = (a, b) => (a < b ? -1 : Number(a > b)),
): string[] {
  const sorted = names.sort(order);
  return (after === undefined ? sorted : sorted.filter((name) => order(name, after) > 0)).slice(0, most);
}
