import type { Reference } from '../../oci/reference.ts';
import type { ExportOptions, WriteExportOptions } from '../bundle/bundle.ts';
import type { Source } from '../ports/places.ts';
import type { ContentPolicy } from '../rules/platforms.ts';

/** An image that is to go into a file. */
export interface ImageToExport {
  readonly source: Source;
  /** What the source is asked for, and without `name` what the file calls it. */
  readonly reference: Reference;
  /** What the file calls it instead. */
  readonly name?: Reference;
  /** What `org.opencontainers.image.ref.name` is to say, as in `oci:DIR:NAME`. */
  readonly refName?: string;
}

/** What goes into a file, and how it is written. */
export interface ExportSettings extends ContentPolicy, ExportOptions, WriteExportOptions {
  /** Signatures, SBOMs and other referrers travel along. */
  readonly withReferrers: boolean;
  /** Images that are looked at at a time. */
  readonly concurrency: number;
  /** How results call the file; its path unless given. */
  readonly shownAs?: string;
  /** The set id, or its beginning, that the file must have: it is made again. */
  readonly set?: string;
}
