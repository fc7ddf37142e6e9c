import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest } from '../../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../../oci/manifest.ts';
import { naturallySorted } from '../../oci/natural-order.ts';
import { digestOf } from '../content/digest-of.ts';
import { referrerOf } from '../content/referrer-of.ts';
import { asCopyError, copyError, type CopyError, type ErrorFacts } from '../kernel/errors.ts';
import type { LeasePool } from '../kernel/leases.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { ManifestName, ResolvedManifest, Source } from '../ports/places.ts';
import { readEntry } from './entry.ts';
import type { FileContent, FileImage } from './image-file.ts';
import { Tap } from './tap.ts';

/** One repository inside a file. */
export class FileSource implements Source {
  readonly name: string;
  /** Never the name of a network host, so that nothing is mounted from it. */
  readonly host: string;
  readonly path: string;
  readonly leases: LeasePool;
  readonly #file: string;
  readonly #content: FileContent;
  readonly #images: readonly FileImage[];

  constructor(file: string, content: FileContent, { host, path }: Pick<FileImage, 'host' | 'path'>, leases: LeasePool) {
    this.#file = file;
    this.#content = content;
    this.#images = content.images.filter((other) => other.host === host && other.path === path);
    this.path = path ?? file;
    this.host = `file ${file}`;
    this.name = path === undefined ? file : `${file}:${host === undefined ? '' : `${host}/`}${path}`;
    this.leases = leases;
  }

  async resolve(tag: string): Promise<Descriptor> {
    const image = this.#images.find((one) => one.tag === tag);
    if (image === undefined)
      throw this.#error('not-found', 'manifest.get', `${this.path}:${tag}`, `has no tag ${tag} of ${this.path}`);
    return image.descriptor;
  }

  async manifest(name: ManifestName, signal: AbortSignal): Promise<ResolvedManifest> {
    const wanted = 'tag' in name ? await this.resolve(name.tag) : name;
    const { digest, size, mediaType } = wanted;
    try {
      const entry = await this.#content.find(digest);
      if (entry === undefined)
        throw this.#error('not-found', 'manifest.get', digest, `does not hold manifest ${digest} of ${this.path}`);
      const raw = await readEntry(entry, `manifest ${digest}`, maxManifestBytes, signal);
      if (digestOf(raw, algorithmOf(digest)) !== digest || (size !== undefined && size !== raw.byteLength))
        throw this.#error(
          'integrity',
          'manifest.get',
          digest,
          `holds other bytes than manifest ${digest} in ${entry.file}`,
          { hint: 'source-corrupt' },
        );
      const document = parseManifest(raw, mediaType);
      return { document, descriptor: { mediaType: document.mediaType, digest, size: raw.byteLength } };
    } catch (thrown) {
      throw asCopyError(thrown, { side: 'source', op: 'manifest.get', subject: digest });
    }
  }

  async read(blob: Descriptor, from: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
    const { digest, size } = blob;
    const entry = await this.#content.find(digest);
    if (entry === undefined) throw this.#missing(blob);
    if (entry.sizeBytes !== size)
      throw this.#error(
        'integrity',
        'blob.get',
        digest,
        `holds ${entry.sizeBytes} bytes of blob ${digest} in ${entry.file}; it has ${size}`,
        { hint: 'source-corrupt' },
      );
    await entry.pour(from, size, new Tap(sink, digest, signal));
  }

  async tags(): Promise<readonly string[]> {
    return naturallySorted([...new Set(this.#images.flatMap(({ tag }) => tag ?? []))]);
  }

  async referrers(digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    for (const { subject, descriptor } of this.#images) {
      if (subject !== digest || found.some((other) => other.digest === descriptor.digest)) continue;
      const { document } = await this.manifest(descriptor, signal);
      found.push(referrerOf(document, descriptor.digest));
    }
    return found;
  }

  #missing({ digest, size }: Descriptor): CopyError {
    const isExpected = this.#content.expected.some((other) => other.digest === digest);
    const what = isExpected
      ? `leaves out blob ${digest} (${size} bytes) of ${this.path}, because the site was known to hold it`
      : `does not hold blob ${digest} of ${this.path}`;
    return this.#error('missing-content', 'blob.get', digest, what);
  }

  #error(
    kind: CopyError['kind'],
    op: string,
    subject: string,
    what: string,
    facts: Partial<ErrorFacts> = {},
  ): CopyError {
    return copyError(kind, { side: 'source', op, subject, message: `file ${this.#file} ${what}`, ...facts });
  }
}
