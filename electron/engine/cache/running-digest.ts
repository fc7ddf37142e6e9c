import { createHash, type Hash } from 'node:crypto';
import { algorithmOf, type Digest, type DigestAlgorithm, parseDigest } from '../../oci/digest.ts';

/** The digest of bytes as they pass, which can go on in two ways from any point. */
export class RunningDigest {
  readonly #algorithm: DigestAlgorithm;
  readonly #hash: Hash;
  #sizeBytes: number;

  constructor(algorithm: DigestAlgorithm, hash: Hash = createHash(algorithm), sizeBytes = 0) {
    this.#algorithm = algorithm;
    this.#hash = hash;
    this.#sizeBytes = sizeBytes;
  }

  /** Nothing yet, by the algorithm of `digest`. */
  static for(digest: Digest): RunningDigest {
    return new RunningDigest(algorithmOf(digest));
  }

  /** Bytes that passed so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes the next bytes. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.byteLength;
  }

  /** Another one that has seen the same bytes. */
  fork(): RunningDigest {
    return new RunningDigest(this.#algorithm, this.#hash.copy(), this.#sizeBytes);
  }

  /** The digest of everything so far; more may follow. */
  digest(): Digest {
    return parseDigest(`${this.#algorithm}:${this.#hash.copy().digest('hex')}`);
  }
}
