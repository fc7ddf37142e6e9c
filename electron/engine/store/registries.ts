import { copyError } from '../kernel/errors.ts';
import { redactText } from '../kernel/redact.ts';
import type { RegistryBook, RegistryEntry } from '../ports/registry-book.ts';
import { keptValue, shortText } from './clean.ts';
import type { Database } from './database.ts';

interface RegistryRow {
  readonly id: string;
  readonly host: string;
  readonly display_name: string;
  readonly plain_http: number;
  readonly insecure: number;
  readonly ca: string | null;
  readonly user: string | null;
  readonly namespaces: string;
}

const mostNamespaces = 5_000;
const mostCaBytes = 512 * 1024;
const onlyCertificates = /^(?:\s*-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----)+\s*$/;

const selectAll = `SELECT id, host, display_name, plain_http, insecure, ca, user, namespaces FROM registries
  ORDER BY position, id`;
const keepEntry = `INSERT INTO registries (id, host, display_name, plain_http, insecure, ca, user, namespaces, position)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM registries))
  ON CONFLICT (id) DO UPDATE SET host = excluded.host, display_name = excluded.display_name,
    plain_http = excluded.plain_http, insecure = excluded.insecure, ca = excluded.ca, user = excluded.user,
    namespaces = excluded.namespaces`;
const deleteEntry = 'DELETE FROM registries WHERE id = ?';
const placeEntry = 'UPDATE registries SET position = ? WHERE id = ?';
const placeLast = 'UPDATE registries SET position = position + ?';

/** The list of registries over the database; it never sees a secret. */
export class SqliteRegistries implements RegistryBook {
  readonly #database: Database;
  readonly #all;
  readonly #keep;
  readonly #delete;
  readonly #place;
  readonly #placeLast;

  constructor(database: Database) {
    this.#database = database;
    this.#all = database.prepare<[], RegistryRow>(selectAll);
    this.#keep = database.prepare<(string | number | null)[]>(keepEntry);
    this.#delete = database.prepare<[string]>(deleteEntry);
    this.#place = database.prepare<[number, string]>(placeEntry);
    this.#placeLast = database.prepare<[number]>(placeLast);
  }

  async list(): Promise<readonly RegistryEntry[]> {
    return (await this.#database.read(() => this.#all.all())).map(entryOf);
  }

  async put(entry: RegistryEntry): Promise<void> {
    refuseSecrets(entry);
    const columns = [
      entry.id,
      entry.host,
      shortText(entry.displayName, 300),
      Number(entry.plainHttp),
      Number(entry.insecure),
      entry.ca ?? null,
      entry.user ?? null,
      JSON.stringify(entry.namespaces.slice(0, mostNamespaces).map((name) => shortText(name, 300))),
    ];
    await this.#database.write(() => this.#keep.run(...columns));
  }

  async remove(id: string): Promise<boolean> {
    return this.#database.write(() => this.#delete.run(id).changes > 0);
  }

  async arrange(ids: readonly string[]): Promise<void> {
    await this.#database.write(() => {
      this.#placeLast.run(ids.length);
      ids.forEach((id, at) => this.#place.run(at, id));
    });
  }
}

function entryOf(row: RegistryRow): RegistryEntry {
  const namespaces = keptValue(row.namespaces);
  return {
    id: row.id,
    host: row.host,
    displayName: row.display_name,
    plainHttp: row.plain_http !== 0,
    insecure: row.insecure !== 0,
    ...(row.ca === null ? {} : { ca: row.ca }),
    ...(row.user === null ? {} : { user: row.user }),
    namespaces: Array.isArray(namespaces) ? namespaces.filter((name) => typeof name === 'string') : [],
  };
}

/** A password pasted into the wrong field, or the key that lay beside a certificate, must not get into a file (S-CRED-6). */
function refuseSecrets({ id, host, user, ca }: RegistryEntry): void {
  if (!/^[\w.-]{1,128}$/.test(id)) throw unfit(id, 'its id is malformed');
  if (!/^[\w.:[\]-]{1,300}$/.test(host)) throw unfit(id, 'its host is more than a name and a port');
  if (user !== undefined && (user.length > 300 || user.includes(':') || redactText(user) !== user)) {
    throw unfit(id, 'its user name looks like a password or token');
  }
  if (ca !== undefined && (ca.length > mostCaBytes || !onlyCertificates.test(ca))) {
    throw unfit(id, 'its CA text holds something other than certificates in PEM');
  }
}

function unfit(id: string, why: string): Error {
  const subject = shortText(id, 128);
  const message = `registry ${subject} cannot be kept: ${why}`;
  return copyError('invalid', { side: 'local', op: 'registries.put', subject, message });
}
