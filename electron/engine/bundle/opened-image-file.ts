import type { Failure } from '../../contract/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import type { LeasePool } from '../kernel/leases.ts';
import type { Source } from '../ports/places.ts';
import { FileSource } from './file-source.ts';
import type { BundleFacts, FileContent, FileImage, FileVerification, ImageFile, ImageFileKind } from './image-file.ts';
import { digestsIn, verifyContent } from './verify-file.ts';

/** Blobs read from one file at a time: disks that have to seek become slow with many. */
const readsAtOnce = 4;

/** What was found when a file was opened. */
export interface OpenedFacts {
  readonly kind: ImageFileKind;
  readonly name: string;
  readonly content: FileContent;
  readonly bundle?: BundleFacts;
  readonly problems?: readonly Failure[];
  readonly close: () => Promise<void>;
}

/** See {@link ImageFile}; the same for every format. */
export class OpenedImageFile implements ImageFile {
  readonly kind: ImageFileKind;
  readonly name: string;
  readonly bundle: BundleFacts | undefined;
  readonly problems: readonly Failure[];
  readonly #content: FileContent;
  readonly #leases: LeasePool = { size: readsAtOnce };
  readonly #close: () => Promise<void>;

  constructor({ kind, name, content, bundle, problems = [], close }: OpenedFacts) {
    this.kind = kind;
    this.name = name;
    this.bundle = bundle;
    this.problems = problems;
    this.#content = content;
    this.#close = close;
  }

  get images(): readonly FileImage[] {
    return this.#content.images;
  }

  get notices(): readonly string[] {
    return this.#content.notices;
  }

  get expected(): FileContent['expected'] {
    return this.#content.expected;
  }

  source({ host, path }: Pick<FileImage, 'host' | 'path'>): Source {
    return new FileSource(this.name, this.#content, { host, path }, this.#leases);
  }

  verify(received: (bytes: number) => void, signal: AbortSignal): Promise<FileVerification> {
    return verifyContent(this.#content, this.#anySource, this.problems, received, signal);
  }

  digests(signal: AbortSignal): Promise<ReadonlySet<Digest>> {
    return digestsIn(this.#content, this.#anySource, signal);
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Repositories of a file share their content. */
  get #anySource(): Source {
    return this.source({ host: undefined, path: undefined });
  }
}
