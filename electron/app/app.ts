import type { ImageDescription, ImageVerification, JobSummary, PlannedImage } from '../contract/models.ts';
import type { ConnectionWish, WorkspaceWish } from '../contract/requests.ts';
import {
  type CopyOptions,
  type Engine,
  type Finding,
  finding,
  type JobControl,
  type JobIntent,
  lintCredentials,
  Meter,
  type SiteWalk,
  type Vendor,
  vaultCredentials,
} from '../engine/engine.ts';
import { formatRepository } from '../oci/reference.ts';
import { isReferrersTag } from '../oci/referrers.ts';
import { Carrier, type Recorder } from './carrying/carrier.ts';
import { makeReceipt, type ReceiptFacts } from './carrying/receipts.ts';
import { type Connection, type ConnectionListener, type ConnectionParts, openEngine } from './connection.ts';
import { Foresight } from './foresight.ts';
import { type Home, openHome, unattendedVault } from './home.ts';
import { readHost, readReference, readRepository } from './places.ts';
import { imagesOf, prepare, type Prepared } from './prepare.ts';
import { recorded } from './recorded.ts';
import { withRefused } from './refused.ts';
import { copyInRounds, type RoundsObserver } from './rounds.ts';
import type { ReadWish } from './wishes.ts';

export type { JobIntent } from '../engine/engine.ts';

const nothing = { toSend: 0, toMount: 0, present: 0 };

/** How a copy goes on beside its images. */
export interface CopyCourse {
  /** How often failures that pass are copied again. */
  readonly rounds: number;
  /** What the history keeps of it. */
  readonly intent: JobIntent;
  /** A person's hand on it. */
  readonly control?: JobControl;
  /** Counts what moves. */
  readonly meter?: Meter;
  /** Told its number in the history, when it is kept there. */
  readonly begun?: (job: number, attempt: number) => void;
}

/** What every shell can have done; takes what people type, gives plain data. */
export class App {
  readonly #engine: Engine;
  readonly #credentials: Connection['credentials'];
  readonly #home: Home;
  readonly #listener: ConnectionListener;
  readonly #waitMs: number;
  readonly #vendors = new Map<string, Promise<Vendor | undefined>>();

  /** True when it closes the data folder too. */
  readonly #ownsHome: boolean;

  private constructor(
    { engine, credentials }: Connection,
    home: Home,
    ownsHome: boolean,
    listener: ConnectionListener,
    waitMs: number,
  ) {
    this.#engine = engine;
    this.#credentials = credentials;
    this.#home = home;
    this.#ownsHome = ownsHome;
    this.#listener = listener;
    this.#waitMs = waitMs;
  }

  /**
   * An app with this machine's credentials, over its data folder when one is asked for; throws CopyError of kind `invalid` when
   * something given cannot be read.
   */
  static async open(
    wish: ConnectionWish,
    listener: ConnectionListener,
    signal: AbortSignal,
    workspace?: WorkspaceWish,
  ): Promise<App> {
    const none: Home = { workspace: undefined, cache: undefined };
    const home = workspace === undefined ? none : await openHome(workspace, listener.found, signal);
    try {
      const connection = await openEngine(wish, listener, partsOf(home), signal);
      return new App(connection, home, true, listener, wish.waitMs);
    } catch (thrown) {
      await home.workspace?.close();
      throw thrown;
    }
  }

  /** An app over a data folder that is open already and stays so, with what is kept there. */
  static async over(
    home: Home,
    wish: ConnectionWish,
    parts: Omit<ConnectionParts, 'cache'>,
    listener: ConnectionListener,
    signal: AbortSignal,
  ): Promise<App> {
    const connection = await openEngine(wish, listener, { ...partsOf(home), ...parts }, signal);
    return new App(connection, home, false, listener, wish.waitMs);
  }

  /** True when images go straight through, with nothing on disk. */
  get isDirect(): boolean {
    return this.#home.cache === undefined;
  }

  /** What left this process outside of copies, whose summaries count for themselves. */
  get traffic(): Meter {
    return this.#engine.traffic;
  }

  /** Where the log lies; undefined without a data folder. */
  get logFolder(): string | undefined {
    return this.#home.workspace?.logFolder;
  }

  /** Names every image of a wish, with its destinations; asks registries for lists of tags and for nothing else. */
  prepare(wish: ReadWish, signal: AbortSignal): Promise<Prepared> {
    return prepare(this.#engine, wish, signal);
  }

  /** What the credentials and the rules of a wish say about one another; insecure hosts were told of at the opening. */
  lint(wish: ReadWish): readonly Finding[] {
    if (wish.origin.kind !== 'rules' || this.#credentials.keys === undefined) return [];
    return lintCredentials(wish.origin.rules, this.#credentials.keys);
  }

  /**
   * Copies what was prepared; gives the summary, failures included. What failed for reasons that pass is copied again, up to `rounds` times.
   */
  async copy(
    prepared: Prepared,
    options: CopyOptions,
    { rounds, intent, control, meter, begun }: CopyCourse,
    observer: RoundsObserver,
    signal: AbortSignal,
  ): Promise<JobSummary> {
    const { requests, refused } = prepared;
    const counting = meter ?? new Meter();
    const run = (seen: RoundsObserver, stop: AbortSignal): Promise<JobSummary> =>
      copyInRounds(this.#engine, requests, options, rounds, seen, stop, {
        meter: counting,
        ...(control === undefined ? {} : { control }),
      });
    const recording = { intent, images: imagesOf(prepared), refused };
    const summary = await this.#record(recording, counting, run, observer, begun, signal);
    return withRefused(summary, refused);
  }

  /** Says image by image what `copy` would do. */
  async *plan(
    prepared: Prepared,
    options: CopyOptions,
    signal: AbortSignal,
  ): AsyncGenerator<PlannedImage, void, undefined> {
    for (const { source, destination, failure } of prepared.refused) {
      yield {
        source,
        destination,
        action: 'fail',
        manifests: 0,
        blobs: nothing,
        bytes: nothing,
        notices: [],
        ...(failure && { failure }),
      };
    }
    const foresight = new Foresight((host) => this.#engine.vendor(host, 'destination', signal));
    for await (const image of this.#engine.plan(prepared.requests, options, signal))
      yield await foresight.look(image, signal);
  }

  /** The tags of a repository in natural order; those of signatures and other referrers only when asked for. */
  async tags(
    place: string,
    withReferrers: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly repository: string; readonly tags: readonly string[] }> {
    const repository = readRepository(place);
    const tags = await this.#engine.tags(repository, signal);
    return {
      repository: formatRepository(repository),
      tags: withReferrers ? tags : tags.filter((tag) => !isReferrersTag(tag)),
    };
  }

  /** The repositories of `HOST[/PREFIX]`. */
  async repositories(
    place: string,
    signal: AbortSignal,
  ): Promise<{ readonly host: string; readonly repositories: readonly string[] }> {
    const { host, prefix } = readHost(place);
    const repositories = await this.#engine.repositories(host, signal);
    return { host, repositories: repositories.filter((path) => path.startsWith(prefix)) };
  }

  /** What a registry tells and does beyond the distribution spec; undefined when it is of no vendor that we know. */
  vendor(host: string, signal: AbortSignal): Promise<Vendor | undefined> {
    const present = this.#vendors.get(host);
    if (present !== undefined) return present;
    const found = this.#engine.vendor(host, 'source', signal);
    this.#vendors.set(host, found);
    found.catch(() => this.#vendors.delete(host));
    return found;
  }

  /** Asks a host whether it lets us in; rejects with what it says. */
  signIn(host: string, signal: AbortSignal): Promise<void> {
    return this.#engine.signIn(host, signal);
  }

  /** Describes an image. */
  async inspect(reference: string, signal: AbortSignal): Promise<ImageDescription> {
    return this.#engine.inspect(readReference(reference), signal);
  }

  /** The same without what refers to it, in fewer requests. */
  async look(reference: string, signal: AbortSignal): Promise<ImageDescription> {
    return this.#engine.inspect(readReference(reference), signal, { referrers: false });
  }

  /** The digest of what a reference stands for now, by one HEAD; undefined when nothing is there. */
  async digest(reference: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#engine.digestOf(readReference(reference), signal);
  }

  /** Reads an image whole and hashes all of it. */
  async verify(reference: string, received: (bytes: number) => void, signal: AbortSignal): Promise<ImageVerification> {
    return this.#engine.verify(readReference(reference), received, signal);
  }

  /** How many bytes a second may flow from now on; undefined for no limit. */
  setRate(bytesPerSecond: number | undefined): void {
    this.#engine.setRate(bytesPerSecond);
  }

  /** The machine was asleep or changed its network: connections are made anew. */
  reconnect(): void {
    this.#engine.reconnect();
  }

  /** Carries images to and from files; must be closed. */
  carrier(): Carrier {
    return new Carrier(this.#engine, this.#home.workspace, this.#record);
  }

  /** Lists what `HOST[/PREFIX]` holds into a file. */
  receipt(place: string, file: string, walk: SiteWalk, signal: AbortSignal): Promise<ReceiptFacts> {
    return makeReceipt(this.#engine, place, file, walk, signal);
  }

  /** Ends every connection and lets the data folder go. */
  async close(): Promise<void> {
    await this.#engine.close();
    if (this.#ownsHome) await this.#home.workspace?.close();
  }

  readonly #record: Recorder = async (recording, meter, run, observer, begun, signal) => {
    const { workspace } = this.#home;
    if (workspace === undefined) return run(observer, signal);
    return recorded(
      workspace.store.journal,
      recording,
      meter,
      run,
      observer,
      {
        begun: (job, attempt) => {
          begun?.(job, attempt);
          if (attempt === 1) return;
          const values = { job: String(job), attempt: String(attempt) };
          this.#listener.found(finding('job-adopted', {}, values));
        },
        stuck: (error) => this.#listener.found(finding('journal-stuck', {}, { problem: error.message })),
        ...(this.#listener.logger === undefined ? {} : { logger: this.#listener.logger }),
      },
      { waitMs: this.#waitMs, signal },
    );
  };
}

/** What a data folder gives to an engine; the vault under a passphrase only where the passphrase is at hand. */
function partsOf({ workspace, cache, library }: Home): ConnectionParts {
  if (workspace === undefined) return { cache };
  const vault = unattendedVault(workspace);
  return {
    cache,
    library,
    realms: workspace.store.realms,
    ...(vault === undefined ? {} : { vault: vaultCredentials(vault) }),
  };
}
