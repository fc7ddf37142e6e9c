import { algorithmOf, type Digest, encodedOf } from './digest.ts';

/** The suffixes of cosign's tag scheme: signature, attestation, SBOM. */
export const cosignSuffixes: readonly string[] = ['sig', 'att', 'sbom'];

/** The tag that stands in for the referrers API (distribution-spec v1.1.1, "Referrers Tag Schema"). */
export function referrersTag(digest: Digest): string {
  const clean = (text: string): string => text.replace(/[^A-Za-z0-9._-]/g, '-');
  return `${clean(algorithmOf(digest).slice(0, 32))}-${clean(encodedOf(digest).slice(0, 64))}`;
}

/** The tags under which cosign keeps what belongs to `digest`. */
export function cosignTags(digest: Digest): readonly string[] {
  return cosignSuffixes.map((suffix) => `${algorithmOf(digest)}-${encodedOf(digest)}.${suffix}`);
}

/** True for tags of those two schemes: hidden from lists, carried along with their image. */
export function isReferrersTag(tag: string): boolean {
  return /^(?:sha256-[a-f0-9]{64}|sha512-[a-f0-9]{64,128})(?:\.[a-z]+)?$/.test(tag);
}
