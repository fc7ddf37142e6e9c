import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { CopyError } from '../kernel/errors.ts';
import { apiPath, type RepositoryContext, send } from './context.ts';

/** A blob this small costs about as much to send twice as to ask for. */
const smallBytes = 1024 * 1024;
/** So many small blobs are looked for one by one; for more the repository is asked once whether it is there at all. */
const fewBlobs = 2;
/** After so many new repositories of a host the next one is taken for new as well, and asked for that instead of for a tag. */
const newOnes = 4;

/**
 * Whether a repository is one that nothing was tagged in yet, so that small blobs need not be looked for one by one.
 * Large ones are: an earlier push that broke off leaves blobs behind and no tag.
 */
export class FirstPush {
  readonly #context: RepositoryContext;
  readonly #brought = new Set<Digest>();
  #isFirst: Promise<boolean> | undefined;
  #holdsSomething = false;

  constructor(context: RepositoryContext) {
    this.#context = context;
  }

  /** A tag was found there; before the repository was asked about, that settles it. */
  foundTag(): void {
    if (this.#isFirst === undefined) this.#holdsSomething = true;
  }

  /** A blob was found there: one that we did not bring shows that others may be there too. */
  foundBlob(blob: Descriptor): void {
    if (!this.#brought.has(blob.digest)) this.#holdsSomething = true;
  }

  /** A blob is about to be brought; from now on only the registry knows whether it is there. */
  brings(blob: Descriptor): void {
    this.#brought.add(blob.digest);
  }

  /** Told what may be looked for; asks at most once. */
  async expect(blobs: readonly Descriptor[], signal: AbortSignal): Promise<void> {
    if (this.#holdsSomething || blobs.filter(isSmall).length <= fewBlobs) return;
    await this.#ask(signal);
  }

  /**
   * True when the repository is not there, so that it has no tag either; asks only where the last ones of this host were new, and
   * only before anything else is known.
   */
  async isNew(signal: AbortSignal): Promise<boolean> {
    const { newRepositoriesInARow = 0 } = this.#context.host.learned;
    if (this.#isFirst !== undefined || this.#holdsSomething || newRepositoriesInARow < newOnes) return false;
    return this.#ask(signal);
  }

  #ask(signal: AbortSignal): Promise<boolean> {
    const { learned } = this.#context.host;
    this.#isFirst ??= isUnknown(this.#context, signal).then(
      (isNew) => {
        learned.newRepositoriesInARow = isNew ? (learned.newRepositoriesInARow ?? 0) + 1 : 0;
        return isNew;
      },
      (thrown: unknown) => {
        // who asked was cancelled; the next one asks anew
        this.#isFirst = undefined;
        throw thrown;
      },
    );
    return this.#isFirst;
  }

  /** True when `blob` cannot be there but by a push of somebody else at this moment, which costs no more than sending it twice. */
  async lacks(blob: Descriptor): Promise<boolean> {
    if (this.#isFirst === undefined || this.#holdsSomething || !isSmall(blob)) return false;
    return !this.#brought.has(blob.digest) && (await this.#isFirst);
  }
}

function isSmall(blob: Descriptor): boolean {
  return blob.size <= smallBytes;
}

/** True when the registry says by name that there is no such repository; every other answer says nothing. */
async function isUnknown(context: RepositoryContext, signal: AbortSignal): Promise<boolean> {
  try {
    // distribution-spec v1.1.1, "Listing Tags"
    const request = {
      method: 'GET',
      target: apiPath(context, 'tags/list?n=1'),
      op: 'tags.list',
      subject: context.path,
      isIdempotent: true,
      maxBytes: 16 * 1024 * 1024,
    } as const;
    await send(context, request, signal);
    return false;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return thrown instanceof CopyError && thrown.codes.includes('NAME_UNKNOWN');
  }
}
