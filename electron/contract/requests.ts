import type { AttestationPolicy, ConflictPolicy } from './models.ts';

/** What an operator asks to be copied, as typed; the app reads it. */
export interface CopyWish {
  /** `host/repository[:tag][@digest]` by docker's rules for short names. */
  readonly source: string;
  /** One or more; without a tag the source's is taken. */
  readonly destinations: readonly string[];
  /** Every tag of the source repository, which then must have none. */
  readonly allTags: boolean;
  readonly options: CopyWishOptions;
}

/** How it is to be copied. */
export interface CopyWishOptions {
  /** `os/arch[/variant]`; all when empty. */
  readonly platforms: readonly string[];
  readonly attestations: AttestationPolicy;
  readonly onConflict: ConflictPolicy;
  readonly force: boolean;
  readonly referrers: boolean;
  /** Images at a time. */
  readonly concurrency: number;
}

/** How to reach registries from here. */
export interface ConnectionWish {
  /** Hosts that speak plain http. */
  readonly plainHttp: readonly string[];
  /** Hosts whose certificates are not checked. */
  readonly insecure: readonly string[];
  /** A PEM file of a CA to trust. */
  readonly caFile?: string;
  readonly proxy?: string;
  /** image-syncer's auth file or docker's config.json. */
  readonly authFile?: string;
  readonly retries: number;
  readonly waitMs: number;
}
