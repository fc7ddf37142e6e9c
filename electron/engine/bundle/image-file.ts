import type { Failure } from '../../contract/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Source } from '../ports/places.ts';
import type { Entry } from './entry.ts';

/** What a file or folder of images turned out to be. */
export type ImageFileKind = 'bundle' | 'oci-layout' | 'oci-archive' | 'docker-archive' | 'registry-storage';

/** An image in a file, as the file names it. */
export interface FileImage {
  /** Undefined when the file does not say from which registry it came. */
  readonly host: string | undefined;
  /** The repository; undefined when the file gives only a tag, or nothing. */
  readonly path: string | undefined;
  readonly tag: string | undefined;
  /**
   * The name in the file's own words, by which `oci:DIR:NAME` chooses; undefined when it has none. It may be any text: whoever
   * shows it must make control characters visible.
   */
  readonly name: string | undefined;
  readonly descriptor: Descriptor;
  /** What it refers to, when it is a signature or the like. */
  readonly subject: Digest | undefined;
}

/** What is known of a bundle besides its images; other files have none of it. */
export interface BundleFacts {
  /** The digest of its list of contents: what two people compare over the phone. */
  readonly set: Digest;
  readonly volumes: number;
  readonly created: string | undefined;
  /** The raw Ed25519 key of its sender in base64, whose signature was found to be right; undefined when it is unsigned. */
  readonly signer: string | undefined;
}

/** What a deep look at a file found. */
export interface FileVerification {
  readonly images: readonly { readonly image: FileImage; readonly isComplete: boolean }[];
  readonly manifests: number;
  readonly blobs: number;
  /** Sizes of the blobs in all. */
  readonly bytes: number;
  readonly problems: readonly Failure[];
}

/** A file or folder of images, open for reading. */
export interface ImageFile {
  readonly kind: ImageFileKind;
  /** Its name without folders. */
  readonly name: string;
  readonly bundle: BundleFacts | undefined;
  /** What a person should know before anything is done with it, a sentence each. */
  readonly notices: readonly string[];
  /** What is missing or damaged, found while opening; empty unless the file was accepted incomplete. */
  readonly problems: readonly Failure[];
  readonly images: readonly FileImage[];
  /** What the images need and the file leaves out, because the site was known to hold it. */
  readonly expected: readonly Pick<Descriptor, 'digest' | 'size'>[];
  /** The repository that an image lies in, with all its tags. Reading what is expected at the site rejects `missing-content`. */
  source(image: Pick<FileImage, 'host' | 'path'>): Source;
  /** Reads and hashes everything the images need, and finds which of them are complete; rejects only when cancelled. */
  verify(received: (bytes: number) => void, signal: AbortSignal): Promise<FileVerification>;
  /** Every digest the file holds or expects at the site; as a base these need not be sent again. */
  digests(signal: AbortSignal): Promise<ReadonlySet<Digest>>;
  /** Lets go of the file and of what was unpacked for it. */
  close(): Promise<void>;
}

/** What a reader of one format finds; the rest of an image file is the same for all of them. */
export interface FileContent {
  readonly images: readonly FileImage[];
  readonly notices: readonly string[];
  readonly expected: readonly Pick<Descriptor, 'digest' | 'size'>[];
  /** The content with a digest, which was not checked; undefined when the file does not hold it. */
  find(digest: Digest): Promise<Entry | undefined>;
}
