import { join } from 'node:path';
import type { Side } from '../contract/errors.ts';
import type { RepositoryName } from '../oci/reference.ts';
import { type CacheStatus, type DiskBlobCache, openBlobCache } from './cache/blob-cache.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { type DataFolder, openDataFolder } from './kernel/data-folder.ts';
import type { Disk } from './kernel/disk.ts';
import { realDisk } from './kernel/durable-disk.ts';
import { type Logger, silentLogger } from './kernel/log.ts';
import { type CopyError, copyError } from './kernel/errors.ts';
import { type Owner, own, type Ownership } from './kernel/owner.ts';
import { collectUnnamed } from './library/collect.ts';
import { KeptLibrary } from './library/kept-library.ts';
import { LibraryRepository } from './library/library-repository.ts';
import { Pins } from './library/pins.ts';
import type { Library } from './ports/library.ts';
import type { Destination } from './ports/places.ts';
import type { Setting } from './ports/settings-book.ts';
import type { KeyWrapper, PassphraseSource, Vault } from './ports/vault.ts';
import { openStore, type Store } from './store/store.ts';
import { PassphraseVault } from './vault/passphrase-vault.ts';
import { WrappedVault } from './vault/wrapped-vault.ts';

export type { CacheStatus, DiskBlobCache, Verified } from './cache/blob-cache.ts';
export type { Owner } from './kernel/owner.ts';
export type { JobIntent, RunningJob } from './ports/journal.ts';
export type { Store } from './store/store.ts';

/** What a workspace is opened with. */
export interface WorkspaceOptions {
  /** Named by the operator; found by the rules of kernel/data-folder otherwise. */
  readonly folder?: string;
  /** The file that was started, beside which a portable data folder may lie. */
  readonly program?: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** This machine's library, open. */
export interface OpenLibrary {
  readonly library: Library;
  /** One of its repositories as a place to copy from and to; throws `conflict` when another process owns what is to be written. */
  readonly place: (name: Pick<RepositoryName, 'path'>, side: Side) => Destination;
  /** The names of its repositories. */
  readonly names: (signal: AbortSignal) => Promise<readonly string[]>;
  /** Takes away what no image names any more, but for what somebody asked for within the last hour; gives how many links went. */
  readonly collect: (signal: AbortSignal) => Promise<number>;
}

const graceMs = 3_600_000;
const namesAtOnce = 1000;
/** Blobs that flow to or from the library at a time. */
const libraryStreams = 6;

/** How many bytes the cache may hold. */
const cacheBudget: Setting<number> = {
  name: 'cache-budget-bytes',
  fallback: 50 * 1024 ** 3,
  read: (kept) => (typeof kept === 'number' && Number.isSafeInteger(kept) && kept >= 0 ? kept : undefined),
};

/**
 * The data folder of this machine: what ran, what is set, and blobs on their way. One process at a time owns it; any other may
 * read it and add to the history, and copies without the cache.
 */
export class Workspace {
  readonly folder: DataFolder;
  readonly store: Store;
  /** Who owns the folder, when it is not this process. */
  readonly owner: Owner | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #ownership: Ownership;
  #cache: DiskBlobCache | undefined;
  #pins: Promise<Pins> | undefined;
  #library: OpenLibrary | undefined;

  private constructor(folder: DataFolder, store: Store, ownership: Ownership, clock: Clock, logger: Logger) {
    this.folder = folder;
    this.store = store;
    this.owner = ownership.isOurs ? undefined : ownership.owner;
    this.#ownership = ownership;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Opens the data folder, and makes it when it is not there. Rejects `disk` for one that cannot be used, `invalid` for one of a newer version. */
  static async open(options: WorkspaceOptions): Promise<Workspace> {
    const { clock = systemClock, logger = silentLogger } = options;
    const folder = await openDataFolder(options.folder, options.program);
    const ownership = await own(folder.path);
    try {
      const store = await openStore({ folder: folder.path, isOwner: ownership.isOurs, clock });
      return new Workspace(folder, store, ownership, clock, logger);
    } catch (thrown) {
      if (ownership.isOurs) await ownership.release();
      throw thrown;
    }
  }

  /** The blob cache, put in order; undefined when another process owns the folder. */
  async cache(signal: AbortSignal): Promise<DiskBlobCache | undefined> {
    if (this.owner !== undefined || this.#cache !== undefined) return this.#cache;
    const cache = await this.#openCache(signal);
    await cache.sweep(signal);
    this.#cache = cache;
    return cache;
  }

  /** The same for who cannot do without; rejects `conflict` naming the owner. */
  async ownCache(signal: AbortSignal): Promise<DiskBlobCache> {
    const cache = await this.cache(signal);
    if (cache !== undefined) return cache;
    throw this.#owned();
  }

  #owned(): CopyError {
    const { pid = 0, user = '', machine = '' } = this.owner ?? {};
    return copyError('conflict', {
      side: 'local',
      op: 'cache.open',
      subject: this.folder.path,
      message: `the data folder ${this.folder.path} is in use by process ${pid} of ${user} on ${machine}`,
      hint: 'folder-owned',
    });
  }

  /** What the cache holds, whoever owns it. */
  async cacheStatus(signal: AbortSignal): Promise<CacheStatus> {
    return (this.#cache ?? (await this.#openCache(signal))).status(signal);
  }

  /** What the cache may hold from now on, in this run and later ones. */
  async setCacheBudget(bytes: number, signal: AbortSignal): Promise<void> {
    await this.store.settings.set(cacheBudget, bytes);
    await this.#cache?.setBudget(bytes, signal);
  }

  #disk(): Disk {
    return realDisk(this.folder.path, this.#clock);
  }

  /** The images kept here on purpose, to be read, and to be changed by the owner of the folder only. */
  async library(signal: AbortSignal): Promise<OpenLibrary> {
    if (this.#library !== undefined) return this.#library;
    const blobs = (await this.cache(signal)) ?? (await this.#openCache(signal));
    const { references } = this.store;
    const pins = await this.#loadPins();
    const library = new KeptLibrary({ references, blobs, pins, now: () => this.#clock.monotonicMs() });
    const parts = { library, blobs, leases: { size: libraryStreams } };
    this.#library ??= {
      library,
      place: ({ path }, side) => {
        if (side === 'destination' && this.owner !== undefined) throw this.#owned();
        return new LibraryRepository(path, side, parts);
      },
      names: (stop) => namesIn(library, stop),
      collect: (stop) => collectUnnamed(library, references, graceMs, stop),
    };
    return this.#library;
  }

  #loadPins(): Promise<Pins> {
    this.#pins ??= Pins.load(this.store.references);
    return this.#pins;
  }

  async #openCache(signal: AbortSignal): Promise<DiskBlobCache> {
    const pins = await this.#loadPins();
    return openBlobCache(
      {
        disk: this.#disk(),
        clock: this.#clock,
        folder: 'cache',
        budgetBytes: await this.store.settings.get(cacheBudget),
        isPinned: (digest) => pins.has(digest),
        log: this.#logger,
      },
      signal,
    );
  }

  /** The vault that rests under a passphrase; `source` is asked for it. */
  passphraseVault(source: PassphraseSource): Vault {
    return new PassphraseVault(this.#disk(), 'vault.json', source);
  }

  /** The vault that the desktop's own key store opens; another file than the one under a passphrase. */
  wrappedVault(wrapper: KeyWrapper): Vault {
    return new WrappedVault(this.#disk(), 'vault-desktop.json', wrapper);
  }

  /** Where logs lie. */
  get logFolder(): string {
    return join(this.folder.path, 'logs');
  }

  /** Brings what was told to the disk and lets the folder go; harmless when repeated. */
  async close(): Promise<void> {
    await this.store.close();
    if (this.#ownership.isOurs) await this.#ownership.release();
  }
}

/** The names of all repositories of a library, page by page. */
async function namesIn(library: Library, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  for (;;) {
    const after = names.at(-1);
    const page = after === undefined ? { most: namesAtOnce } : { after, most: namesAtOnce };
    const some = await library.repositories(page, signal);
    names.push(...some);
    if (some.length < namesAtOnce) return names;
  }
}
