import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { ManifestDocument } from '../../oci/manifest.ts';
import type { CopyError } from '../kernel/errors.ts';
import type { LeasePool } from '../kernel/leases.ts';
import type { ByteSink } from './byte-sink.ts';

/** A repository as a place where images live. */
export interface Place {
  /** `host/path` in full. */
  readonly name: string;
  readonly host: string;
  readonly path: string;
  /** The slots for bodies that flow to or from its host. */
  readonly leases: LeasePool;
}

/** What a manifest is asked by: a tag, or a digest whose size may be known. */
export type ManifestName =
  | { readonly tag: string }
  | { readonly digest: Digest; readonly size?: number; readonly mediaType?: string };

/** A manifest whose bytes were checked against `descriptor`. */
export interface ResolvedManifest {
  readonly descriptor: Descriptor;
  readonly document: ManifestDocument;
}

/** A repository that images are read from. Every method must reject with a CopyError of its side. */
export interface Source extends Place {
  /** What `tag` stands for now, in one small request where the registry can; rejects `not-found`. */
  resolve(tag: string, signal: AbortSignal): Promise<Descriptor>;
  /** The manifest; its bytes must have been hashed to the digest asked for. */
  manifest(name: ManifestName, signal: AbortSignal): Promise<ResolvedManifest>;
  /**
   * Writes the bytes of a blob from `from` on into `sink` and resolves when the answer has ended.
   * Must never write bytes of another offset; may end early, and then does not hash: the caller counts and hashes.
   */
  read(blob: Descriptor, from: number, sink: ByteSink, signal: AbortSignal): Promise<void>;
  /** All tags in natural order; rejects `not-found` when the repository is unknown. */
  tags(signal: AbortSignal): Promise<readonly string[]>;
  /** What refers to `digest`; undefined means that the host has no such list, not that it is empty. */
  referrers(digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined>;
}

/** A blob's bytes for one or more uploads. */
export interface BlobContent {
  readonly descriptor: Descriptor;
  /** All bytes, once they are all there, for blobs small enough to be held; they can be sent any number of times. */
  readonly bytes: Uint8Array | undefined;
  /** A new reader from the first byte; throws CopyError with advice `again` when the beginning is no longer held. */
  open(): BlobReader;
}

/** The bytes of a blob, in order. Ends normally only if size and digest agreed; the last byte is not given out before. */
export interface BlobReader extends AsyncIterable<Uint8Array> {
  /** Ends a wait for more, and lets go of what was held for this reader. */
  close(): void;
}

/** An upload that a registry has opened. */
export interface UploadSession {
  readonly location: URL;
}

/** What a published manifest was answered with. */
export interface Published {
  /** True when the registry says that it lists the manifest under its subject. */
  readonly listsSubject: boolean;
}

/** A repository that images are written to. Every method must reject with a CopyError of its side. */
export interface Destination extends Source {
  /** What `tag` stands for; undefined when nothing is there. */
  find(tag: string, signal: AbortSignal): Promise<Descriptor | undefined>;
  hasManifest(manifest: Descriptor, signal: AbortSignal): Promise<boolean>;
  /** What will refuse what is written here, as far as can be told without writing; asked after `find` or `hasManifest`. */
  foresee(signal: AbortSignal): Promise<CopyError | undefined>;
  /** Told what `hasBlob` may be asked next: one question may answer for many. Never rejects but for cancelling. */
  expect?(blobs: readonly Descriptor[], signal: AbortSignal): Promise<void>;
  /** Undefined means that the registry would not say. */
  hasBlob(blob: Descriptor, signal: AbortSignal): Promise<boolean | undefined>;
  /** Takes a blob over from another repository of the same host; false or an open session when it did not. */
  mount(blob: Descriptor, fromPath: string, signal: AbortSignal): Promise<boolean | UploadSession>;
  /** Uploads a blob, into `session` if given; must leave no session open when it rejects. `sent` counts body bytes. */
  send(
    content: BlobContent,
    session: UploadSession | undefined,
    sent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Ends a session that is not needed any more; never fails. */
  drop(session: UploadSession, blob: Descriptor): Promise<void>;
  /** Puts a manifest's original bytes under its digest or a tag. */
  publish(manifest: ResolvedManifest, tag: string | undefined, signal: AbortSignal): Promise<Published>;
}
