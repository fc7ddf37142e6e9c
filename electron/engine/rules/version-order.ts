import semver from 'semver';
import { naturalOrder } from '../../oci/natural-order.ts';

/** A tag read as a version. */
export interface TagVersion {
  readonly version: semver.SemVer;
  /** True for `1.2.3-rc.1`, and for variants such as `1.2.3-alpine`, which semver cannot tell apart. */
  readonly isPrerelease: boolean;
}

// A lone number of more than four digits is a date or a build, and 2024-01-31 a date.
const form =
  /^(?!\d{4}-\d\d(?:-|$))[vV]?(\d{1,4}(?=$|[-_])|\d{1,9}(?=\.))(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(-[0-9A-Za-z.-]+)?(?:_([0-9A-Za-z.-]+))?$/;

/**
 * The version in a tag: `v1.2.3`, `1.2`, `24.04`, `1.2.3-rc.1`, and Helm's `1.2.3_build` for `1.2.3+build`; missing
 * parts count as 0 and leading zeros are dropped. Undefined when it is none.
 */
export function versionOf(tag: string): TagVersion | undefined {
  const match = form.exec(tag);
  if (match === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', prerelease = '', build] = match;
  const numbers = [major, minor, patch].map((part) => String(Number(part))).join('.');
  const version = semver.parse(`${numbers}${prerelease}${build === undefined ? '' : `+${build}`}`);
  return version === null ? undefined : { version, isPrerelease: version.prerelease.length > 0 };
}

/** The range in `text`; undefined when it cannot be read. */
export function parseRange(text: string, withPrereleases: boolean): semver.Range | undefined {
  if (text.trim() === '' || text.length > 256) return undefined;
  try {
    return new semver.Range(text, { includePrerelease: withPrereleases });
  } catch {
    return undefined;
  }
}

/** Newest first: versions by semver before what is none, and that by natural order. Total. */
export function newestFirst(a: string, b: string): number {
  const [left, right] = [versionOf(a), versionOf(b)];
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    return right === undefined ? naturalOrder(b, a) : 1;
  }
  return semver.compareBuild(right.version, left.version) || naturalOrder(b, a);
}
