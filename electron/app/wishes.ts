import type { CopyWish, CopyWishOptions } from '../contract/requests.ts';
import { parsePlatform } from '../oci/platform.ts';
import { formatReference, parseReference, type Reference, withDefaultTag } from '../oci/reference.ts';
import { isReferrersTag } from '../oci/referrers.ts';
import { copyError, type CopyError, type CopyOptions, type Engine } from '../engine/engine.ts';
import type { CopyRequest } from '../engine/engine.ts';

/** What was wished, in the engine's words; throws CopyError or OciError for what cannot be read, before anything is asked. */
export interface ReadWish {
  readonly source: Reference;
  readonly destinations: readonly Reference[];
  readonly allTags: boolean;
  readonly options: CopyOptions;
}

/** Reads a wish. */
export function readWish(wish: CopyWish): ReadWish {
  const source = parsePlace(wish.source);
  const destinations = wish.destinations.map(parsePlace);
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
    const tag = named.tag;
    return [{ source: named, targets: destinations.map((to) => target(to, to.tag ?? tag)) }];
  }
  const tags = (await engine.tags(source, signal)).filter((tag) => !isReferrersTag(tag));
  return tags.map((tag) => ({ source: { ...source, tag }, targets: destinations.map((to) => target(to, tag)) }));
}

function target(to: Reference, tag: string | undefined): CopyRequest['targets'][number] {
  return { host: to.host, path: to.path, ...(tag === undefined ? {} : { tag }) };
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

const otherPlaces = /^(?:library|oci|oci-archive|docker-archive):/;

/** A reference to a registry; other places are named, so that nobody takes them for a short name of Docker Hub. */
function parsePlace(text: string): Reference {
  const place = otherPlaces.exec(text)?.[0];
  if (place !== undefined)
    throw refuse(`${place} is not a place this version copies from or to; name a registry: host/repository:tag`);
  return parseReference(text);
}

function refuse(message: string): CopyError {
  return copyError('invalid', { side: 'local', op: 'arguments', subject: 'copy', message });
}
