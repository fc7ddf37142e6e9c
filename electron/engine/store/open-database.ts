import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import type { Clock } from '../kernel/clock.ts';
import { copyError } from '../kernel/errors.ts';
import { Database, markOf } from './database.ts';
import { migrate, migrations, refuseNewer } from './migrations.ts';
import { refuseNetworkPath } from './network-path.ts';
import { salvage } from './salvage.ts';
import { DamageError, isDamage, sqliteCode, storeError } from './sqlite-errors.ts';

/** What a database is opened with. */
export interface DatabaseOptions {
  /** The data folder; it must exist. */
  readonly folder: string;
  /** True when this process owns the folder (kernel/owner): only then a damaged file is set aside, or an old one changed. */
  readonly isOwner: boolean;
  readonly clock: Clock;
  /** Steps of the schema instead of ours. */
  readonly steps?: readonly string[];
}

/** A history that could not be read any more, so that a new one was begun. */
export interface LostHistory {
  /** Where the damaged file is now. */
  readonly movedTo: string;
  /** True when settings, registries, pinned token servers and the library were brought over without a loss. */
  readonly isRestWhole: boolean;
}

/** What was built over an opened database. */
export interface Opened<Built> {
  readonly built: Built;
  readonly database: Database;
  /** Set when a damaged file was set aside and a fresh one made. */
  readonly lost?: LostHistory;
}

const openingBusyMs = 5_000;
/** In use, waiting is the clock's work; SQLite itself may hold the event loop only this long. */
const busyMs = 20;
/** A file up to this size is looked through at every opening; a larger one only when it was not closed properly. */
const smallBytes = 8 * 1024 ** 2;
const keptLogBytes = 16 * 1024 ** 2;

/**
 * Opens `image-ferry.db` in the data folder, or makes it, and builds over it; what cannot be built over is damaged too.
 * Rejects with `invalid` for a file of a newer Image Ferry, with `disk` when the folder cannot hold or does not hold a sound one.
 */
export async function openDatabase<Built>(
  options: DatabaseOptions,
  build: (database: Database) => Built,
): Promise<Opened<Built>> {
  refuseNetworkPath(options.folder);
  const path = join(options.folder, 'image-ferry.db');
  const { default: connect } = await import('better-sqlite3');
  try {
    return openSound(connect, path, options, build);
  } catch (thrown) {
    if (!isDamage(thrown) || !options.isOwner) throw storeError(thrown, 'history.open', path);
  }
  try {
    const movedTo = setAside(path, options.clock);
    const opened = openSound(connect, path, options, build);
    return { ...opened, lost: { movedTo, isRestWhole: await salvage(connect, movedTo, opened.database) } };
  } catch (thrown) {
    throw storeError(thrown, 'history.open', path);
  }
}

function openSound<Built>(
  connect: typeof Sqlite,
  path: string,
  { isOwner, clock, steps = migrations }: DatabaseOptions,
  build: (database: Database) => Built,
): Opened<Built> {
  prepareFile(path);
  peek(connect, path, steps);
  const check = dueCheck(path, isOwner);
  const connection = new connect(path, { timeout: openingBusyMs });
  try {
    configure(connection, path);
    if (check !== undefined && connection.pragma(`${check}(1)`, { simple: true }) !== 'ok') {
      throw new DamageError(`${path} is damaged`);
    }
    migrate(connection, path, isOwner, steps);
    const database = new Database(connection, path, clock);
    const built = builtOver(database, build);
    connection.pragma(`busy_timeout = ${busyMs}`);
    rmSync(markOf(path), { force: true });
    return { built, database };
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/** Makes the file before SQLite does, which would let others read it (S-CRED-7). Log and index of SQLite take its rights over. */
function prepareFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}

/** Looks at the version without the right to write, so that a newer file keeps every byte, its log included. */
function peek(connect: typeof Sqlite, path: string, steps: readonly string[]): void {
  if (statSync(path).size === 0) return;
  const connection = new connect(path, { readonly: true, timeout: openingBusyMs });
  try {
    refuseNewer(connection, path, steps);
  } catch (thrown) {
    // its first transaction was broken off: whoever may write rolls it back, and looks at the version then
    if (sqliteCode(thrown) !== 'SQLITE_READONLY_ROLLBACK') throw thrown;
  } finally {
    connection.close();
  }
}

/** Which look at the pages is worth its time; damage met in use always has the whole file looked through. */
function dueCheck(path: string, isOwner: boolean): 'integrity_check' | 'quick_check' | undefined {
  if (existsSync(markOf(path)) || statSync(path).size <= smallBytes) return 'integrity_check';
  const wasLeftOpen = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  return isOwner && wasLeftOpen ? 'quick_check' : undefined;
}

function configure(connection: Sqlite.Database, path: string): void {
  connection.pragma('trusted_schema = OFF');
  connection.pragma('cell_size_check = ON');
  connection.pragma('foreign_keys = ON');
  const mode = connection.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') {
    const message = `the disk of ${path} cannot hold a write-ahead log, so no history can be kept there safely; choose another folder`;
    throw copyError('disk', { side: 'local', op: 'history.open', subject: path, message, advice: { do: 'ask' } });
  }
  // This build of SQLite would only write, not flush, at every commit (RELIABILITY fact 6).
  connection.pragma('synchronous = FULL');
  if (connection.pragma('synchronous', { simple: true }) !== 2) {
    const message = `the history ${path} does not flush its commits`;
    throw copyError('internal', { side: 'local', op: 'history.open', subject: path, message });
  }
  connection.pragma(`journal_size_limit = ${keptLogBytes}`);
}

/** A statement that cannot be made over our own schema means that the schema itself is damaged. */
function builtOver<Built>(database: Database, build: (database: Database) => Built): Built {
  try {
    return build(database);
  } catch (thrown) {
    if (sqliteCode(thrown) !== 'SQLITE_ERROR') throw thrown;
    throw new DamageError(`${database.path} has a damaged schema`, { cause: thrown });
  }
}

/** Moves the file away with its log; the main file first, since SQLite drops a log that belongs to an empty file. */
function setAside(path: string, clock: Clock): string {
  const time = new Date(clock.wallMs()).toISOString().replaceAll(/[:.-]/g, '');
  let movedTo = `${path}.broken-${time}`;
  for (let turn = 2; existsSync(movedTo); turn++) movedTo = `${path}.broken-${time}-${turn}`;
  renameSync(path, movedTo);
  for (const end of ['-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, movedTo + end);
  rmSync(markOf(path), { force: true });
  return movedTo;
}
