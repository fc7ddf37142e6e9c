import type { Failure } from './errors.ts';

/** Where the copying of one image to one destination stands. */
export type ImagePhase =
  | 'queued'
  | 'held'
  | 'resolving'
  | 'copying'
  | 'publishing'
  | 'copied'
  | 'unchanged'
  | 'skipped'
  | 'failed'
  | 'cancelled';

/** Where one blob on its way to one destination repository stands. */
export type DeliveryPhase =
  | 'waiting'
  | 'checking'
  | 'present'
  | 'mounting'
  | 'mounted'
  | 'sending'
  | 'backing-off'
  | 'sent'
  | 'failed';

/** What to do when the destination tag holds another image. */
export type ConflictPolicy = 'overwrite' | 'skip' | 'fail' | 'backup';

/** Whether build attestations of an index travel with it. */
export type AttestationPolicy = 'keep' | 'drop';

/** Something an operator should know about an image that went well. */
export interface Notice {
  readonly kind:
    | 'digest-changed'
    | 'source-moved'
    | 'changed-by-another'
    | 'backed-up'
    | 'referrers-unknown'
    | 'overwritten'
    | 'no-platform'
    | 'refusal-foreseen'
    | 'direct';
  readonly text: string;
}

/** How the copying of one image to one destination ended. */
export interface ImageResult {
  readonly source: string;
  readonly destination: string;
  readonly outcome: 'copied' | 'unchanged' | 'skipped' | 'failed' | 'cancelled';
  /** The digest at the destination, or the one that should be there; undefined when it was never known. */
  readonly digest?: string;
  /** What the destination tag stood for before. */
  readonly previousDigest?: string;
  readonly blobs: BlobCounts;
  /** Signatures and other referrers that travelled along or were there. */
  readonly referrers: number;
  readonly seconds: number;
  readonly notices: readonly Notice[];
  readonly failure?: Failure;
}

/** Blobs by what had to be done for them. */
export interface BlobCounts {
  readonly sent: number;
  readonly mounted: number;
  readonly present: number;
}

/** The end of a job; the last line of `--json` is made of it. */
export interface JobSummary {
  readonly ok: boolean;
  readonly images: {
    readonly total: number;
    readonly copied: number;
    readonly unchanged: number;
    readonly skipped: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  readonly blobs: BlobCounts;
  /** Blob bodies on the wire; `reused` was there already or mounted. */
  readonly bytes: { readonly received: number; readonly sent: number; readonly reused: number };
  /** What really left this process, redirects and token calls included. */
  readonly requests: { readonly source: number; readonly destination: number; readonly token: number };
  readonly seconds: number;
  readonly results: readonly ImageResult[];
}

/** What a deep look at an image found. */
export interface ImageVerification {
  readonly digest: string;
  readonly manifests: number;
  readonly blobs: number;
  /** Sizes of the blobs in all. */
  readonly bytes: number;
  readonly problems: readonly Failure[];
}

/** What would be done for one image at one destination. */
export interface PlannedImage {
  readonly source: string;
  readonly destination: string;
  readonly action: 'copy' | 'unchanged' | 'skip' | 'fail';
  readonly digest?: string;
  readonly previousDigest?: string;
  readonly manifests: number;
  readonly blobs: { readonly toSend: number; readonly toMount: number; readonly present: number };
  readonly bytes: {
    readonly toSend: number;
    readonly toMount: number;
    readonly present: number;
    /** Of those to send, what has to be downloaded; what several images need counts with the first. Unknown where nothing is sent. */
    readonly toFetch?: number;
    /** Of those to download, what has no room here and goes straight through. */
    readonly direct?: number;
    /** Of those to send, what is on this machine already. */
    readonly cached?: number;
  };
  readonly notices: readonly Notice[];
  readonly failure?: Failure;
}

/** What an image is, for a person to look at. */
export interface ImageDescription {
  readonly reference: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of the manifest itself. */
  readonly size: number;
  readonly artifactType?: string;
  readonly manifests: readonly ManifestDescription[];
  readonly referrers: readonly ReferrerDescription[];
  /** Tags of cosign's scheme that belong to it. */
  readonly cosignTags: readonly string[];
}

/** One manifest of an image: one platform, or an attestation. */
export interface ManifestDescription {
  readonly digest: string;
  readonly mediaType: string;
  /** `os/arch[/variant]`; undefined when it has none. */
  readonly platform?: string;
  readonly isAttestation: boolean;
  readonly layers: readonly { readonly digest: string; readonly mediaType: string; readonly size: number }[];
  /** Bytes of its config and layers. */
  readonly totalBytes: number;
}

/** Something that refers to an image. */
export interface ReferrerDescription {
  readonly digest: string;
  readonly artifactType: string;
  readonly size: number;
}
