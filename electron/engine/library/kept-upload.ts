import type { Digest } from '../../oci/digest.ts';
import type { Upload } from '../ports/library.ts';

/** Has a blob kept: `commit` puts its bytes in place. */
export type Keep = (digest: Digest, commit: () => Promise<void>) => Promise<void>;

/** An upload to the cache that becomes readable in a repository when it is committed. */
export class KeptUpload implements Upload {
  readonly #upload: Upload;
  readonly #keep: Keep;

  constructor(upload: Upload, keep: Keep) {
    this.#upload = upload;
    this.#keep = keep;
  }

  get sizeBytes(): number {
    return this.#upload.sizeBytes;
  }

  append(chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#upload.append(chunk, signal);
  }

  commit(digest: Digest, signal: AbortSignal): Promise<void> {
    return this.#keep(digest, () => this.#upload.commit(digest, signal));
  }

  abort(): Promise<void> {
    return this.#upload.abort();
  }
}
