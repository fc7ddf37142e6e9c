import type { ConflictPolicy } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, encodedOf } from '../../oci/digest.ts';

/** What to do about a destination tag. */
export type TagDecision = 'unchanged' | 'write' | 'skip' | 'fail' | 'backup';

/** Decides by what the tag stands for now and what it should stand for. */
export function decideTag(
  present: Descriptor | undefined,
  wanted: Digest,
  policy: ConflictPolicy,
  isForced: boolean,
): TagDecision {
  if (present === undefined) return 'write';
  if (present.digest === wanted) return isForced ? 'write' : 'unchanged';
  return policy === 'overwrite' ? 'write' : policy;
}

const longestTag = 128;

/** The tag under which the old image stays reachable: its name, then twelve digits of its digest. */
export function backupTag(tag: string, old: Digest): string {
  const suffix = `-was-${encodedOf(old).slice(0, 12)}`;
  return `${tag.slice(0, longestTag - suffix.length)}${suffix}`;
}
