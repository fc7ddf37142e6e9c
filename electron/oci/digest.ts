import { OciError, quoted } from './oci-error.ts';

declare const digestBrand: unique symbol;

/** A content digest whose grammar was checked: `sha256:` and 64, or `sha512:` and 128, lower-case hex digits. */
export type Digest = string & { readonly [digestBrand]: true };

/** The algorithms we can compute. image-spec registers more; those are recognised and refused. */
export type DigestAlgorithm = 'sha256' | 'sha512';

// image-spec v1.1.1, descriptor.md, "Digests"
const supported = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;
const grammar = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** True for a digest that may be used in a path, a URL or a file name. */
export function isDigest(text: string): text is Digest {
  return supported.test(text);
}

/** The digest in `text`; throws OciError, `unsupported` for a well formed digest of another algorithm. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const algorithm = text.slice(0, text.indexOf(':'));
  if (grammar.test(text) && algorithm !== 'sha256' && algorithm !== 'sha512') {
    throw new OciError(`digest algorithm ${quoted(algorithm)} is not supported`, 'unsupported');
  }
  throw new OciError(`${quoted(text)} is not a digest`);
}

/** The algorithm before the colon. */
export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}

/** The hex digits after the colon. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The digest as people see it: the algorithm and twelve digits. */
export function shortDigest(digest: Digest): string {
  return `${algorithmOf(digest)}:${encodedOf(digest).slice(0, 12)}`;
}
