import type { Descriptor } from '../../../electron/oci/descriptor.ts';
import { type Digest, parseDigest } from '../../../electron/oci/digest.ts';
import { parseManifest } from '../../../electron/oci/manifest.ts';
import { digestOf } from '../../../electron/engine/content/digest-of.ts';
import { copyError, type CopyError } from '../../../electron/engine/kernel/errors.ts';
import type { ByteSink } from '../../../electron/engine/ports/byte-sink.ts';
import type {
  BlobContent,
  Destination,
  ManifestName,
  Published,
  ResolvedManifest,
  UploadSession,
} from '../../../electron/engine/ports/places.ts';
import { closureOf, type SampleManifest } from '../../fakes/images.ts';

/** What of a place a test takes into its own hands. */
export type Behaviour = Partial<
  Pick<Destination, 'hasBlob' | 'mount' | 'send' | 'publish' | 'read' | 'referrers' | 'tags' | 'find'>
>;

/** The descriptor of bytes. */
export function describe(bytes: Uint8Array, mediaType = 'application/octet-stream'): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
}

/** A failure of a place. */
export function failure(
  kind: CopyError['kind'],
  side: CopyError['side'],
  advice: 'again' | 'never' = 'never',
): CopyError {
  return copyError(kind, { side, op: 'test', subject: 'test', advice: { do: advice } });
}

/** A repository in memory that writes down what was asked of it. */
export class MemoryPlace implements Destination {
  readonly host: string;
  readonly path: string;
  readonly leases = { size: 6 };
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, ResolvedManifest>();
  readonly tagged = new Map<string, Digest>();
  readonly log: string[] = [];
  readonly dropped: string[] = [];
  behaviour: Behaviour = {};
  listsSubjects = true;

  constructor(name: string, ...contents: readonly SampleManifest[]) {
    const at = name.indexOf('/');
    this.host = name.slice(0, at);
    this.path = name.slice(at + 1);
    for (const content of contents) this.hold(content);
  }

  get name(): string {
    return `${this.host}/${this.path}`;
  }

  hold(content: SampleManifest, tag?: string): void {
    for (const manifest of closureOf(content)) {
      const document = parseManifest(manifest.raw, manifest.mediaType);
      const descriptor = describe(manifest.raw, manifest.mediaType);
      this.manifests.set(manifest.digest, { document, descriptor });
      for (const blob of manifest.blobs) this.blobs.set(blob.digest, blob.bytes());
    }
    if (tag !== undefined) this.tagged.set(tag, parseDigest(content.digest));
  }

  async find(tag: string, signal: AbortSignal): Promise<Descriptor | undefined> {
    this.#note(`find ${tag}`, signal);
    if (this.behaviour.find !== undefined) return this.behaviour.find(tag, signal);
    return this.manifests.get(this.tagged.get(tag) ?? '')?.descriptor;
  }

  async resolve(tag: string, signal: AbortSignal): Promise<Descriptor> {
    const found = await this.find(tag, signal);
    if (found === undefined) throw failure('not-found', 'source');
    return found;
  }

  async manifest(name: ManifestName, signal: AbortSignal): Promise<ResolvedManifest> {
    const digest = 'tag' in name ? this.tagged.get(name.tag) : name.digest;
    this.#note(`manifest ${'tag' in name ? name.tag : name.digest}`, signal);
    const found = this.manifests.get(digest ?? '');
    if (found === undefined) throw failure('not-found', 'source');
    return found;
  }

  foresee(): Promise<CopyError | undefined> {
    return Promise.resolve(undefined);
  }

  async hasManifest({ digest }: Descriptor, signal: AbortSignal): Promise<boolean> {
    this.#note(`hasManifest ${digest}`, signal);
    return this.manifests.has(digest);
  }

  async read(blob: Descriptor, from: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
    this.#note(`read ${blob.digest} ${from}`, signal);
    if (this.behaviour.read !== undefined) return this.behaviour.read(blob, from, sink, signal);
    const bytes = this.blobs.get(blob.digest);
    if (bytes === undefined) throw failure('missing-content', 'source');
    await pour(bytes.subarray(from), sink, 64 * 1024, signal);
  }

  async tags(signal: AbortSignal): Promise<readonly string[]> {
    this.#note('tags', signal);
    return this.behaviour.tags === undefined ? [...this.tagged.keys()] : this.behaviour.tags(signal);
  }

  async referrers(digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined> {
    this.#note(`referrers ${digest}`, signal);
    return this.behaviour.referrers?.(digest, signal);
  }

  async hasBlob(blob: Descriptor, signal: AbortSignal): Promise<boolean | undefined> {
    this.#note(`hasBlob ${blob.digest}`, signal);
    return this.behaviour.hasBlob === undefined ? this.blobs.has(blob.digest) : this.behaviour.hasBlob(blob, signal);
  }

  async mount(blob: Descriptor, fromPath: string, signal: AbortSignal): Promise<boolean | UploadSession> {
    this.#note(`mount ${fromPath}`, signal);
    if (this.behaviour.mount !== undefined) return this.behaviour.mount(blob, fromPath, signal);
    this.blobs.set(blob.digest, Buffer.alloc(0));
    return true;
  }

  async send(
    content: BlobContent,
    session: UploadSession | undefined,
    sent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#note(`send${session === undefined ? '' : ` into ${session.location.pathname}`}`, signal);
    if (this.behaviour.send !== undefined) return this.behaviour.send(content, session, sent, signal);
    this.blobs.set(content.descriptor.digest, await drain(content, sent, signal));
  }

  async drop(session: UploadSession): Promise<void> {
    this.dropped.push(session.location.pathname);
  }

  async publish(manifest: ResolvedManifest, tag: string | undefined, signal: AbortSignal): Promise<Published> {
    this.#note(`publish ${tag ?? manifest.descriptor.digest}`, signal);
    if (this.behaviour.publish !== undefined) return this.behaviour.publish(manifest, tag, signal);
    this.manifests.set(manifest.descriptor.digest, manifest);
    if (tag !== undefined) this.tagged.set(tag, manifest.descriptor.digest);
    return { listsSubject: this.listsSubjects };
  }

  /** How often something was asked, by how its line begins. */
  count(start: string): number {
    return this.log.filter((line) => line.startsWith(start)).length;
  }

  #note(line: string, signal: AbortSignal): void {
    signal.throwIfAborted();
    this.log.push(line);
  }
}

/** Writes bytes into a sink in pieces, pausing when it asks to. */
export async function pour(bytes: Uint8Array, sink: ByteSink, pieceBytes: number, signal: AbortSignal): Promise<void> {
  let resume = (): void => undefined;
  sink.onRoom?.(() => resume());
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    await Promise.resolve();
    signal.throwIfAborted();
    if (sink.write(bytes.subarray(at, at + pieceBytes))) continue;
    const room = Promise.withResolvers<void>();
    resume = room.resolve;
    const stop = (): void => room.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    await room.promise.finally(() => signal.removeEventListener('abort', stop));
  }
}

/** All bytes of a content as an upload takes them. */
export async function drain(content: BlobContent, sent: (bytes: number) => void, signal: AbortSignal): Promise<Buffer> {
  const { bytes } = content;
  if (bytes !== undefined) {
    sent(bytes.byteLength);
    return Buffer.from(bytes);
  }
  const reader = content.open();
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of reader) {
      signal.throwIfAborted();
      pieces.push(piece);
      sent(piece.byteLength);
    }
  } finally {
    reader.close();
  }
  return Buffer.concat(pieces);
}
