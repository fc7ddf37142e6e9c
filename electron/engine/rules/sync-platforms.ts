import { OciError, quoted } from '../../oci/oci-error.ts';
import { matchesPlatform, type Platform } from '../../oci/platform.ts';

/**
 * image-syncer's `--os` and `--arch`. Each list stands by itself: an entry passes when it matches one of each list that
 * is not empty. An entry that does not say its os or its architecture passes that list.
 */
export interface SyncPlatforms {
  readonly os: readonly { readonly name: string; readonly version?: string }[];
  readonly architectures: readonly { readonly name: string; readonly variant?: string }[];
}

/** The flags as typed, `os[:osversion]` and `arch[:variant]`; empty texts are dropped; throws OciError. */
export function parseSyncPlatforms(os: readonly string[], architectures: readonly string[]): SyncPlatforms {
  return {
    os: os.filter(Boolean).map((text) => {
      const [name, version] = split(text, '--os', 'os or os:osversion');
      return { name, ...(version === undefined ? {} : { version }) };
    }),
    architectures: architectures.filter(Boolean).map((text) => {
      const [name, variant] = split(text, '--arch', 'architecture or architecture:variant');
      return { name, ...(variant === undefined ? {} : { variant }) };
    }),
  };
}

/** image-syncer takes `amd64,arm64` for one name that nothing has, and copies nothing; here it is refused. */
function split(text: string, flag: string, form: string): readonly [string, string | undefined] {
  const match = /^([A-Za-z0-9_]+)(?::([A-Za-z0-9_.-]+))?$/.exec(text.trim());
  const repeat = text.includes(',') ? `; give ${flag} once for each` : '';
  if (match === null) throw new OciError(`${quoted(text)} is no ${form}${repeat}`);
  return [match[1] ?? '', match[2]];
}

/** True when nothing is asked for, so that everything is copied. */
export function isEveryPlatform(wanted: SyncPlatforms): boolean {
  return wanted.os.length === 0 && wanted.architectures.length === 0;
}

/**
 * True when an entry of an index passes. Unlike image-syncer `arm64:v8` passes an entry that leaves `v8` unsaid, as
 * most do, and the other way about; a version of an os must be the same to the last digit.
 */
export function acceptsPlatform(wanted: SyncPlatforms, platform: Partial<Platform> | undefined): boolean {
  const { os, architecture, variant, osVersion } = platform ?? {};
  const passesOs =
    wanted.os.length === 0 ||
    !os ||
    wanted.os.some(({ name, version }) => name === os && (version === undefined || version === (osVersion ?? '')));
  if (!passesOs) return false;
  if (wanted.architectures.length === 0 || !architecture) return true;
  return wanted.architectures.some((each) =>
    matchesPlatform(
      { os: '', architecture: each.name, ...(each.variant === undefined ? {} : { variant: each.variant }) },
      { os: '', architecture, ...(variant === undefined ? {} : { variant }) },
    ),
  );
}
