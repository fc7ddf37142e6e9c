import type { AttestationPolicy, ConflictPolicy } from './models.ts';

/** What an operator asks to be copied, as typed; the app reads it. */
export interface CopyWish {
  /** `host/repository[:tag][@digest]` by docker's rules for short names; undefined when a list names the sources. */
  readonly source: string | undefined;
  /**
   * One or more; without a tag the source's is taken. For a list each is `HOST[/PREFIX]`, under which paths and tags stay as
   * they are, or a template such as `harbor.example/{project}/{name}:{tag}`.
   */
  readonly destinations: readonly string[];
  /** Which tags of the source repository; undefined for the one that `source` names. */
  readonly tags?: TagWish;
  /** A file of references: lines, compose, Kubernetes or Helm values. */
  readonly listFile?: string;
  readonly options: CopyWishOptions;
}

/** A choice among the tags of a repository; empty means all. */
export interface TagWish {
  readonly globs: readonly string[];
  /** Regular expressions that match from end to end. */
  readonly patterns: readonly string[];
  readonly range?: string;
  readonly newest?: number;
  readonly exclude: readonly string[];
}

/** What an operator asks to be copied by image-syncer's files. */
export interface SyncWish {
  readonly imagesFile?: string;
  /** The old single file, which goes before the other one. */
  readonly configFile?: string;
  readonly os: readonly string[];
  readonly arch: readonly string[];
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
  /** The `auth` map of image-syncer's combined file. */
  readonly auths?: Readonly<Record<string, unknown>>;
  /** The text of an auth file that was chosen elsewhere. */
  readonly authText?: string;
  readonly retries: number;
  readonly waitMs: number;
  /** Bytes a second over all streams together; no limit unless given. */
  readonly limitRate?: number;
}

/** Where this machine keeps what it needs between runs. */
export interface WorkspaceWish {
  /** Named by the operator; found by the rules of CLI.md otherwise. */
  readonly dataDir?: string;
  /** The file that was started, beside which a portable data folder may lie. */
  readonly program?: string;
  /** False to copy straight through, with nothing of images on disk. */
  readonly cache: boolean;
}
