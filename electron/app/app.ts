import type { ImageDescription, ImageVerification, JobSummary, PlannedImage } from '../contract/models.ts';
import type { CopyObserver } from '../contract/progress.ts';
import type { ConnectionWish } from '../contract/requests.ts';
import type { Engine } from '../engine/engine.ts';
import { formatRepository, parseHost, parseReference, parseRepository } from '../oci/reference.ts';
import { isReferrersTag } from '../oci/referrers.ts';
import { type ConnectionListener, openEngine } from './connection.ts';
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
    const repository = parseRepository(place);
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
    const slash = place.indexOf('/');
    const host = parseHost(slash < 0 ? place : place.slice(0, slash));
    const prefix = slash < 0 ? '' : place.slice(slash + 1);
    const repositories = await this.#engine.repositories(host, signal);
    return { host, repositories: repositories.filter((path) => path.startsWith(prefix)) };
  }

  /** Describes an image. */
  inspect(reference: string, signal: AbortSignal): Promise<ImageDescription> {
    return this.#engine.inspect(parseReference(reference), signal);
  }

  /** Reads an image whole and hashes all of it. */
  verify(reference: string, received: (bytes: number) => void, signal: AbortSignal): Promise<ImageVerification> {
    return this.#engine.verify(parseReference(reference), received, signal);
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.#engine.close();
  }
}
