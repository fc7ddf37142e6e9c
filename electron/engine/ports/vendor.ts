import type { Digest } from '../../oci/digest.ts';
import type { Platform } from '../../oci/platform.ts';

/** A part of a vendor's list. */
export interface VendorPage<Item> {
  readonly items: readonly Item[];
  /** What to ask the next part with; undefined at the end. Opaque: only good for the same list. */
  readonly next?: string;
  /** How many there are in all, where the vendor says so. */
  readonly total?: number;
  readonly rate?: VendorRate;
}

/** How often the vendor may still be asked, as it said with this answer. */
export interface VendorRate {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since 1970; undefined when it did not say. */
  readonly resetsAtMs?: number;
}

/** Where repositories stand together: a Harbor project, a namespace, an organization. Names are text from outside. */
export interface VendorProject {
  readonly name: string;
  readonly isPublic?: boolean;
  readonly repositoryCount?: number;
}

/** A repository as the vendor lists it; undefined fields were not told. Times are milliseconds since 1970. */
export interface VendorRepository {
  /** The path in full, as references have it; text from outside, to be checked before use. */
  readonly path: string;
  readonly isPublic?: boolean;
  readonly sizeBytes?: number;
  readonly artifactCount?: number;
  readonly pullCount?: number;
  readonly updatedAtMs?: number;
}

/** A tag as the vendor lists it; its name is text from outside. */
export interface VendorTag {
  readonly name: string;
  /** True when the vendor will not let it be moved. */
  readonly isImmutable?: boolean;
}

/** A manifest as the vendor lists it; undefined fields were not told. */
export interface VendorArtifact {
  readonly digest?: Digest;
  readonly mediaType?: string;
  readonly tags: readonly VendorTag[];
  readonly sizeBytes?: number;
  readonly pushedAtMs?: number;
  readonly platforms?: readonly Platform[];
}

/** What a vendor lets foresee about writing to a repository; undefined means that it would not say. */
export interface Foresight {
  /** What has to be there before anything is written to the repository. */
  readonly project: string;
  /** False when the vendor shows this account no such project. */
  readonly hasProject?: boolean;
  /** False when this account, robot accounts among them, has no right to push there. */
  readonly mayPush?: boolean;
  /** True when the tag is there and will not be let go; undefined as well when no tag was asked about. */
  readonly isTagImmutable?: boolean;
  readonly quotaLeftBytes?: number;
}

/**
 * What a registry can tell and do beyond the distribution spec, each ability where its vendor has it.
 * Every method must reject with a CopyError of its side, must send credentials to the vendor's own API only, and must take
 * nothing from an answer but known fields of the right type. A page that is asked for with `undefined` is the first one.
 */
export interface Vendor {
  readonly kind: 'harbor' | 'docker-hub' | 'quay';
  /** What runs there, where it tells strangers. */
  readonly version?: string;
  /** The projects that this account sees. */
  readonly projects?: (page: string | undefined, signal: AbortSignal) => Promise<VendorPage<VendorProject>>;
  /**
   * The repositories of a project, or all that this account sees where `project` is undefined: must reject `unsupported` when the
   * vendor lists by project only. With `search` those whose path has that text; a page may then be empty and not the last.
   */
  readonly repositories?: (
    project: string | undefined,
    search: string | undefined,
    page: string | undefined,
    signal: AbortSignal,
  ) => Promise<VendorPage<VendorRepository>>;
  /** What is in a repository, the youngest first where the vendor keeps that order; a vendor may give one entry a tag. */
  readonly artifacts?: (
    repository: string,
    page: string | undefined,
    signal: AbortSignal,
  ) => Promise<VendorPage<VendorArtifact>>;
  /** Makes a project; `present` when it was there already, whatever its visibility. Rejects `forbidden` without the right to. */
  readonly createProject?: (name: string, isPublic: boolean, signal: AbortSignal) => Promise<'created' | 'present'>;
  /**
   * What can be told about writing to a repository, and to `tag`, without trying. What the vendor refuses to say is left out; it
   * rejects when the vendor fails or cannot be reached, and a plan does without it then. Facts of a project are asked for once
   * and kept: take a new Vendor for a new plan.
   */
  readonly foresee?: (repository: string, tag: string | undefined, signal: AbortSignal) => Promise<Foresight>;
}
