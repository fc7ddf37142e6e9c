import type { AttestationPolicy } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { asObject } from '../../oci/fields.ts';
import { type Index, isAttestation } from '../../oci/manifest.ts';
import { matchesPlatform, type Platform } from '../../oci/platform.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';

/** What of an index travels. */
export interface ContentPolicy {
  /** Only these platforms; all when empty. */
  readonly platforms: readonly Platform[];
  readonly attestations: AttestationPolicy;
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
  return policy.platforms.length > 0 || policy.attestations === 'drop';
}

/** Chooses the entries of an index that travel. Attestations follow the entry they speak of. */
export function chooseEntries(index: Index, policy: ContentPolicy): IndexChoice {
  const wanted = index.manifests.filter((entry) => !isAttestation(entry) && isWanted(entry, policy.platforms));
  const wantedDigests = new Set<string>(wanted.map((entry) => entry.digest));
  const follows = (entry: Descriptor): boolean => {
    if (!isAttestation(entry)) return wantedDigests.has(entry.digest) && isWanted(entry, policy.platforms);
    const about = entry.annotations?.['vnd.docker.reference.digest'];
    return (
      policy.attestations === 'keep' && (about === undefined ? policy.platforms.length === 0 : wantedDigests.has(about))
    );
  };
  const kept = index.manifests.map(follows);
  const [single] = wanted;
  if (policy.platforms.length > 0 && single === undefined) return { kind: 'nothing' };
  if (policy.platforms.length > 0 && single !== undefined && wanted.length === 1)
    return { kind: 'single', entry: single };
  if (kept.every(Boolean)) return { kind: 'whole' };
  return { kind: 'smaller', raw: withoutEntries(index, kept), dropped: index.manifests.filter((_, at) => !kept[at]) };
}

function isWanted(entry: Descriptor, platforms: readonly Platform[]): boolean {
  if (platforms.length === 0) return true;
  const { platform } = entry;
  return platform !== undefined && platforms.some((wanted) => matchesPlatform(wanted, platform));
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
