import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { copyError } from '../kernel/errors.ts';
import { schema1 } from './schema-1.ts';
import { DamageError } from './sqlite-errors.ts';

/** Every step of the schema; the number of a step is its place, from 1. A step is never changed once it was released. */
export const migrations: readonly string[] = [schema1];

/** The number of the last step a database has seen. */
export function versionOf(connection: Sqlite.Database): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

/** Throws `invalid` when the database comes from a later Image Ferry; it must not be touched then. */
export function refuseNewer(connection: Sqlite.Database, path: string, steps: readonly string[]): void {
  const version = versionOf(connection);
  if (version <= steps.length) return;
  throw copyError('invalid', {
    side: 'local',
    op: 'history.open',
    subject: path,
    message: `the history ${path} was written by a newer Image Ferry (format ${version}, known up to ${steps.length}); it was left as it is`,
    advice: { do: 'ask' },
  });
}

/**
 * Brings a database to the last step, each step in one transaction, after a copy of the file was made beside it (F-62).
 * An existing one is only changed by the owner of its folder, since an older Image Ferry may be using it.
 */
export function migrate(connection: Sqlite.Database, path: string, isOwner: boolean, steps: readonly string[]): void {
  if (isForeign(connection)) throw new DamageError(`${path} holds tables of an unknown kind`);
  for (let version = versionOf(connection); version < steps.length; version = versionOf(connection)) {
    if (version > 0) {
      if (!isOwner) throw inUse(path);
      keepCopy(connection, `${path}.before-${version + 1}`);
    }
    connection
      .transaction(() => {
        // Another process may have done this step meanwhile.
        if (versionOf(connection) !== version) return;
        connection.exec(steps[version] ?? '');
        connection.pragma(`user_version = ${version + 1}`);
      })
      .immediate();
  }
}

/** True when there are tables and no number; looked at in one view, since another process may be making the tables. */
function isForeign(connection: Sqlite.Database): boolean {
  const hasTables = connection.prepare('SELECT 1 FROM sqlite_schema LIMIT 1');
  return connection.transaction(() => versionOf(connection) === 0 && hasTables.get() !== undefined).deferred();
}

function keepCopy(connection: Sqlite.Database, target: string): void {
  const draft = `${target}.draft`;
  rmSync(draft, { force: true });
  // SQLite fills an empty file, and would make one that others may read.
  closeSync(openSync(draft, 'wx', 0o600));
  connection.prepare('VACUUM INTO ?').run(draft);
  chmodSync(draft, 0o600);
  const file = openSync(draft, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, target);
}

function inUse(path: string): Error {
  return copyError('disk', {
    side: 'local',
    op: 'history.open',
    subject: path,
    message: `the history ${path} must be brought to a newer format, and another Image Ferry is using it`,
    advice: { do: 'ask' },
  });
}
