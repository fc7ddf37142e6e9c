import type { CopyWish, CopyWishOptions } from '../contract/requests.ts';
import { parsePlatform } from '../oci/platform.ts';
import { formatReference, formatRepository, type Reference, withDefaultTag } from '../oci/reference.ts';
import { isReferrersTag } from '../oci/referrers.ts';
import type { CopyOptions, CopyRequest, Engine } from '../engine/engine.ts';
import { readReference, refuse } from './places.ts';

/** What was wished, in the engine's words; throws CopyError or OciError for what cannot be read, before anything is asked. */
export interface ReadWish {
  readonly source: Reference;
  readonly destinations: readonly Reference[];
  readonly allTags: boolean;
  readonly options: CopyOptions;
}

/** Reads a wish. */
export function readWish(wish: CopyWish): ReadWish {
  const source = readReference(wish.source);
  const destinations = wish.destinations.map(readReference);
  for (const destination of destinations) {
    if (destination.digest !== undefined)
      throw refuse(`destination ${formatReference(destination)} names a digest; name a tag or leave it out`);
    if (wish.allTags && destination.tag !== undefined)
      throw refuse('with --all-tags a destination names no tag: every image keeps its own');
  }
  if (wish.allTags && (source.tag !== undefined || source.digest !== undefined)) {
    throw refuse('with --all-tags the source is a repository, without tag or digest');
  }
  return { source, destinations, allTags: wish.allTags, options: readOptions(wish.options) };
}

/** One request for each image; for all tags the source is asked for its list. */
export async function requestsFor(
  engine: Engine,
  wish: ReadWish,
  signal: AbortSignal,
): Promise<readonly CopyRequest[]> {
  const { source, destinations } = wish;
  if (!wish.allTags) {
    const named = withDefaultTag(source);
    return [{ source: named, targets: targetsFor(destinations, named.tag) }];
  }
  const tags = (await engine.tags(source, signal)).filter((tag) => !isReferrersTag(tag));
  return tags.map((tag) => ({ source: { ...source, tag }, targets: targetsFor(destinations, tag) }));
}

/** Where an image goes, each place once however often it was named. */
function targetsFor(destinations: readonly Reference[], sourceTag: string | undefined): CopyRequest['targets'] {
  const targets = new Map<string, CopyRequest['targets'][number]>();
  for (const destination of destinations) {
    const { host, path, tag = sourceTag } = destination;
    targets.set(`${formatRepository(destination)}:${tag ?? ''}`, { host, path, ...(tag === undefined ? {} : { tag }) });
  }
  return [...targets.values()];
}

function readOptions(options: CopyWishOptions): CopyOptions {
  return {
    platforms: options.platforms.map(parsePlatform),
    attestations: options.attestations,
    onConflict: options.onConflict,
    isForced: options.force,
    withReferrers: options.referrers,
    concurrency: options.concurrency,
  };
}
