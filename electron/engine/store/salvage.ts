import type Sqlite from 'better-sqlite3';
import { algorithmOf, isDigest } from '../../oci/digest.ts';
import { digestOf } from '../content/digest-of.ts';
import type { Database } from './database.ts';
import { versionOf } from './migrations.ts';

type Row = Readonly<Record<string, unknown>>;

/** What is worth bringing over from a damaged file, referenced tables before those that refer to them. */
const tables: readonly { readonly name: string; readonly columns: readonly string[] }[] = [
  { name: 'settings', columns: ['name', 'value'] },
  {
    name: 'registries',
    columns: ['id', 'host', 'display_name', 'plain_http', 'insecure', 'ca', 'user', 'namespaces', 'position'],
  },
  { name: 'realms', columns: ['host', 'realm', 'pinned_ms'] },
  { name: 'repositories', columns: ['id', 'name'] },
  { name: 'manifest_bytes', columns: ['digest', 'bytes'] },
  { name: 'manifests', columns: ['repository', 'digest', 'media_type', 'subject', 'artifact_type', 'referrer'] },
  { name: 'tags', columns: ['repository', 'name', 'digest'] },
  { name: 'blobs', columns: ['repository', 'digest', 'size'] },
];

/** More than any table holds; damaged pages may lead in circles. */
const mostRows = 5_000_000;

/** Brings settings, registries, token servers and the library over from a damaged file; true when nothing of them was in the way. */
export async function salvage(connect: typeof Sqlite, damaged: string, database: Database): Promise<boolean> {
  let isWhole = true;
  const attempt = (run: () => void): void => {
    try {
      run();
    } catch {
      isWhole = false;
    }
  };
  let source: Sqlite.Database | undefined;
  try {
    const from = new connect(damaged, { readonly: true });
    source = from;
    // Tables of another step may have other columns.
    if (versionOf(from) !== 1) return false;
    await database.write(() => {
      for (const { name, columns } of tables) {
        const names = columns.join(', ');
        const keep = database.prepare<Row[]>(
          `INSERT OR IGNORE INTO ${name} (${names}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
        );
        attempt(() => {
          for (const row of rowsOf(from, `SELECT ${names} FROM ${name}`)) {
            attempt(() => {
              if (name === 'manifest_bytes') refuseRotten(row);
              keep.run(row);
            });
          }
        });
      }
    });
  } catch {
    return false;
  } finally {
    source?.close();
  }
  return isWhole;
}

function* rowsOf(from: Sqlite.Database, sql: string): Generator<Row> {
  let count = 0;
  for (const row of from.prepare<[], Row>(sql).iterate()) {
    if (++count > mostRows) throw new Error('rows without end');
    yield row;
  }
}

function refuseRotten({ digest, bytes }: Row): void {
  const isWhole =
    typeof digest === 'string' &&
    isDigest(digest) &&
    bytes instanceof Uint8Array &&
    digestOf(bytes, algorithmOf(digest)) === digest;
  if (!isWhole) throw new Error('bytes that are not those of their digest');
}
