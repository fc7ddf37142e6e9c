import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { ManifestDocument } from '../../oci/manifest.ts';

/** A part of a list that is kept in one order: at most `most` items, beginning behind `after`, which need not exist any more. */
export interface Page {
  readonly after?: string;
  readonly most: number;
}

/** A part of a blob: from byte `start` up to but without byte `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A manifest as it was pushed. */
export interface StoredManifest {
  readonly digest: Digest;
  /** The type it was pushed with; what a pull must answer. */
  readonly mediaType: string;
  /** The original bytes; the reader must not change them. */
  readonly bytes: Uint8Array;
}

/** Bytes in pieces, good until they are given back: who is done with a piece may do so, and its memory is used for a later one. */
export interface Pieces extends AsyncIterable<Uint8Array> {
  giveBack?(piece: Uint8Array): void;
}

/** A blob of one repository. */
export interface StoredBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /**
   * The bytes, or those in `range`. Nothing is held open until the first chunk is asked for; leaving the loop must free it.
   * An implementer need not verify: whoever sends the bytes on does.
   */
  open(range: ByteRange | undefined, signal: AbortSignal): Pieces;
}

/** A blob on its way in. One caller at a time; nothing of it is readable before `commit`. */
export interface Upload {
  /** Bytes taken so far. */
  readonly sizeBytes: number;
  /** Takes the next bytes and must be done with `chunk` when it resolves; rejects with `full` or `disk` when there is no room. */
  append(chunk: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Makes the blob readable in its repository, or rejects with `integrity` and keeps nothing; the upload is over either way. */
  commit(digest: Digest, signal: AbortSignal): Promise<void>;
  /** Gives the bytes up; harmless when repeated and after `commit`. */
  abort(): Promise<void>;
}

/**
 * The named references kept on this machine.
 * Content belongs to repositories: a digest must be readable only through a repository that holds it (SECURITY S-REG-2).
 * `undefined` means the repository or the content is not there. Repositories, tags and digests given are already checked.
 * Lists must be in `lexicalOrder`.
 */
export interface Library {
  /** Repositories that hold at least one manifest. */
  repositories(page: Page, signal: AbortSignal): Promise<readonly string[]>;
  /** The tags of a repository; empty when it holds content and no tag. */
  tags(repository: string, page: Page, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** The manifest under a tag or a digest; a tag never has a colon. */
  manifest(repository: string, reference: string, signal: AbortSignal): Promise<StoredManifest | undefined>;
  /** What is known of a blob; its bytes are not touched. */
  blob(repository: string, digest: Digest, signal: AbortSignal): Promise<StoredBlob | undefined>;
  /** The manifests whose subject is `subject`, which itself may be absent; `page` goes by digest. */
  referrers(
    repository: string,
    subject: Digest,
    artifactType: string | undefined,
    page: Page,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]>;

  /** Keeps a manifest under its digest and, with `tag`, moves the tag to it, both or neither. The closure is the caller's care. */
  putManifest(
    repository: string,
    document: ManifestDocument,
    digest: Digest,
    tag: string | undefined,
    signal: AbortSignal,
  ): Promise<void>;
  /** Begins a blob; `algorithm` is the one its digest will probably have, so that it is hashed in passing. */
  beginUpload(repository: string, algorithm: DigestAlgorithm, signal: AbortSignal): Promise<Upload>;
  /** Makes a blob of `from` readable in `repository` too; false when `from` does not hold it. */
  mountBlob(repository: string, digest: Digest, from: string, signal: AbortSignal): Promise<boolean>;

  /** Takes a tag away; its manifest stays. False when it was not there. */
  deleteTag(repository: string, tag: string, signal: AbortSignal): Promise<boolean>;
  /** Takes a manifest away with every tag on it. False when it was not there. */
  deleteManifest(repository: string, digest: Digest, signal: AbortSignal): Promise<boolean>;
  /** Takes a blob out of a repository, even one that a manifest names. False when it was not there. */
  deleteBlob(repository: string, digest: Digest, signal: AbortSignal): Promise<boolean>;

  /** Hears that stored bytes do not have this digest; must not serve them again from any repository. */
  quarantine?(digest: Digest): Promise<void>;
}
