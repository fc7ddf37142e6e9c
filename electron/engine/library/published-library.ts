import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Library, Page, StoredBlob, StoredManifest } from '../ports/library.ts';
import { ReadOnly } from './read-only.ts';

const pageSize = 1000;

/** The chosen repositories of a library, to be read; the others are as if they were not there. */
export class PublishedLibrary extends ReadOnly implements Library {
  readonly #library: Library;
  readonly #isPublished: (repository: string) => boolean;

  constructor(library: Library, isPublished: (repository: string) => boolean) {
    super();
    this.#library = library;
    this.#isPublished = isPublished;
  }

  async repositories({ after, most }: Page, signal: AbortSignal): Promise<readonly string[]> {
    const found: string[] = [];
    for (let last = after; ; ) {
      const asked = last === undefined ? { most: pageSize } : { after: last, most: pageSize };
      const page = await this.#library.repositories(asked, signal);
      found.push(...page.filter(this.#isPublished));
      last = page.at(-1);
      if (found.length >= most || page.length < pageSize) return found.slice(0, most);
    }
  }

  async tags(repository: string, page: Page, signal: AbortSignal): Promise<readonly string[] | undefined> {
    return this.#isPublished(repository) ? this.#library.tags(repository, page, signal) : undefined;
  }

  async manifest(repository: string, reference: string, signal: AbortSignal): Promise<StoredManifest | undefined> {
    return this.#isPublished(repository) ? this.#library.manifest(repository, reference, signal) : undefined;
  }

  async blob(repository: string, digest: Digest, signal: AbortSignal): Promise<StoredBlob | undefined> {
    return this.#isPublished(repository) ? this.#library.blob(repository, digest, signal) : undefined;
  }

  async referrers(
    repository: string,
    subject: Digest,
    artifactType: string | undefined,
    page: Page,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]> {
    if (!this.#isPublished(repository)) return [];
    return this.#library.referrers(repository, subject, artifactType, page, signal);
  }

  async quarantine(digest: Digest): Promise<void> {
    await this.#library.quarantine?.(digest);
  }
}
