import type { ConflictPolicy } from '../../contract/models.ts';
export type { CopyObserver } from '../../contract/progress.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Destination, Source } from '../ports/places.ts';
import type { ContentPolicy } from '../rules/platforms.ts';
import type { RelatedImages } from '../plan/related.ts';
import type { Deliveries } from './deliveries.ts';
import type { Publications } from './publish.ts';
import type { Slots } from './slots.ts';

/** One image to be copied, to one destination or to several. Plain enough to be carried out elsewhere or again. */
export interface CopyItem {
  readonly source: Source;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly targets: readonly CopyTarget[];
}

/** One destination of an image; without a tag it is published under its digest alone. */
export interface CopyTarget {
  readonly destination: Destination;
  readonly tag?: string;
}

/** How images of a job are copied. */
export interface CopyOptions extends ContentPolicy {
  readonly onConflict: ConflictPolicy;
  /** Sends and publishes again what is there already. */
  readonly isForced: boolean;
  /** Signatures, SBOMs and other referrers travel along. */
  readonly withReferrers: boolean;
  /** Images copied at a time. */
  readonly concurrency: number;
  /** What becomes of images whose destination has no more room; they fail unless they shall be held. */
  readonly whenFull?: 'fail' | 'hold';
}

/** What the images of one job share. */
export interface JobContext {
  readonly clock: Clock;
  readonly options: CopyOptions;
  readonly deliveries: Deliveries;
  readonly publications: Publications;
  readonly related: RelatedImages;
  /** Taken by each image before anything of it moves. */
  readonly slots: Slots;
  /** What the last image showed: that its tag was at every destination already. The next one is likely to be as it was. */
  readonly lately: { wasThere: boolean };
}

/** `host/path[:tag][@digest]` as it is shown. */
export function shownName(
  place: { readonly name: string },
  tag: string | undefined,
  digest: Digest | undefined,
): string {
  return `${place.name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
