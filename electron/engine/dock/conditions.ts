import type { Digest } from '../../oci/digest.ts';

/** The entity tag of content: its digest, quoted. */
export function entityTag(digest: Digest): string {
  return `"${digest}"`;
}

/** True when an If-None-Match header names the content (RFC 9110, 13.1.2). */
export function isUnchanged(header: string | undefined, digest: Digest): boolean {
  if (header === undefined) return false;
  return header.split(',').some((part) => {
    const tag = part.trim().replace(/^W\//, '');
    return tag === '*' || tag === entityTag(digest);
  });
}
