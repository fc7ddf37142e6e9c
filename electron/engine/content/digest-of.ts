import { createHash } from 'node:crypto';
import { type Digest, type DigestAlgorithm, parseDigest } from '../../oci/digest.ts';

/** The digest of bytes that are all there. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`);
}
