import type { ImageDescription, ImageVerification, JobSummary, PlannedImage } from '../contract/models.ts';
import type { CopyObserver } from '../contract/progress.ts';
import type { ConnectionWish } from '../contract/requests.ts';
import type { Engine, Meter } from '../engine/engine.ts';
import { formatRepository } from '../oci/reference.ts';
import { isReferrersTag } from '../oci/referrers.ts';
import { type ConnectionListener, openEngine } from './connection.ts';
import { readHost, readReference, readRepository } from './places.ts';
import { type ReadWish, requestsFor } from './wishes.ts';

/** What every shell can have done; takes what people type, gives plain data. */
export class App {
  readonly #engine: Engine;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** An app with this machine's credentials; throws CopyError of kind `invalid` when something given cannot be read. */
  static async open(wish: ConnectionWish, listener: ConnectionListener, signal: AbortSignal): Promise<App> {
    return new App(await openEngine(wish, listener, signal));
  }

  /** What left this process outside of copies, whose summaries count for themselves. */
  get traffic(): Meter {
    return this.#engine.traffic;
  }

  /** Copies what was wished; gives the summary, failures included. */
  async copy(wish: ReadWish, observer: CopyObserver, signal: AbortSignal): Promise<JobSummary> {
    return this.#engine.copy(await requestsFor(this.#engine, wish, signal), wish.options, observer, signal);
  }

  /** Says image by image what `copy` would do. */
  async *plan(wish: ReadWish, signal: AbortSignal): AsyncGenerator<PlannedImage, void, undefined> {
    yield* this.#engine.plan(await requestsFor(this.#engine, wish, signal), wish.options, signal);
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
