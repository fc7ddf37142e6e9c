import { type Clock, systemClock } from '../kernel/clock.ts';
import { type ProcessIdentity, thisProcess } from '../kernel/process-identity.ts';
import type { History, Journal } from '../ports/journal.ts';
import type { References } from '../ports/references.ts';
import type { RealmBook, RegistryBook } from '../ports/registry-book.ts';
import type { SettingsBook } from '../ports/settings-book.ts';
import { GroupCommit } from './group-commit.ts';
import { SqliteHistory } from './history.ts';
import { SqliteJournal } from './journal.ts';
import { type LostHistory, openDatabase } from './open-database.ts';
import { Pruner, type Retention } from './prune.ts';
import { SqliteRealms } from './realms.ts';
import { SqliteReferences } from './references.ts';
import { SqliteRegistries } from './registries.ts';
import { SqliteSettings } from './settings.ts';

/** What a store is opened with. */
export interface StoreOptions {
  /** The data folder; it must exist. */
  readonly folder: string;
  /** True when this process owns the folder (kernel/owner): only then a damaged file is set aside, or an old one changed. */
  readonly isOwner: boolean;
  readonly clock?: Clock;
  /** The process that does the jobs begun here. */
  readonly self?: ProcessIdentity;
  readonly retention?: Retention;
}

/** Everything kept in the data folder but blobs and secrets. */
export interface Store {
  readonly journal: Journal;
  readonly history: History;
  readonly settings: SettingsBook;
  readonly registries: RegistryBook;
  readonly realms: RealmBook;
  readonly references: References;
  /** Set when the file was damaged and a fresh one made; the operator must hear of it. */
  readonly lost?: LostHistory;
  /** Brings what was told to the disk and closes the file; harmless when repeated. */
  close(): Promise<void>;
}

const defaultRetention: Retention = { jobs: 1_000, images: 100_000 };

/**
 * Opens the store of a data folder, or makes it. Several processes may have it open.
 * Rejects with `invalid` for the file of a newer Image Ferry, with `disk` when the folder cannot hold or does not hold a sound one.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, isOwner, clock = systemClock, self = thisProcess(), retention = defaultRetention } = options;
  const { built, database, lost } = await openDatabase({ folder, isOwner, clock }, (database) => {
    const commits = new GroupCommit(database, clock);
    const pruner = new Pruner(database, retention);
    return {
      commits,
      journal: new SqliteJournal({ database, commits, pruner, clock, self }),
      history: new SqliteHistory(database, pruner),
      settings: new SqliteSettings(database),
      registries: new SqliteRegistries(database),
      realms: new SqliteRealms(database, clock),
      references: new SqliteReferences(database),
    };
  });
  const { commits, ...parts } = built;
  const close = async (): Promise<void> => {
    await commits.flush();
    database.close();
  };
  return { ...parts, ...(lost === undefined ? {} : { lost }), close };
}
