import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Page, StoredManifest } from './library.ts';

/** A manifest as the library keeps it. */
export interface ManifestRow extends StoredManifest {
  /** What it refers to; undefined when it has no subject. */
  readonly subject?: Digest;
  /** How it is listed among the referrers of its subject. */
  readonly referrer: Descriptor;
}

/**
 * The rows a library over a blob cache is made of: which repository holds what, and the bytes of manifests. It knows no blob's
 * bytes. Every change is whole and durable when it resolves. Lists are in `lexicalOrder`; names and digests given must be checked.
 */
export interface References {
  /** Repositories that hold at least one manifest. */
  repositories(page: Page): Promise<readonly string[]>;
  /** Undefined when the repository holds nothing. */
  tags(repository: string, page: Page): Promise<readonly string[] | undefined>;
  manifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  referrers(
    repository: string,
    subject: Digest,
    artifactType: string | undefined,
    page: Page,
  ): Promise<readonly Descriptor[]>;
  /** Bytes of a blob of this repository; undefined when it does not hold it. */
  blobSize(repository: string, digest: Digest): Promise<number | undefined>;

  /** Keeps a manifest and, with `tag`, moves the tag to it, both or neither. */
  putManifest(repository: string, row: ManifestRow, tag: string | undefined): Promise<void>;
  /** Makes a blob readable in a repository, and pins it. */
  linkBlob(repository: string, digest: Digest, sizeBytes: number): Promise<void>;
  /** Links a blob of `from` in `repository` too; false when `from` does not hold it. */
  mountBlob(repository: string, digest: Digest, from: string): Promise<boolean>;

  /** These are false when there was nothing to take away. */
  deleteTag(repository: string, tag: string): Promise<boolean>;
  /** Takes the tags on it away too. */
  deleteManifest(repository: string, digest: Digest): Promise<boolean>;
  unlinkBlob(repository: string, digest: Digest): Promise<boolean>;
  /** Takes blob and manifest of this digest out of every repository. */
  deleteEverywhere(digest: Digest): Promise<void>;

  /** Repositories that hold a manifest or a blob, in order of their bytes. */
  holding(page: Page): Promise<readonly string[]>;
  /** The manifests of a repository in order of their digests. */
  manifestsOf(repository: string, page: Page): Promise<readonly Digest[]>;
  /** The blobs of a repository in order of their digests. */
  blobsOf(repository: string, page: Page): Promise<readonly Digest[]>;

  /** Those of `digests` that are linked as blobs, and so may not be swept. */
  pinnedAmong(digests: readonly Digest[]): Promise<ReadonlySet<Digest>>;
  /** All linked blobs, in order of their digests. */
  pinned(page: Page): Promise<readonly Digest[]>;
}
