import { OciError, quoted } from '../../oci/oci-error.ts';
import { isReferrersTag } from '../../oci/referrers.ts';
import { type Finding, finding } from './findings.ts';
import { parseGlob } from './glob.ts';
import { type GoPattern, parseGoPattern } from './go-pattern.ts';
import { newestFirst, parseRange, versionOf } from './version-order.ts';

/**
 * Which tags of a repository are meant. A tag is chosen when `tags` names it, or when it passes all of: one of `globs`
 * or `patterns` (any tag when both are empty), `range`, `prereleases`; of these the `newest`. Nothing given means all
 * tags; `tags` alone means no others. `exclude` takes away from everything.
 */
export interface Selection {
  readonly tags?: readonly string[];
  readonly globs?: readonly string[];
  /** Go regular expressions that match a tag from end to end. */
  readonly patterns?: readonly string[];
  /** A semver range; partial versions count as `.0`. */
  readonly range?: string;
  /** True takes them into the range, false leaves them out everywhere; without it semver's own rule holds in a range. */
  readonly prereleases?: boolean;
  readonly newest?: number;
  /** Globs, or `/expression/` that matches from end to end. */
  readonly exclude?: readonly string[];
}

/** Why a tag was chosen or not. */
export type Reason =
  | { readonly kind: 'all' | 'named' | 'referrer' | 'not-named' | 'not-matched' | 'no-version' | 'prerelease' }
  | { readonly kind: 'matched' | 'excluded' | 'in-range' | 'out-of-range'; readonly by: string }
  | { readonly kind: 'newest' | 'too-old'; readonly rank: number };

/** What became of one tag. */
export interface Verdict {
  readonly tag: string;
  readonly isChosen: boolean;
  readonly reason: Reason;
}

/** What a selection gives. */
export interface SelectedTags {
  /** In the order given, or newest first when `newest` is asked for. */
  readonly chosen: readonly string[];
  /** One for each tag, in the order given. */
  readonly verdicts: readonly Verdict[];
  /** Named tags that the repository does not have. */
  readonly missing: readonly string[];
  /** With an `error` among them nothing is chosen. */
  readonly findings: readonly Finding[];
}

/** When tags were made, in milliseconds or as ISO 8601; with it `newest` goes by date. */
export type TagDates = ReadonlyMap<string, number | string>;

/** Chooses tags and says of each why. Tags of signatures and other referrers are never chosen: they travel with their image. */
export function selectTags(given: readonly string[], selection: Selection, dates?: TagDates): SelectedTags {
  const tags = [...new Set(given)];
  const missing = [...new Set(selection.tags)].filter((tag) => !tags.includes(tag));
  const read = readSelection(selection);
  if ('findings' in read) return { chosen: [], verdicts: [], missing, findings: read.findings };
  const verdicts = new Map(tags.map((tag) => [tag, judge(tag, selection, read)]));
  const { newest } = selection;
  let order = tags;
  if (newest !== undefined) {
    const ranked = tags.toSorted(dates === undefined ? newestFirst : byDate(dates));
    const candidates = ranked.filter((tag) => isCandidate(verdicts.get(tag)));
    candidates.forEach((tag, at) => {
      const isChosen = at < newest;
      verdicts.set(tag, { tag, isChosen, reason: { kind: isChosen ? 'newest' : 'too-old', rank: at + 1 } });
    });
    order = ranked;
  }
  return {
    chosen: order.filter((tag) => verdicts.get(tag)?.isChosen),
    verdicts: tags.flatMap((tag) => verdicts.get(tag) ?? []),
    missing,
    findings: [],
  };
}

/** The selection compiled. */
interface ReadSelection {
  readonly named: ReadonlySet<string>;
  readonly includes: readonly GoPattern[];
  readonly excludes: readonly GoPattern[];
  readonly range: ReturnType<typeof parseRange>;
  readonly isOnlyNamed: boolean;
}

function readSelection(selection: Selection): ReadSelection | { readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const compile = (text: string, isGlob: boolean): readonly GoPattern[] => {
    try {
      return [isGlob ? parseGlob(text) : parseGoPattern(text)];
    } catch (thrown) {
      if (!(thrown instanceof OciError)) throw thrown;
      const values = { pattern: quoted(text), problem: thrown.message };
      findings.push(finding(isGlob ? 'bad-glob' : 'bad-pattern', {}, values));
      return [];
    }
  };
  const { tags = [], globs = [], patterns = [], exclude = [], newest } = selection;
  const includes = [
    ...globs.flatMap((text) => compile(text, true)),
    ...patterns.flatMap((text) => compile(text, false)),
  ];
  const excludes = exclude.flatMap((text) => {
    const isPattern = text.length > 2 && text.startsWith('/') && text.endsWith('/');
    return compile(isPattern ? text.slice(1, -1) : text, !isPattern);
  });
  const range = selection.range === undefined ? undefined : parseRange(selection.range, selection.prereleases === true);
  if (selection.range !== undefined && range === undefined) {
    findings.push(finding('bad-range', {}, { range: quoted(selection.range) }));
  }
  if (newest !== undefined && !(Number.isSafeInteger(newest) && newest > 0)) {
    findings.push(finding('bad-newest', {}, { count: String(newest) }));
  }
  if (findings.length > 0) return { findings };
  const isOnlyNamed =
    tags.length > 0 &&
    includes.length === 0 &&
    range === undefined &&
    newest === undefined &&
    selection.prereleases === undefined;
  return { named: new Set(tags), includes, excludes, range, isOnlyNamed };
}

function judge(tag: string, selection: Selection, read: ReadSelection): Verdict {
  const no = (reason: Reason): Verdict => ({ tag, isChosen: false, reason });
  const yes = (reason: Reason): Verdict => ({ tag, isChosen: true, reason });
  if (isReferrersTag(tag)) return no({ kind: 'referrer' });
  const excluded = read.excludes.find((pattern) => pattern.matches(tag));
  if (excluded !== undefined) return no({ kind: 'excluded', by: excluded.text });
  if (read.named.has(tag)) return yes({ kind: 'named' });
  if (read.isOnlyNamed) return no({ kind: 'not-named' });
  const matched = read.includes.find((pattern) => pattern.matches(tag));
  if (read.includes.length > 0 && matched === undefined) return no({ kind: 'not-matched' });
  const version = versionOf(tag);
  if (selection.prereleases === false && version?.isPrerelease) return no({ kind: 'prerelease' });
  if (read.range !== undefined) {
    const by = selection.range ?? '';
    if (version === undefined) return no({ kind: 'no-version' });
    if (!read.range.test(version.version)) {
      return no(
        version.isPrerelease && selection.prereleases !== true ? { kind: 'prerelease' } : { kind: 'out-of-range', by },
      );
    }
    return yes({ kind: 'in-range', by });
  }
  return yes(matched === undefined ? { kind: 'all' } : { kind: 'matched', by: matched.text });
}

/** True for what the newest are counted among: not for named tags. */
function isCandidate(verdict: Verdict | undefined): boolean {
  return verdict?.isChosen === true && verdict.reason.kind !== 'named';
}

/** Newest first; tags without a readable date come last. */
function byDate(dates: TagDates): (a: string, b: string) => number {
  const timeOf = (tag: string): number => {
    const date = dates.get(tag);
    const time = typeof date === 'string' ? Date.parse(date) : (date ?? Number.NaN);
    return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
  };
  return (a, b) => {
    const [left, right] = [timeOf(a), timeOf(b)];
    return left === right ? newestFirst(a, b) : right - left;
  };
}
