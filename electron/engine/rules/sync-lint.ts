import { formatReference, formatRepository, type RepositoryName } from '../../oci/reference.ts';
import { type Finding, finding } from './findings.ts';
import { expandRule, needsTags } from './sync-expand.ts';
import type { SyncRule } from './sync-rule.ts';

/** What rules do to one another and to places that are known to be picky; one finding for each pair of rules and place. */
export function lintRules(rules: readonly SyncRule[]): readonly Finding[] {
  return [...lintPlaces(rules), ...lintTags(rules), ...lintRepositories(rules)].toSorted(
    (a, b) => (a.where.line ?? 0) - (b.where.line ?? 0),
  );
}

function lintPlaces(rules: readonly SyncRule[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules) {
    const where = { line: rule.line, rule: rule.name };
    for (const { repository, choice } of rule.destinations) {
      const destination = formatRepository(repository);
      if (repository.host !== 'docker.io' && !repository.path.includes('/')) {
        findings.push(finding('short-destination-path', where, { destination, ...repository }));
      }
      const isSame = choice.kind !== 'named' && isSameRepository(repository, rule.source.repository);
      if (isSame) findings.push(finding('onto-itself', where, { destination }));
    }
  }
  return findings;
}

/** The same tag from two sources, where both are known from the file alone. */
function lintTags(rules: readonly SyncRule[]): readonly Finding[] {
  const findings: Finding[] = [];
  const writers = new Map<string, { readonly rule: SyncRule; readonly source: string }>();
  for (const rule of rules) {
    if (needsTags(rule)) continue;
    for (const pair of expandRule(rule).pairs) {
      if (pair.destination.digest !== undefined && pair.destination.tag === undefined) continue;
      const destination = formatReference(pair.destination);
      const source = formatReference(pair.source);
      const other = writers.get(destination);
      if (other === undefined) writers.set(destination, { rule, source });
      else if (other.source !== source) {
        const where = { line: rule.line, rule: rule.name };
        findings.push(finding('same-destination', where, { destination, other: placeOf(other.rule) }));
      }
    }
  }
  return findings;
}

/** One repository filled from two, where only the registry knows with which tags. */
function lintRepositories(rules: readonly SyncRule[]): readonly Finding[] {
  const findings: Finding[] = [];
  const writers = new Map<string, { readonly first: SyncRule; open: boolean }>();
  for (const rule of rules) {
    for (const { repository } of rule.destinations) {
      const destination = formatRepository(repository);
      const known = writers.get(destination);
      const isOpen = needsTags(rule);
      if (known === undefined) {
        writers.set(destination, { first: rule, open: isOpen });
        continue;
      }
      known.open ||= isOpen;
      const isOther = !isSameRepository(known.first.source.repository, rule.source.repository);
      if (known.open && isOther) {
        const where = { line: rule.line, rule: rule.name };
        findings.push(finding('shared-repository', where, { destination, other: placeOf(known.first) }));
      }
    }
  }
  return findings;
}

function placeOf(rule: SyncRule): string {
  return `${rule.name}, line ${rule.line}`;
}

function isSameRepository(a: RepositoryName, b: RepositoryName): boolean {
  return a.host === b.host && a.path === b.path;
}
