import type { ImageDescription, ImageVerification, JobSummary, PlannedImage } from '../contract/models.ts';
import type { Side } from '../contract/errors.ts';
import type { Digest } from '../oci/digest.ts';
import { naturallySorted } from '../oci/natural-order.ts';
import {
  formatRepository,
  libraryHost,
  type Reference,
  type RepositoryName,
  withDefaultTag,
} from '../oci/reference.ts';
import { RegistryAuthorizer } from './auth/authorizer.ts';
import type { CarryTools } from './carry.ts';
import { siteDestination, Sites } from './carry/site-destination.ts';
import { Fillings } from './copy/filling.ts';
import type { CopyItem, CopyObserver, CopyOptions } from './copy/item.ts';
import type { JobControl } from './copy/job-control.ts';
import { runCopy } from './copy/runner.ts';
import { verifyImage } from './copy/verify.ts';
import { HttpClient } from './http/client.ts';
import type { startDock as serveDock } from './dock/server.ts';
import { Hosts } from './http/hosts.ts';
import { defaultLimits, type HttpLimits } from './http/limits.ts';
import { RateLimit } from './http/rate-limit.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { copyError } from './kernel/errors.ts';
import { Leases } from './kernel/leases.ts';
import { silentLogger } from './kernel/log.ts';
import { Meter } from './kernel/meter.ts';
import type { EngineOptions, PlaceOf } from './options.ts';
import { inspectImage } from './plan/inspect.ts';
import { Planner } from './plan/planner.ts';
import type { BlobCache } from './ports/blob-cache.ts';
import type { CredentialSource } from './ports/credentials.ts';
import type { Destination, Source } from './ports/places.ts';
import type { Vendor } from './ports/vendor.ts';
import { listRepositories } from './registry/catalog.ts';
import { ping } from './registry/ping.ts';
import { Repository } from './registry/repository.ts';
import { detectVendor } from './vendors/detect.ts';
import { SignIns } from './vendors/sign-ins.ts';

export { isAuthText } from './auth/auth-file.ts';
export { type DockerAccount, dockerAccounts } from './auth/docker-accounts.ts';
export { type LoadedCredentials, loadCredentials } from './auth/load.ts';
export type { CopyOptions } from './copy/item.ts';
export { verifyImage } from './copy/verify.ts';
export type { BlobCache } from './ports/blob-cache.ts';
export type { Credential, CredentialSource } from './ports/credentials.ts';
export { inspectImage } from './plan/inspect.ts';
export { type Controllable, JobControl } from './copy/job-control.ts';
export { isLoopback } from './dock/client-address.ts';
export { htpasswdVerifier } from './dock/htpasswd.ts';
export type { DockRequest } from './dock/options.ts';
export type { Dock } from './dock/server.ts';
export { windowsRefusal } from './bundle/windows-names.ts';
export { FileLibrary } from './library/file-library.ts';
export { PublishedLibrary } from './library/published-library.ts';
export type { EngineOptions } from './options.ts';
export type { Library } from './ports/library.ts';
export {
  type CarryTools,
  defaultVolumeBytes,
  digestsAt,
  ed25519Signer,
  estimateExport,
  type ExportedFile,
  type ExportEnd,
  type ExportEstimate,
  type ExportFormat,
  exportImages,
  type ExportSettings,
  type FileImage,
  type FileVerification,
  type ImageFile,
  type ImageToExport,
  openImageFile,
  readBase,
  type Signer,
  type SiteWalk,
  writeReceipt,
} from './carry.ts';
export type { Source } from './ports/places.ts';
export type { RegistryEntry } from './ports/registry-book.ts';
export type { Setting, SettingsBook } from './ports/settings-book.ts';
export type { Vendor } from './ports/vendor.ts';
export type { KeyWrapper, PassphraseSource, Vault } from './ports/vault.ts';
export { vaultCredentials } from './vault/credential-source.ts';
export { passphraseFromFile } from './vault/passphrase-file.ts';
export { SessionVault } from './vault/session-vault.ts';
export { foreseenErrors } from './vendors/warnings.ts';
export { type JobIntent, type OpenLibrary, type Owner, type RunningJob, type Store, Workspace } from './workspace.ts';
export type { HostSettings } from './http/hosts.ts';
export { asCopyError, assertNever, cancelledError, copyError, CopyError, failureOf } from './kernel/errors.ts';
export { type Clock, systemClock } from './kernel/clock.ts';
export { type DataFolder, openDataFolder } from './kernel/data-folder.ts';
export { withDeadline } from './kernel/deadline.ts';
export { own } from './kernel/owner.ts';
export { portableFolder } from './kernel/portable-folder.ts';
export { Meter } from './kernel/meter.ts';
export type { Logger, LogLevel } from './kernel/log.ts';
export { redactFacts, redactText } from './kernel/redact.ts';
export { LiveSecrets, watchedCredentials } from './vault/live-secrets.ts';
export { mapLimited } from './kernel/map-limited.ts';
export { type Finding, finding, type FindingCode, findingText, isFindingCode, mustStop } from './rules/findings.ts';
export { readImageList } from './rules/image-list.ts';
export { readConfigFile, readImagesFile } from './rules/image-syncer.ts';
export { mapReference, presetTemplate, previewMapping } from './rules/mapping.ts';
export { findConflicts, groupBySource, type ReferencePair, uniquePairs, withSourceTag } from './rules/pairs.ts';
export { type Selection, selectTags } from './rules/selection.ts';
export { lintCredentials } from './rules/sync-credentials.ts';
export { expandRule, needsTags } from './rules/sync-expand.ts';
export { formatSyncPlace, type RefusedPair, type SyncRule } from './rules/sync-rule.ts';
export { parseSyncPlatforms } from './rules/sync-platforms.ts';
export { type SyncFormat, toImageSyncer, writeFailed, writePairs } from './rules/sync-write.ts';

/** Serves a library as a registry (`dock`); loaded only where that is wanted, for it brings Node's own HTTP along. */
export const startDock: typeof serveDock = async (options) => (await import('./dock/server.ts')).startDock(options);

/** One image to copy and where to; a target without a tag is published under its digest. */
export interface CopyRequest {
  readonly source: Reference;
  /** Where it is read from instead of the registry that `source` names. */
  readonly from?: CarriedFrom;
  readonly targets: readonly (RepositoryName & { readonly tag?: string })[];
}

/** A file that an image is read from. */
export interface CarriedFrom {
  readonly source: Source;
  /** What the file leaves out because the site was known to hold it. */
  readonly leftOut: ReadonlySet<Digest>;
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
  readonly #cache: BlobCache | undefined;
  readonly #library: PlaceOf | undefined;
  readonly #libraryNames: EngineOptions['libraryNames'];
  readonly #fillings: Fillings | undefined;
  readonly #credentials: CredentialSource;
  readonly #signIns: SignIns;
  readonly #rates: { readonly received: RateLimit; readonly sent: RateLimit };
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
    this.#rates = {
      received: new RateLimit(this.#clock, options.limitRate),
      sent: new RateLimit(this.#clock, options.limitRate),
    };
    this.#client = new HttpClient({
      rates: this.#rates,
      clock: this.#clock,
      limits: this.#limits,
      ...this.#patience,
      ...(options.onPause === undefined ? {} : { onPause: options.onPause }),
      ...(options.clean === undefined ? {} : { clean: options.clean }),
      ...(options.onResume === undefined ? {} : { onResume: options.onResume }),
    });
    this.#authorizer = new RegistryAuthorizer({
      client: this.#client,
      hosts: this.#hosts,
      credentials: options.credentials,
      clock: this.#clock,
      logger: options.logger ?? silentLogger,
      tokenMs: this.#limits.tokenMs,
      ...(options.realms === undefined ? {} : { realms: options.realms }),
    });
    this.#credentials = options.credentials;
    this.#signIns = new SignIns(this.#clock);
    const deps = { clock: this.#clock, leases: this.#leases, smallBlobs: this.#smallBlobs, limits: this.#patience };
    const { cache } = options;
    this.#cache = cache;
    this.#library = options.library;
    this.#libraryNames = options.libraryNames;
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
    const place = this.#places(meter);
    const sites = this.#sites(requests, place);
    const items = requests.map((request) => this.#item(request, place, sites));
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
    const place = this.#places(this.traffic);
    const sites = this.#sites(requests, place);
    const items = requests.map((request) => this.#item(request, place, sites));
    yield* new Planner(this.#cache).planAll(items, options, signal);
  }

  /** The tags of a repository in natural order. */
  tags(repository: RepositoryName, signal: AbortSignal): Promise<readonly string[]> {
    return this.#repository(repository, 'source', this.traffic).tags(signal);
  }

  /** The repositories that a host, or the library, lists, sorted; many registries keep this closed. */
  async repositories(host: string, signal: AbortSignal): Promise<readonly string[]> {
    if (host === libraryHost) return naturallySorted((await this.#libraryNames?.(signal)) ?? []);
    const context = { side: 'source', meter: this.traffic } as const;
    const found = await listRepositories(this.#client, this.#authorizer, this.#hosts.get(host), context, signal);
    return naturallySorted(found);
  }

  /** What a registry tells and does beyond the distribution spec; undefined when it is of no vendor that we know. */
  vendor(host: string, side: Side, signal: AbortSignal): Promise<Vendor | undefined> {
    const context = {
      client: this.#client,
      hosts: this.#hosts,
      credentials: this.#credentials,
      signIns: this.#signIns,
      registry: host,
      side,
      meter: this.traffic,
    };
    return detectVendor(context, signal);
  }

  /** Asks a host whether it lets us in; rejects with what it says. */
  async signIn(host: string, signal: AbortSignal): Promise<void> {
    await ping(this.#client, this.#authorizer, this.#hosts.get(host), { side: 'source', meter: this.traffic }, signal);
  }

  /** Describes an image, with its referrers unless they are left out: these take requests of their own. */
  inspect(
    reference: Reference,
    signal: AbortSignal,
    what: { readonly referrers: boolean } = { referrers: true },
  ): Promise<ImageDescription> {
    const source = this.#repository(reference, 'source', this.traffic);
    return inspectImage(source, withDefaultTag(reference), what.referrers, signal);
  }

  /** What a reference stands for now, asked by one HEAD; undefined when nothing is there. */
  async digestOf(reference: Reference, signal: AbortSignal): Promise<string | undefined> {
    const place = this.#repository(reference, 'source', this.traffic);
    const { tag = 'latest', digest } = withDefaultTag(reference);
    if (digest === undefined) return (await place.find(tag, signal))?.digest;
    return (await place.hasManifest({ digest, mediaType: '', size: 0 }, signal)) ? digest : undefined;
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

  /** A repository to read from; its requests are counted by `meter`. */
  sourceOf(repository: RepositoryName, meter: Meter): Source {
    return this.#repository(repository, 'source', meter);
  }

  /** What images are carried into files with; bytes are counted by `meter`. */
  carryTools(meter: Meter): CarryTools {
    const fillings = this.#fillings;
    return { clock: this.#clock, limits: this.#patience, leases: this.#leases, fillings, meter };
  }

  /** How many bytes a second may come, and as many go, from now on; undefined for no limit. */
  setRate(bytesPerSecond: number | undefined): void {
    this.#rates.received.setRate(bytesPerSecond);
    this.#rates.sent.setRate(bytesPerSecond);
  }

  /** The machine was asleep or changed its network: connections are made anew, and what broke counts as no failure. */
  reconnect(): void {
    this.#client.reconnect();
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.#hosts.close();
  }

  #item(request: CopyRequest, place: PlaceOf, sites: Sites): CopyItem {
    const { from } = request;
    const { tag, digest } = request.source;
    const destinationOf = (target: RepositoryName): Destination => {
      const destination = place(target, 'destination');
      if (from === undefined || from.leftOut.size === 0) return destination;
      return siteDestination(destination, from.leftOut, sites);
    };
    return {
      source: from?.source ?? place(request.source, 'source'),
      targets: request.targets.map((target) => ({
        destination: destinationOf(target),
        ...(target.tag === undefined ? {} : { tag: target.tag }),
      })),
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    };
  }

  #sites(requests: readonly CopyRequest[], place: PlaceOf): Sites {
    return new Sites(
      requests.flatMap(({ targets }) => targets),
      (name) => place(name, 'destination'),
      (host, signal) => this.repositories(host, signal),
    );
  }

  /** The repositories of a job, one object each, so that what is learnt of one is learnt once. */
  #places(meter: Meter): PlaceOf {
    const places = new Map<string, Destination>();
    return (name, side) => {
      const key = `${side} ${name.host}/${name.path}`;
      const place = places.get(key) ?? this.#repository(name, side, meter);
      places.set(key, place);
      return place;
    };
  }

  #libraryRepository(name: RepositoryName, side: Side): Destination {
    if (this.#library !== undefined) return this.#library(name, side);
    const message = `${formatRepository(name)} is not at hand: the library needs the data folder and its cache`;
    throw copyError('invalid', { side: 'local', op: 'library.open', subject: name.path, message });
  }

  #repository(name: RepositoryName, side: Side, meter: Meter): Destination {
    if (name.host === libraryHost) return this.#libraryRepository(name, side);
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
