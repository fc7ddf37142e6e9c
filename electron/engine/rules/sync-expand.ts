import { formatRepository, type Reference, type RepositoryName } from '../../oci/reference.ts';
import { isReferrersTag } from '../../oci/referrers.ts';
import { type Finding, finding } from './findings.ts';
import { parseGoPattern } from './go-pattern.ts';
import type { ReferencePair } from './pairs.ts';
import { formatSyncPlace, type RefusedPair, type SyncDestination, type SyncRule } from './sync-rule.ts';

/** What a rule comes to, once the tags of its source are known. */
export interface ExpandedRule {
  /** By source, in the order of the tags; for each the destinations in the order of the rule. */
  readonly pairs: readonly ReferencePair[];
  /** Destinations that cannot be copied to. */
  readonly refused: readonly RefusedPair[];
  /** All that was found, those of `refused` included. */
  readonly findings: readonly Finding[];
}

/** True when the rule speaks of tags that only the registry knows. */
export function needsTags(rule: SyncRule): boolean {
  return rule.source.choice.kind === 'all' || rule.source.choice.kind === 'matching';
}

/**
 * The pairs that a rule means. `sourceTags` are all tags of its source repository, asked for only when `needsTags`;
 * tags of signatures and other referrers are passed over, since those travel with their images.
 */
export function expandRule(rule: SyncRule, sourceTags: readonly string[] = []): ExpandedRule {
  const { repository, choice } = rule.source;
  if (choice.kind === 'digest') {
    const source = { ...repository, digest: choice.digest };
    const pairs = rule.destinations.map((destination) => ({
      source,
      destination:
        destination.choice.kind === 'named'
          ? withTag(destination.repository, destination.choice.tags[0])
          : { ...destination.repository, digest: choice.digest },
    }));
    return { pairs, refused: [], findings: [] };
  }
  const tags = choice.kind === 'named' ? choice.tags : openTags(rule, sourceTags);
  if (tags.length === 0) return withoutTags(rule);
  const refused: RefusedPair[] = [];
  const namers: ((tag: string, at: number) => Reference | undefined)[] = [];
  for (const destination of rule.destinations) {
    const problem = countProblem(rule, destination, tags.length);
    if (problem === undefined) namers.push(namerFor(destination, tags, needsTags(rule)));
    else
      refused.push({
        source: formatSyncPlace(rule.source),
        destination: formatSyncPlace(destination),
        line: rule.line,
        finding: problem,
      });
  }
  const pairs = tags.flatMap((tag, at) => {
    const source = { ...repository, tag };
    return namers
      .map((name) => name(tag, at))
      .filter((destination) => destination !== undefined)
      .map((destination) => ({ source, destination }));
  });
  // A destination's own expression may have left nothing.
  if (pairs.length === 0 && refused.length === 0) return withoutTags(rule);
  return { pairs, refused, findings: refused.map((each) => each.finding) };
}

function openTags(rule: SyncRule, sourceTags: readonly string[]): readonly string[] {
  const { choice } = rule.source;
  const visible = [...new Set(sourceTags)].filter((tag) => !isReferrersTag(tag));
  return choice.kind === 'matching' ? visible.filter(parseGoPattern(choice.pattern).finds) : visible;
}

function withoutTags(rule: SyncRule): ExpandedRule {
  const where = { line: rule.line, rule: rule.name };
  return { pairs: [], refused: [], findings: [finding('no-tag-matches', where)] };
}

/** Counts are compared for the whole destination before anything moves. */
function countProblem(rule: SyncRule, destination: SyncDestination, resolved: number): Finding | undefined {
  if (destination.choice.kind !== 'named' || destination.choice.tags.length === resolved) return undefined;
  return finding(
    'tag-count-mismatch',
    { line: rule.line, rule: rule.name },
    {
      destination: formatRepository(destination.repository),
      named: String(destination.choice.tags.length),
      resolved: String(resolved),
    },
  );
}

/** Gives each tag its name at a destination; undefined for one that does not go there. */
function namerFor(
  { repository, choice }: SyncDestination,
  tags: readonly string[],
  isOpen: boolean,
): (tag: string, at: number) => Reference | undefined {
  if (choice.kind === 'same') return (tag) => ({ ...repository, tag });
  if (choice.kind === 'matching') {
    const pattern = parseGoPattern(choice.pattern);
    return (tag) => (pattern.finds(tag) ? { ...repository, tag } : undefined);
  }
  if (!isOpen) return (_, at) => withTag(repository, choice.tags[at]);
  // The order registries list tags in (distribution-spec v1.1.1, "Listing Tags"), whatever order we got them in.
  const places = new Map(tags.toSorted((a, b) => (a < b ? -1 : 1)).map((tag, place) => [tag, place]));
  return (tag, at) => withTag(repository, choice.tags[places.get(tag) ?? at]);
}

function withTag(repository: RepositoryName, tag: string | undefined): Reference {
  return tag === undefined ? repository : { ...repository, tag };
}
