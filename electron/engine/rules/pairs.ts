import { formatReference, formatRepository, type Reference, withDefaultTag } from '../../oci/reference.ts';

/** One image and where it goes; a destination without a tag is published under its digest. */
export interface ReferencePair {
  readonly source: Reference;
  readonly destination: Reference;
}

/** One image and all places it goes to. */
export interface SourceWithDestinations {
  readonly source: Reference;
  readonly destinations: readonly Reference[];
}

/** A destination tag that several sources want. */
export interface PairConflict {
  readonly destination: Reference;
  /** In the order of the pairs, each once. */
  readonly sources: readonly Reference[];
}

/** The pairs without repetition, in the order of their first mention. */
export function uniquePairs(pairs: readonly ReferencePair[]): readonly ReferencePair[] {
  const seen = new Set<string>();
  return pairs.filter((pair) => {
    const key = `${sourceKey(pair.source)} ${destinationKey(pair)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The pairs by source, each source and each destination once, in the order of their first mention. */
export function groupBySource(pairs: readonly ReferencePair[]): readonly SourceWithDestinations[] {
  const groups = new Map<string, { source: Reference; destinations: Reference[] }>();
  for (const pair of uniquePairs(pairs)) {
    const key = sourceKey(pair.source);
    const group = groups.get(key) ?? { source: pair.source, destinations: [] };
    group.destinations.push(pair.destination);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Destination tags that different sources want; the same content by digest under two tags is no conflict. */
export function findConflicts(pairs: readonly ReferencePair[]): readonly PairConflict[] {
  const wanted = new Map<string, { destination: Reference; sources: Map<string, Reference> }>();
  for (const pair of pairs) {
    const key = destinationKey(pair);
    if (key.includes('@')) continue;
    const place = wanted.get(key) ?? { destination: withSourceTag(pair), sources: new Map<string, Reference>() };
    const content = pair.source.digest ?? sourceKey(pair.source);
    if (!place.sources.has(content)) place.sources.set(content, pair.source);
    wanted.set(key, place);
  }
  return [...wanted.values()]
    .filter((place) => place.sources.size > 1)
    .map(({ destination, sources }) => ({ destination, sources: [...sources.values()] }));
}

function sourceKey(source: Reference): string {
  if (source.digest !== undefined) return `${formatRepository(source)}@${source.digest}`;
  return formatReference(withDefaultTag(source));
}

/** By tag where there is one, which is what two sources may fight for; else by digest. */
function destinationKey(pair: ReferencePair): string {
  const { tag, digest, host, path } = withSourceTag(pair);
  const name = formatRepository({ host, path });
  return tag === undefined ? `${name}@${digest ?? pair.source.digest ?? ''}` : `${name}:${tag}`;
}

/** The destination of a pair; one that names neither tag nor digest takes what the source has. */
export function withSourceTag({ source, destination }: ReferencePair): Reference {
  if (destination.tag !== undefined || destination.digest !== undefined) return destination;
  const { tag, digest } = withDefaultTag(source);
  if (tag !== undefined) return { ...destination, tag };
  return digest === undefined ? destination : { ...destination, digest };
}
