import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { naturallySorted } from '../../oci/natural-order.ts';
import type { CopyError } from '../kernel/errors.ts';
import type { LeasePool } from '../kernel/leases.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type {
  BlobContent,
  Destination,
  ManifestName,
  Published,
  ResolvedManifest,
  UploadSession,
} from '../ports/places.ts';
import { headBlob, readBlob } from './blobs.ts';
import { apiPath, type RepositoryContext, scopesOf } from './context.ts';
import { FirstPush } from './first-push.ts';
import { getManifest, headManifest, noSuchTag, putManifest } from './manifests.ts';
import { listPages } from './paging.ts';
import { listReferrers } from './referrers.ts';
import { dropSession, mountBlob } from './sessions.ts';
import { sendBlob } from './uploads.ts';

/** A repository of a registry that speaks the distribution spec, to read from and to write to. */
export class Repository implements Destination {
  readonly #context: RepositoryContext;
  readonly #firstPush: FirstPush;

  constructor(context: RepositoryContext) {
    this.#context = context;
    this.#firstPush = new FirstPush(context);
  }

  get host(): string {
    return this.#context.host.name;
  }

  get path(): string {
    return this.#context.path;
  }

  get name(): string {
    return `${this.host}/${this.path}`;
  }

  get leases(): LeasePool {
    return this.#context.host.leases;
  }

  async resolve(tag: string, signal: AbortSignal): Promise<Descriptor> {
    const found = await headManifest(this.#context, { tag }, signal);
    if (found !== undefined) return found;
    throw noSuchTag(this.#context, tag);
  }

  async find(tag: string, signal: AbortSignal): Promise<Descriptor | undefined> {
    if (await this.#firstPush.isNew(signal)) return undefined;
    const found = await headManifest(this.#context, { tag }, signal);
    if (found !== undefined) this.#firstPush.foundTag();
    return found;
  }

  manifest(name: ManifestName, signal: AbortSignal): Promise<ResolvedManifest> {
    return getManifest(this.#context, name, signal);
  }

  async hasManifest(manifest: Descriptor, signal: AbortSignal): Promise<boolean> {
    return (await headManifest(this.#context, manifest, signal)) !== undefined;
  }

  async foresee(signal: AbortSignal): Promise<CopyError | undefined> {
    const { authorizer, host, path, side, meter } = this.#context;
    const origin = await host.origin(signal);
    const scopes = scopesOf(this.#context);
    return authorizer.lacking(
      { host: host.name, origin, repository: path, scopes, side, subject: path, meter },
      signal,
    );
  }

  read(blob: Descriptor, from: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
    return readBlob(this.#context, blob, from, sink, signal);
  }

  async tags(signal: AbortSignal): Promise<readonly string[]> {
    const { client, authorizer, host, path, side, meter } = this.#context;
    const request = {
      host,
      side,
      meter,
      repository: path,
      scopes: scopesOf(this.#context),
      op: 'tags.list',
      subject: path,
      target: apiPath(this.#context, 'tags/list'),
    };
    const tags = await listPages(client, authorizer, request, 'tags', signal);
    return naturallySorted(tags);
  }

  referrers(digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined> {
    return listReferrers(this.#context, digest, signal);
  }

  expect(blobs: readonly Descriptor[], signal: AbortSignal): Promise<void> {
    return this.#firstPush.expect(blobs, signal);
  }

  async hasBlob(blob: Descriptor, signal: AbortSignal): Promise<boolean | undefined> {
    if (await this.#firstPush.lacks(blob)) return false;
    const isThere = await headBlob(this.#context, blob, signal);
    if (isThere === true) this.#firstPush.foundBlob(blob);
    return isThere;
  }

  mount(blob: Descriptor, fromPath: string, signal: AbortSignal): Promise<boolean | UploadSession> {
    this.#firstPush.brings(blob);
    return mountBlob(this.#context, blob, fromPath, signal);
  }

  send(
    content: BlobContent,
    session: UploadSession | undefined,
    sent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#firstPush.brings(content.descriptor);
    return sendBlob(this.#context, content, session, sent, signal);
  }

  drop(session: UploadSession, blob: Descriptor): Promise<void> {
    return dropSession(this.#context, session, blob);
  }

  publish(manifest: ResolvedManifest, tag: string | undefined, signal: AbortSignal): Promise<Published> {
    return putManifest(this.#context, manifest, tag, signal);
  }
}
