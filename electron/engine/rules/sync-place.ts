import { type Digest, parseDigest } from '../../oci/digest.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { formatRepository, isTag, parseReference, parseRepository, type RepositoryName } from '../../oci/reference.ts';

/** A source or destination of image-syncer's files, taken apart by its one grammar (IMAGE-SYNCER 3). */
export interface WrittenPlace {
  readonly repository: RepositoryName;
  readonly tags?: readonly string[];
  readonly pattern?: string;
  readonly digest?: Digest;
  /** True for `repo:tag@digest`, of which only the digest counts. */
  readonly hasTagBesideDigest: boolean;
}

/** Where docker's reading of a name and image-syncer's part. */
export interface ShortName {
  readonly written: string;
  readonly meant: string;
  /** What image-syncer takes for a host. */
  readonly first: string;
}

/** The place in `text`: `repo`, `repo:tag`, `repo:t1,t2`, `repo:/re/` or `repo@digest`; throws OciError. */
export function parsePlace(text: string): WrittenPlace {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    throw new OciError(`${quoted(text)} is a URL; leave out what is before the host`);
  const patternAt = text.indexOf(':/');
  if (patternAt >= 0) return parsePatternPlace(text, patternAt);
  const at = text.indexOf('@');
  if (at >= 0) {
    const digest = parseDigest(text.slice(at + 1));
    const { tag, host, path } = parseReference(text.slice(0, at));
    return { repository: { host, path }, digest, hasTagBesideDigest: tag !== undefined };
  }
  const [first = '', ...rest] = text.split(',').map((part) => part.trim());
  const { tag, host, path } = parseReference(first);
  if (tag === undefined && rest.length > 0) throw new OciError(`${quoted(text)} has a comma but no tag before it`);
  for (const more of rest) if (!isTag(more)) throw new OciError(`${quoted(more)} is not a tag`);
  const repository = { host, path };
  return tag === undefined
    ? { repository, hasTagBesideDigest: false }
    : { repository, tags: [tag, ...rest], hasTagBesideDigest: false };
}

function parsePatternPlace(text: string, at: number): WrittenPlace {
  const pattern = text.slice(at + 2, -1);
  if (!text.endsWith('/') || pattern === '')
    throw new OciError(`the expression of ${quoted(text)} must be between two slashes`);
  if (pattern.includes('/,')) throw new OciError('only one expression is read; join several with |');
  if (pattern.includes('/')) throw new OciError('the expression has a slash, and no tag has one');
  return { repository: parseRepository(text.slice(0, at)), pattern, hasTagBesideDigest: false };
}

/** The part of a place before its tags, expression or digest, where a `$` cannot be. */
export function nameOf(text: string): string {
  const patternAt = text.indexOf(':/');
  return patternAt < 0 ? text : text.slice(0, patternAt);
}

/**
 * Where image-syncer would read another host: without a tag it splits at the first slash, so that `team/app` is on the
 * host `team`; docker and we read docker.io.
 */
export function shortNameOf(text: string, place: WrittenPlace): ShortName | undefined {
  if (place.tags !== undefined || place.digest !== undefined) return undefined;
  const written = nameOf(text);
  const first = written.slice(0, Math.max(0, written.indexOf('/')));
  if (first === '' || /[.:]/.test(first) || first.toLowerCase() === 'localhost') return undefined;
  return { written, meant: formatRepository(place.repository), first };
}
