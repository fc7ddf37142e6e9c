import type { Failure } from '../../contract/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { childrenOf, type ManifestDocument } from '../../oci/manifest.ts';
import { isIndexType, isManifestType } from '../../oci/media-types.ts';
import { asCopyError, copyError, type CopyError, failureOf, throwIfCancelled } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { Source } from '../ports/places.ts';
import { BlobTarget } from './blob-target.ts';
import type { FileContent, FileVerification } from './image-file.ts';

const deepest = 8;
const hashedAtOnce = 2;

/**
 * Reads everything that the images need, each piece once. What is expected at the site counts as there.
 * @param source any repository of the file: they share their content
 */
export async function verifyContent(
  content: FileContent,
  source: Source,
  found: readonly Failure[],
  received: (bytes: number) => void,
  signal: AbortSignal,
): Promise<FileVerification> {
  const check = new ContentCheck(content, source, received, signal);
  for (const { descriptor } of content.images) await check.manifest(descriptor, 0);
  const blobs = [...check.blobs.values()];
  await mapLimited(blobs, hashedAtOnce, (blob) => check.blob(blob));
  return {
    images: content.images.map((image) => ({ image, isComplete: check.isComplete(image.descriptor.digest) })),
    manifests: check.documents.size,
    blobs: blobs.length,
    bytes: blobs.reduce((sum, { size }) => sum + size, 0),
    problems: [...found, ...[...check.problems.values()].map(failureOf)],
  };
}

/** Every digest below the images of a file, as far as its manifests are there. */
export async function digestsIn(
  content: FileContent,
  source: Source,
  signal: AbortSignal,
): Promise<ReadonlySet<Digest>> {
  const check = new ContentCheck(content, source, () => {}, signal);
  for (const { descriptor } of content.images) await check.manifest(descriptor, 0);
  const there: Digest[] = [...check.documents.keys(), ...content.expected.map(({ digest }) => digest)];
  for (const { digest } of check.blobs.values()) if ((await content.find(digest)) !== undefined) there.push(digest);
  return new Set(there);
}

class ContentCheck {
  readonly documents = new Map<Digest, ManifestDocument>();
  readonly blobs = new Map<Digest, Descriptor>();
  readonly problems = new Map<Digest, CopyError>();
  readonly #content: FileContent;
  readonly #expected: ReadonlyMap<Digest, number>;
  /** By digest: an index may be reached on very many ways. */
  readonly #complete = new Map<Digest, boolean>();
  readonly #source: Source;
  readonly #received: (bytes: number) => void;
  readonly #signal: AbortSignal;

  constructor(content: FileContent, source: Source, received: (bytes: number) => void, signal: AbortSignal) {
    this.#content = content;
    this.#expected = new Map(content.expected.map(({ digest, size }) => [digest, size]));
    this.#source = source;
    this.#received = received;
    this.#signal = signal;
  }

  async manifest(descriptor: Descriptor, depth: number): Promise<void> {
    const { digest, mediaType } = descriptor;
    if (this.documents.has(digest) || this.problems.has(digest)) return;
    try {
      if (depth > deepest) throw this.#tooDeep(digest);
      const { document } = await this.#source.manifest(descriptor, this.#signal);
      this.documents.set(digest, document);
      for (const child of childrenOf(document)) {
        if (document.kind === 'index') await this.manifest(child, depth + 1);
        else this.#want(child);
      }
    } catch (thrown) {
      const error = this.#problem(thrown, 'manifest.verify', digest);
      // an entry of an index may be a blob, when its type is none of a manifest
      const isManifest = isIndexType(mediaType) || isManifestType(mediaType);
      if (depth > 0 && !isManifest && (error.kind === 'unsupported' || error.kind === 'invalid'))
        this.#want(descriptor);
      else this.problems.set(digest, error);
    }
  }

  async blob(blob: Descriptor): Promise<void> {
    const target = new BlobTarget(blob, async (chunk) => this.#received(chunk.byteLength));
    try {
      await this.#source.read(blob, 0, target, this.#signal);
      await target.finish();
    } catch (thrown) {
      const error = this.#problem(thrown, 'blob.verify', blob.digest);
      const entry = await this.#content.find(blob.digest).catch(() => undefined);
      this.problems.set(
        blob.digest,
        error.kind === 'integrity' && entry !== undefined ? otherBytes(blob, entry.file) : error,
      );
    }
  }

  /** True when nothing below a manifest has a problem. */
  isComplete(digest: Digest): boolean {
    const known = this.#complete.get(digest);
    if (known !== undefined) return known;
    const document = this.documents.get(digest);
    const children = document === undefined ? [] : childrenOf(document);
    const isComplete = !this.problems.has(digest) && children.every((child) => this.isComplete(child.digest));
    this.#complete.set(digest, isComplete);
    return isComplete;
  }

  #want(blob: Descriptor): void {
    const { digest, size } = blob;
    const known = this.blobs.get(digest);
    if (known !== undefined && known.size !== size)
      this.problems.set(
        digest,
        copyError('invalid', {
          side: 'source',
          op: 'blob.verify',
          subject: digest,
          message: `${digest} is given two sizes`,
        }),
      );
    if (this.#expected.get(digest) !== size) this.blobs.set(digest, blob);
  }

  #problem(thrown: unknown, op: string, digest: Digest): CopyError {
    throwIfCancelled(this.#signal, digest);
    const error = asCopyError(thrown, { side: 'source', op, subject: digest });
    if (error.kind === 'internal') throw error;
    return error;
  }

  #tooDeep(digest: Digest): CopyError {
    const message = `${digest} lies in indexes that are nested deeper than ${deepest}`;
    return copyError('invalid', { side: 'source', op: 'manifest.verify', subject: digest, message });
  }
}

function otherBytes({ digest }: Descriptor, file: string): CopyError {
  const message = `${file} holds other bytes than blob ${digest}`;
  return copyError('integrity', {
    side: 'source',
    op: 'blob.verify',
    subject: digest,
    message,
    hint: 'source-corrupt',
  });
}
