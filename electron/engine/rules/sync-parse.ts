import { OciError, quoted } from '../../oci/oci-error.ts';
import { type ConfigEntry, type ConfigNode, isNull, isTyped } from './config-node.ts';
import { type Finding, finding, type FindingCode, type Where } from './findings.ts';
import { findsEverything, parseGoPattern } from './go-pattern.ts';
import { nameOf, parsePlace, shortNameOf, type WrittenPlace } from './sync-place.ts';
import {
  formatSyncPlace,
  type RefusedPair,
  type SyncDestination,
  type SyncRule,
  type SyncSource,
} from './sync-rule.ts';
import { type Variables, variable, wholeVariable } from './variables.ts';

/** What one entry of a file of rules says. */
export interface ReadRule {
  readonly rule?: SyncRule;
  readonly refused: readonly RefusedPair[];
  readonly findings: readonly Finding[];
}

/** A reason why a source or a destination cannot be used. */
class Refusal extends Error {
  readonly finding: Finding;

  constructor(found: Finding) {
    super(found.text);
    this.finding = found;
  }
}

/** Reads `source: destination`; what is wrong with one destination does not touch the others. */
export function readRule(entry: ConfigEntry, variables: Variables): ReadRule {
  const name = shown(entry.key);
  const where: Where = { line: entry.line, rule: name };
  const findings: Finding[] = [];
  const refused: RefusedPair[] = [];
  const refuse = (destination: string, line: number, found: Finding): void => {
    findings.push(found);
    refused.push({ source: entry.key, destination, line, finding: found });
  };
  const given = givenDestinations(entry.value);
  let source: SyncSource;
  try {
    source = readSource(entry.key, where, findings);
  } catch (thrown) {
    const found = refusalOf(thrown);
    findings.push(found);
    const texts = given.length === 0 ? [''] : given.map(textOfNode);
    return {
      refused: texts.map((destination) => ({ source: entry.key, destination, line: entry.line, finding: found })),
      findings,
    };
  }
  if (given.length === 0) refuse('', entry.line, finding('empty-destination', where));
  const destinations = new Map<string, SyncDestination>();
  for (const node of given) {
    const at: Where = { line: node.line, rule: name };
    try {
      const destination = readDestination(node, source, variables, at, findings);
      const full = formatSyncPlace(destination);
      if (destinations.has(full)) findings.push(finding('duplicate-destination', at, { destination: full }));
      else destinations.set(full, destination);
    } catch (thrown) {
      refuse(textOfNode(node), node.line, refusalOf(thrown));
    }
  }
  if (destinations.size === 0) return { refused, findings };
  const rule: SyncRule = { name, line: entry.line, source, destinations: [...destinations.values()] };
  return { rule, refused, findings };
}

/** The destinations as they are given; an empty text, an empty list and null are all none. */
function givenDestinations(value: ConfigNode): readonly ConfigNode[] {
  if (value.kind === 'list') return value.items;
  return isNull(value) ? [] : [value];
}

function textOfNode(node: ConfigNode): string {
  return node.kind === 'text' && !isTyped(node) ? node.text : '';
}

function readSource(text: string, where: Where, findings: Finding[]): SyncSource {
  if (nameOf(text).includes('$')) throw new Refusal(finding('dollar-in-source', where));
  const place = orRefuse('bad-source', where, {}, () => parsePlace(text));
  const { repository, tags, pattern, digest } = place;
  const short = shortNameOf(text, place);
  if (short !== undefined) findings.push(finding('short-name', where, { ...short }));
  if (place.hasTagBesideDigest) findings.push(finding('tag-beside-digest', where, { reference: shown(text) }));
  if (digest !== undefined) return { repository, choice: { kind: 'digest', digest } };
  if (tags !== undefined) return { repository, choice: { kind: 'named', tags } };
  if (pattern === undefined) return { repository, choice: { kind: 'all' } };
  checkPattern(pattern, where, findings);
  return { repository, choice: { kind: 'matching', pattern } };
}

function readDestination(
  node: ConfigNode,
  source: SyncSource,
  variables: Variables,
  where: Where,
  findings: Finding[],
): SyncDestination {
  const text = expandDestination(node, variables, where);
  const destination = shown(text);
  const place = orRefuse('bad-destination', where, { destination }, () => parsePlace(text));
  const { repository, tags, pattern } = place;
  const short = shortNameOf(text, place);
  if (short !== undefined) findings.push(finding('short-destination', where, { ...short }));
  checkDigests(place, source, destination, where, findings);
  if (pattern !== undefined) {
    if (source.choice.kind === 'digest') throw new Refusal(finding('pattern-for-digest', where, { destination }));
    checkPattern(pattern, where, findings);
    findings.push(finding('destination-pattern', where, { destination }));
    return { repository, choice: { kind: 'matching', pattern } };
  }
  if (tags === undefined) return { repository, choice: { kind: 'same' } };
  const resolved = sourceCount(source);
  if (resolved === undefined) findings.push(finding('rename-of-open-list', where, { destination }));
  else if (resolved !== tags.length) {
    const values = { destination, named: String(tags.length), resolved: String(resolved) };
    throw new Refusal(finding('tag-count-mismatch', where, values));
  }
  return { repository, choice: { kind: 'named', tags } };
}

/** The text of a destination: a variable's value when all of it is one, else as it stands. */
function expandDestination(node: ConfigNode, variables: Variables, where: Where): string {
  if (isNull(node) || (node.kind === 'text' && node.text.trim() === '')) {
    throw new Refusal(finding('empty-destination', where));
  }
  if (node.kind !== 'text' || isTyped(node)) throw new Refusal(finding('destination-not-text', where));
  const name = wholeVariable(node.text);
  const value = name === undefined ? node.text : variable(variables, name)?.trim();
  if (name !== undefined && !value) throw new Refusal(finding('variable-not-set', where, { variable: name }));
  const text = value ?? '';
  if (nameOf(text).includes('$')) {
    throw new Refusal(finding('unresolved-variable', where, { destination: shown(text) }));
  }
  return text;
}

function checkDigests(
  place: WrittenPlace,
  source: SyncSource,
  destination: string,
  where: Where,
  findings: Finding[],
): void {
  if (place.digest === undefined) return;
  if (source.choice.kind !== 'digest') throw new Refusal(finding('digest-without-digest', where, { destination }));
  if (source.choice.digest !== place.digest) throw new Refusal(finding('digest-mismatch', where, { destination }));
  if (place.hasTagBesideDigest) findings.push(finding('tag-beside-digest', where, { reference: destination }));
}

/** How many tags a source has, where that is known without asking the registry. */
function sourceCount({ choice }: SyncSource): number | undefined {
  if (choice.kind === 'digest') return 1;
  return choice.kind === 'named' ? choice.tags.length : undefined;
}

function checkPattern(text: string, where: Where, findings: Finding[]): void {
  const values = { pattern: quoted(text) };
  const pattern = orRefuse('bad-pattern', where, values, () => parseGoPattern(text));
  if (findsEverything(pattern)) findings.push(finding('pattern-matches-all', where, values));
}

function orRefuse<Value>(
  code: FindingCode,
  where: Where,
  values: Readonly<Record<string, string>>,
  read: () => Value,
): Value {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof OciError) throw new Refusal(finding(code, where, { ...values, problem: thrown.message }));
    throw thrown;
  }
}

function refusalOf(thrown: unknown): Finding {
  if (thrown instanceof Refusal) return thrown.finding;
  throw thrown;
}

/** A text from the file as it may be shown. */
function shown(text: string): string {
  return quoted(text).slice(1, -1);
}
