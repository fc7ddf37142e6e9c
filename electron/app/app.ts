import type { ImageDescription, ImageVerification, JobSummary, PlannedImage } from '../contract/models.ts';
import type { ConnectionWish } from '../contract/requests.ts';
import { type CopyOptions, type Engine, type Finding, lintCredentials, type Meter } from '../engine/engine.ts';
import { formatRepository } from '../oci/reference.ts';
import { isReferrersTag } from '../oci/referrers.ts';
import { type Connection, type ConnectionListener, openEngine } from './connection.ts';
import { readHost, readReference, readRepository } from './places.ts';
import { prepare, type Prepared } from './prepare.ts';
import { withRefused } from './refused.ts';
import { copyInRounds, type RoundsObserver } from './rounds.ts';
import type { ReadWish } from './wishes.ts';

const nothing = { toSend: 0, toMount: 0, present: 0 };

/** What every shell can have done; takes what people type, gives plain data. */
export class App {
  readonly #engine: Engine;
  readonly #credentials: Connection['credentials'];

  private constructor({ engine, credentials }: Connection) {
    this.#engine = engine;
    this.#credentials = credentials;
  }

  /** An app with this machine's credentials; throws CopyError of kind `invalid` when something given cannot be read. */
  static async open(wish: ConnectionWish, listener: ConnectionListener, signal: AbortSignal): Promise<App> {
    return new App(await openEngine(wish, listener, signal));
  }

  /** What left this process outside of copies, whose summaries count for themselves. */
  get traffic(): Meter {
    return this.#engine.traffic;
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
   * Copies what was prepared; gives the summary, failures included. What failed for reasons that pass is copied again, up to
   * `rounds` times.
   */
  async copy(
    prepared: Prepared,
    options: CopyOptions,
    rounds: number,
    observer: RoundsObserver,
    signal: AbortSignal,
  ): Promise<JobSummary> {
    const summary = await copyInRounds(this.#engine, prepared.requests, options, rounds, observer, signal);
    return withRefused(summary, prepared.refused);
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
    yield* this.#engine.plan(prepared.requests, options, signal);
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

  /** Describes an image. */
  async inspect(reference: string, signal: AbortSignal): Promise<ImageDescription> {
    return this.#engine.inspect(readReference(reference), signal);
  }

  /** Reads an image whole and hashes all of it. */
  async verify(reference: string, received: (bytes: number) => void, signal: AbortSignal): Promise<ImageVerification> {
    return this.#engine.verify(readReference(reference), received, signal);
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.#engine.close();
  }
}
