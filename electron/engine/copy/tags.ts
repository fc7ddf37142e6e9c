import type { ConflictPolicy, Notice } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { shortDigest } from '../../oci/digest.ts';
import type { Clock } from '../kernel/clock.ts';
import { copyError } from '../kernel/errors.ts';
import type { Destination } from '../ports/places.ts';
import { backupTag, decideTag, type TagDecision } from '../rules/conflicts.ts';

/** What a destination tag stands for, and what is to be done about it. */
export interface TagState {
  readonly present: Descriptor | undefined;
  readonly decision: Exclude<TagDecision, 'fail'>;
}

/** How tags that stand for something else are met. */
export interface TagPolicy {
  readonly onConflict: ConflictPolicy;
  readonly isForced: boolean;
}

/** Looks at a tag and decides; throws `conflict` when the policy is to fail. */
export async function lookAtTag(
  destination: Destination,
  tag: string,
  wanted: Descriptor,
  policy: TagPolicy,
  signal: AbortSignal,
): Promise<TagState> {
  return judgeTag(destination, tag, await destination.find(tag, signal), wanted, policy);
}

/** Decides about a tag that stands for `present`; throws `conflict` when the policy is to fail. */
export function judgeTag(
  destination: Destination,
  tag: string,
  present: Descriptor | undefined,
  wanted: Descriptor,
  policy: TagPolicy,
): TagState {
  const decision = decideTag(present, wanted.digest, policy.onConflict, policy.isForced);
  if (decision !== 'fail') return { present, decision };
  const name = `${destination.name}:${tag}`;
  const message = `destination ${name} is ${present?.digest ?? 'something else'}, not ${wanted.digest}`;
  throw copyError('conflict', { side: 'destination', op: 'tag.decide', subject: name, message });
}

/** What to tell of a tag that will stand for something else; puts the old image under a tag of its own if it is to be kept. */
export async function keepOrTell(
  destination: Destination,
  tag: string,
  { present, decision }: TagState,
  wanted: Descriptor,
  signal: AbortSignal,
): Promise<Notice | undefined> {
  if (present === undefined || present.digest === wanted.digest) return undefined;
  const was = `${destination.name}:${tag} was ${shortDigest(present.digest)}`;
  if (decision !== 'backup') return { kind: 'overwritten', text: was };
  const kept = backupTag(tag, present.digest);
  await destination.publish(await destination.manifest(present, signal), kept, signal);
  return { kind: 'backed-up', text: `${was} and stays under ${kept}` };
}

/** A registry may need a moment until it shows what it accepted. */
const pausesMs: readonly number[] = [1000, 3000];

/**
 * Re-reads what was published: copied means that it can be read (RELIABILITY fact 4, INV-1). False when the tag stands for
 * something that neither was there before nor came from us, while ours is still there by its digest (F-38).
 */
export async function confirmPublished(
  destination: Destination,
  tag: string | undefined,
  wanted: Descriptor,
  before: Descriptor | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  for (const pauseMs of [...pausesMs, undefined]) {
    if (tag === undefined) {
      if (await destination.hasManifest(wanted, signal)) return true;
    } else {
      const found = await destination.find(tag, signal);
      if (found?.digest === wanted.digest) return true;
      const isNew = found !== undefined && found.digest !== before?.digest;
      if (isNew && (await destination.hasManifest(wanted, signal))) return false;
    }
    if (pauseMs !== undefined) await clock.sleep(pauseMs, signal);
  }
  const subject = `${destination.path}${tag === undefined ? `@${wanted.digest}` : `:${tag}`}`;
  throw copyError('integrity', {
    side: 'destination',
    op: 'tag.confirm',
    subject,
    message: `destination ${destination.host} accepted ${subject} and does not show it`,
    hint: 'destination-corrupt',
  });
}
