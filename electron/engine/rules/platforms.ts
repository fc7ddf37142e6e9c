import type { AttestationPolicy } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { asObject } from '../../oci/fields.ts';
import { type Index, isAttestation } from '../../oci/manifest.ts';
import { matchesPlatform, type Platform } from '../../oci/platform.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';
import { acceptsPlatform, isEveryPlatform, type SyncPlatforms } from './sync-platforms.ts';

/** What of an index travels. */
export interface ContentPolicy {
  /** Only these platforms; all when empty. */
  readonly platforms: readonly Platform[];
  readonly attestations: AttestationPolicy;
  /** image-syncer's wish instead: an index stays an index, and entries without a platform pass. */
  readonly syncPlatforms?: SyncPlatforms;
}

/** What a policy makes of an index. */
export type IndexChoice =
  | { readonly kind: 'whole' }
  /** One manifest is left: it goes under the tag itself. */
  | { readonly kind: 'single'; readonly entry: Descriptor }
  /** A new index without some entries; its digest differs, and signatures of the old one do not cover it. */
  | { readonly kind: 'smaller'; readonly raw: Uint8Array; readonly dropped: readonly Descriptor[] }
  | { readonly kind: 'nothing' };

/** True when the policy can change what is copied, so that a manifest must be looked at before its digest is known. */
export function canChangeContent(policy: ContentPolicy): boolean {
  return choosesPlatforms(policy) || policy.attestations === 'drop';
}

/** True when not every platform travels. */
export function choosesPlatforms({ platforms, syncPlatforms }: ContentPolicy): boolean {
  return platforms.length > 0 || (syncPlatforms !== undefined && !isEveryPlatform(syncPlatforms));
}

/** True when an entry of this platform travels. */
export function acceptsOf(policy: ContentPolicy, platform: Platform | undefined): boolean {
  const { platforms, syncPlatforms } = policy;
  if (syncPlatforms !== undefined && !acceptsPlatform(syncPlatforms, platform)) return false;
  if (platforms.length === 0) return true;
  return platform !== undefined && platforms.some((wanted) => matchesPlatform(wanted, platform));
}

/** Chooses the entries of an index that travel. Attestations follow the entry they speak of. */
export function chooseEntries(index: Index, policy: ContentPolicy): IndexChoice {
  const isChoosing = choosesPlatforms(policy);
  const wanted = index.manifests.filter((entry) => !isAttestation(entry) && acceptsOf(policy, entry.platform));
  const wantedDigests = new Set<string>(wanted.map((entry) => entry.digest));
  const follows = (entry: Descriptor): boolean => {
    if (!isAttestation(entry)) return wantedDigests.has(entry.digest) && acceptsOf(policy, entry.platform);
    const about = entry.annotations?.['vnd.docker.reference.digest'];
    return policy.attestations === 'keep' && (about === undefined ? !isChoosing : wantedDigests.has(about));
  };
  const kept = index.manifests.map(follows);
  const [single] = wanted;
  if (isChoosing && single === undefined) return { kind: 'nothing' };
  if (policy.platforms.length > 0 && single !== undefined && wanted.length === 1)
    return { kind: 'single', entry: single };
  if (kept.every(Boolean)) return { kind: 'whole' };
  return { kind: 'smaller', raw: withoutEntries(index, kept), dropped: index.manifests.filter((_, at) => !kept[at]) };
}

/** The same document with some entries left out; every field we do not know stays as it was. */
function withoutEntries(index: Index, kept: readonly boolean[]): Uint8Array {
  const object = asObject(parseStrictJson(decodeUtf8(index.raw)), 'index');
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    name === 'manifests' && Array.isArray(value) ? value.filter((_, at) => kept[at]) : value,
  ]);
  return encodeUtf8(JSON.stringify(Object.fromEntries(entries)));
}
