import type { Failure } from '../contract/errors.ts';
import type { ImageResult } from '../contract/models.ts';
import {
  formatReference,
  formatRepository,
  type Reference,
  type RepositoryName,
  withDefaultTag,
} from '../oci/reference.ts';
import {
  asCopyError,
  assertNever,
  type CopyRequest,
  type Engine,
  expandRule,
  failureOf,
  findConflicts,
  finding,
  type Finding,
  formatSyncPlace,
  groupBySource,
  mapLimited,
  mapReference,
  needsTags,
  type ReferencePair,
  selectTags,
  type SyncRule,
  uniquePairs,
  withSourceTag,
} from '../engine/engine.ts';
import { contestedResult, failedResult, refusedResult } from './refused.ts';
import type { Origin, ReadWish } from './wishes.ts';

/** Every image of a wish with its destinations, and what is known to fail before anything moves. */
export interface Prepared {
  readonly requests: readonly CopyRequest[];
  readonly refused: readonly ImageResult[];
  /** What an operator should know, those of `refused` included. */
  readonly findings: readonly Finding[];
}

/** Every image of a job as its results will name it. */
export function imagesOf({ requests, refused }: Prepared): readonly Pick<ImageResult, 'source' | 'destination'>[] {
  const asked = requests.flatMap((request) => {
    const { source, targets } = request;
    return targets.map((target) => ({
      source: shownSource(request),
      destination: formatReference(
        target.tag === undefined && source.digest !== undefined ? { ...target, digest: source.digest } : target,
      ),
    }));
  });
  return [...refused, ...asked];
}

/** The image of a request as its result will name it: one in a file is not taken for the one in a registry. */
export function shownSource({
  source,
  from,
}: {
  readonly source: Reference;
  readonly from?: Pick<NonNullable<CopyRequest['from']>, 'source'>;
}): string {
  if (from === undefined) return formatReference(source);
  const { tag, digest } = source;
  return `${from.source.name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

interface Found {
  readonly pairs: readonly ReferencePair[];
  readonly refused: readonly ImageResult[];
  readonly findings: readonly Finding[];
}

const listsAtOnce = 8;

/**
 * Names every image of a wish; asks registries for lists of tags and for nothing else. A rule that cannot be carried out
 * fails by itself. Two sources for one destination tag fail both: which of them is meant, nobody can know.
 */
export async function prepare(engine: Pick<Engine, 'tags'>, wish: ReadWish, signal: AbortSignal): Promise<Prepared> {
  const found = await find(engine, wish.origin, signal);
  const fromFile = wish.refused.map(({ source, destination, finding }) => refusedResult(source, destination, finding));
  const conflicts = findConflicts(found.pairs);
  const contested = new Map(conflicts.map(({ destination, sources }) => [formatReference(destination), sources]));
  const clear: ReferencePair[] = [];
  const contestedResults: ImageResult[] = [];
  for (const pair of uniquePairs(found.pairs)) {
    const destination = withSourceTag(pair);
    const sources = contested.get(formatReference(destination));
    if (sources === undefined) clear.push(pair);
    else contestedResults.push(contestedResult(pair.source, destination, sources));
  }
  return {
    requests: groupBySource(clear).map(({ source, destinations }) => ({
      source: withDefaultTag(source),
      targets: destinations.map((destination) => targetOf(withSourceTag({ source, destination }))),
    })),
    refused: [...fromFile, ...found.refused, ...contestedResults],
    findings: [...wish.findings, ...found.findings],
  };
}

async function find(engine: Pick<Engine, 'tags'>, origin: Origin, signal: AbortSignal): Promise<Found> {
  switch (origin.kind) {
    case 'pairs':
      return all(origin.pairs);
    case 'list': {
      const rows = origin.sources.flatMap((source) =>
        origin.templates.map((template) => mapReference(template, source)),
      );
      return {
        pairs: rows.flatMap(({ source, destination }) => (destination === undefined ? [] : [{ source, destination }])),
        refused: rows.flatMap(({ source, finding }) =>
          finding === undefined ? [] : [refusedResult(formatReference(source), '', finding)],
        ),
        findings: [],
      };
    }
    case 'tags': {
      const { source, selection, destinations } = origin;
      const tags = await engine.tags(source, signal);
      const { chosen } = selectTags(tags, selection);
      const isNoneChosen = tags.length > 0 && chosen.length === 0;
      const pairs = chosen.flatMap((tag) =>
        destinations.map((to) => ({ source: { ...source, tag }, destination: to })),
      );
      return { pairs, refused: [], findings: isNoneChosen ? [finding('no-tag-matches', {})] : [] };
    }
    case 'rules':
      return expandRules(engine, origin.rules, signal);
    default:
      return assertNever(origin);
  }
}

/** Tags of each repository are asked for once, several repositories at a time; the order of the rules stays. */
async function expandRules(
  engine: Pick<Engine, 'tags'>,
  rules: readonly SyncRule[],
  signal: AbortSignal,
): Promise<Found> {
  const repositories = new Map<string, RepositoryName>();
  for (const rule of rules)
    if (needsTags(rule)) repositories.set(formatRepository(rule.source.repository), rule.source.repository);
  const tags = new Map<string, readonly string[]>();
  const failures = new Map<string, Failure>();
  await mapLimited([...repositories], listsAtOnce, async ([name, repository]) => {
    try {
      tags.set(name, await engine.tags(repository, signal));
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      failures.set(name, failureOf(asCopyError(thrown, { side: 'source', op: 'tags.list', subject: name })));
    }
  });
  const found = rules.map((rule): Found => {
    const name = formatRepository(rule.source.repository);
    const failure = needsTags(rule) ? failures.get(name) : undefined;
    if (failure !== undefined) {
      const source = formatSyncPlace(rule.source);
      const results = rule.destinations.map((each) => failedResult(source, formatSyncPlace(each), failure));
      return { pairs: [], refused: results, findings: [] };
    }
    const { pairs, refused, findings } = expandRule(rule, tags.get(name));
    return {
      pairs,
      findings,
      refused: refused.map((each) => refusedResult(each.source, each.destination, each.finding)),
    };
  });
  return {
    pairs: found.flatMap((each) => each.pairs),
    refused: found.flatMap((each) => each.refused),
    findings: found.flatMap((each) => each.findings),
  };
}

function all(pairs: readonly ReferencePair[]): Found {
  return { pairs, refused: [], findings: [] };
}

function targetOf({ host, path, tag }: Reference): CopyRequest['targets'][number] {
  return { host, path, ...(tag === undefined ? {} : { tag }) };
}
