import { createHash, type Hash } from 'node:crypto';
import { type Digest, type DigestAlgorithm, parseDigest } from '../../oci/digest.ts';

/** The digest of bytes as they pass; keeps none of them. */
export class Digester {
  readonly algorithm: DigestAlgorithm;
  #sizeBytes = 0;
  readonly #hash: Hash;

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  /** Bytes that passed so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes the next bytes. */
  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#sizeBytes += chunk.byteLength;
  }

  /** The digest of everything so far; more may follow. */
  digest(): Digest {
    return parseDigest(`${this.algorithm}:${this.#hash.copy().digest('hex')}`);
  }
}
