import type { ImageDescription, ImageVerification, JobSummary, PlannedImage } from '../contract/models.ts';
import type { Side } from '../contract/errors.ts';
import { naturallySorted } from '../oci/natural-order.ts';
import { type Reference, type RepositoryName, withDefaultTag } from '../oci/reference.ts';
import { RegistryAuthorizer } from './auth/authorizer.ts';
import { Fillings } from './copy/filling.ts';
import type { CopyItem, CopyObserver, CopyOptions } from './copy/item.ts';
import type { JobControl } from './copy/job-control.ts';
import { runCopy } from './copy/runner.ts';
import { verifyImage } from './copy/verify.ts';
import { HttpClient } from './http/client.ts';
import type { Lookup, ProxySettings } from './http/dispatchers.ts';
import { type HostSettings, Hosts } from './http/hosts.ts';
import { defaultLimits, type HttpLimits } from './http/limits.ts';
import type { Random } from './kernel/backoff.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { Leases } from './kernel/leases.ts';
import { type Logger, silentLogger } from './kernel/log.ts';
import { Meter } from './kernel/meter.ts';
import { inspectImage } from './plan/inspect.ts';
import { Planner } from './plan/planner.ts';
import type { BlobCache } from './ports/blob-cache.ts';
import type { CredentialSource } from './ports/credentials.ts';
import type { Destination } from './ports/places.ts';
import { listRepositories } from './registry/catalog.ts';
import { Repository } from './registry/repository.ts';

export { type LoadedCredentials, loadCredentials } from './auth/load.ts';
export type { CopyOptions } from './copy/item.ts';
export type { BlobCache } from './ports/blob-cache.ts';
export type { Credential, CredentialSource } from './ports/credentials.ts';
export { JobControl } from './copy/job-control.ts';
export { type JobIntent, type Owner, type RunningJob, type Store, Workspace } from './workspace.ts';
export type { HostSettings } from './http/hosts.ts';
export { asCopyError, assertNever, cancelledError, copyError, CopyError, failureOf } from './kernel/errors.ts';
export { systemClock } from './kernel/clock.ts';
export { Meter } from './kernel/meter.ts';
export { redactText } from './kernel/redact.ts';
export { mapLimited } from './kernel/map-limited.ts';
export { type Finding, finding, findingText, isFindingCode, mustStop } from './rules/findings.ts';
export { readImageList } from './rules/image-list.ts';
export { readConfigFile, readImagesFile } from './rules/image-syncer.ts';
export { mapReference, presetTemplate } from './rules/mapping.ts';
export { findConflicts, groupBySource, type ReferencePair, uniquePairs, withSourceTag } from './rules/pairs.ts';
export { type Selection, selectTags } from './rules/selection.ts';
export { lintCredentials } from './rules/sync-credentials.ts';
export { expandRule, needsTags } from './rules/sync-expand.ts';
export { formatSyncPlace, type RefusedPair, type SyncRule } from './rules/sync-rule.ts';
export { parseSyncPlatforms } from './rules/sync-platforms.ts';
export { type SyncFormat, writeFailed, writePairs } from './rules/sync-write.ts';

/** What an engine is made with; everything has a default but the credentials. */
export interface EngineOptions {
  readonly credentials: CredentialSource;
  /** Where blobs are kept on their way; undefined to copy straight through, with nothing on disk. */
  readonly cache?: BlobCache;
  /** PEM of a CA trusted for every host, besides the system's. */
  readonly ca?: string;
  /** Settings by host name as references spell it. */
  readonly hosts?: ReadonlyMap<string, HostSettings>;
  readonly proxy?: ProxySettings;
  /** Resolves host names; the machine's name service unless given. */
  readonly lookup?: Lookup;
  /** Tries after the first one, without progress. */
  readonly retries?: number;
  /** How long to wait for a host that answered earlier, in milliseconds. */
  readonly waitMs?: number;
  readonly limits?: Partial<HttpLimits>;
  /** Bodies that flow to or from one host at a time. */
  readonly streamsPerHost?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Told when everything for a host waits because the host asked for it. */
  readonly onPause?: (host: string, delayMs: number) => void;
}

/** One image to copy and where to; a target without a tag is published under its digest. */
export interface CopyRequest {
  readonly source: Reference;
  readonly targets: readonly (RepositoryName & { readonly tag?: string })[];
}

/** How many small blobs are held in memory at a time. */
const smallBlobsAtOnce = 16;

/** The copy engine: the one composition root, and all that shells may touch of it. */
export class Engine {
  readonly #clock: Clock;
  readonly #limits: HttpLimits;
  readonly #patience: { readonly retries: number; readonly waitMs: number };
  readonly #hosts: Hosts;
  readonly #client: HttpClient;
  readonly #authorizer: RegistryAuthorizer;
  readonly #leases = new Leases();
  readonly #smallBlobs = { size: smallBlobsAtOnce };
  readonly #fillings: Fillings | undefined;
  /** What left this process outside of copies, which count for themselves: lists, plans, looks. */
  readonly traffic = new Meter();

  constructor(options: EngineOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#patience = { retries: options.retries ?? 5, waitMs: options.waitMs ?? 30 * 60_000 };
    this.#hosts = new Hosts({
      clock: this.#clock,
      random: options.random ?? Math.random,
      limits: this.#limits,
      streamsPerHost: options.streamsPerHost ?? 6,
      proxy: options.proxy ?? {},
      settings: options.hosts ?? new Map(),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
    });
    this.#client = new HttpClient({
      clock: this.#clock,
      limits: this.#limits,
      ...this.#patience,
      ...(options.onPause === undefined ? {} : { onPause: options.onPause }),
    });
    this.#authorizer = new RegistryAuthorizer({
      client: this.#client,
      hosts: this.#hosts,
      credentials: options.credentials,
      clock: this.#clock,
      logger: options.logger ?? silentLogger,
      tokenMs: this.#limits.tokenMs,
    });
    const deps = { clock: this.#clock, leases: this.#leases, smallBlobs: this.#smallBlobs, limits: this.#patience };
    const { cache } = options;
    this.#fillings = cache === undefined ? undefined : new Fillings({ ...deps, cache });
  }

  /**
   * Copies images; gives the summary, failures included. Rejects only when the job itself cannot run.
   * `meter` counts while it runs, and `control` holds, resumes, cancels and retries.
   */
  copy(
    requests: readonly CopyRequest[],
    options: CopyOptions,
    observer: CopyObserver,
    signal: AbortSignal,
    { meter = new Meter(), control }: { readonly meter?: Meter; readonly control?: JobControl } = {},
  ): Promise<JobSummary> {
    const items = requests.map((request) => this.#item(request, meter));
    const deps = {
      clock: this.#clock,
      meter,
      limits: this.#patience,
      leases: this.#leases,
      smallBlobs: this.#smallBlobs,
      ...(this.#fillings === undefined ? {} : { fillings: this.#fillings }),
      ...(control === undefined ? {} : { control }),
    };
    return runCopy(items, options, deps, observer, signal);
  }

  /** Says what copying would do, image by image, and changes nothing. */
  async *plan(
    requests: readonly CopyRequest[],
    options: Omit<CopyOptions, 'concurrency' | 'withReferrers'>,
    signal: AbortSignal,
  ): AsyncGenerator<PlannedImage, void, undefined> {
    const planner = new Planner();
    for (const request of requests) yield* await planner.plan(this.#item(request, this.traffic), options, signal);
  }

  /** The tags of a repository in natural order. */
  tags(repository: RepositoryName, signal: AbortSignal): Promise<readonly string[]> {
    return this.#repository(repository, 'source', this.traffic).tags(signal);
  }

  /** The repositories that a host lists, sorted; many registries keep this closed. */
  async repositories(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const context = { side: 'source', meter: this.traffic } as const;
    const found = await listRepositories(this.#client, this.#authorizer, this.#hosts.get(host), context, signal);
    return naturallySorted(found);
  }

  /** Describes an image. */
  inspect(reference: Reference, signal: AbortSignal): Promise<ImageDescription> {
    return inspectImage(this.#repository(reference, 'source', this.traffic), withDefaultTag(reference), signal);
  }

  /** Reads an image whole, hashing everything; `received` is told of bytes as they come. */
  verify(reference: Reference, received: (bytes: number) => void, signal: AbortSignal): Promise<ImageVerification> {
    const { tag = 'latest', digest } = withDefaultTag(reference);
    const source = this.#repository(reference, 'source', this.traffic);
    const deps = { clock: this.#clock, limits: this.#patience };
    const count = (bytes: number): void => {
      this.traffic.bytes.received += bytes;
      received(bytes);
    };
    return verifyImage(source, digest === undefined ? { tag } : { digest }, count, deps, signal);
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.#hosts.close();
  }

  #item(request: CopyRequest, meter: Meter): CopyItem {
    const { tag, digest } = request.source;
    return {
      source: this.#repository(request.source, 'source', meter),
      targets: request.targets.map((target) => ({
        destination: this.#repository(target, 'destination', meter),
        ...(target.tag === undefined ? {} : { tag: target.tag }),
      })),
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    };
  }

  #repository(name: RepositoryName, side: Side, meter: Meter): Destination {
    return new Repository({
      client: this.#client,
      authorizer: this.#authorizer,
      host: this.#hosts.get(name.host),
      path: name.path,
      side,
      meter,
      limits: this.#limits,
    });
  }
}
