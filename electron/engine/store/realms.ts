import type { Clock } from '../kernel/clock.ts';
import type { RealmBook } from '../ports/registry-book.ts';
import { cleanText } from './clean.ts';
import type { Database } from './database.ts';

const selectRealm = 'SELECT realm FROM realms WHERE host = ?';
const pinRealm = 'INSERT INTO realms (host, realm, pinned_ms) VALUES (?, ?, ?) ON CONFLICT (host) DO NOTHING';
const approveRealm = `INSERT INTO realms (host, realm, pinned_ms) VALUES (?, ?, ?)
  ON CONFLICT (host) DO UPDATE SET realm = excluded.realm, pinned_ms = excluded.pinned_ms`;
const deleteRealm = 'DELETE FROM realms WHERE host = ?';

/** The pinned token servers over the database. */
export class SqliteRealms implements RealmBook {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #select;
  readonly #pin;
  readonly #approve;
  readonly #delete;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#select = database.prepare<[string], { readonly realm: string }>(selectRealm);
    this.#pin = database.prepare<[string, string, number]>(pinRealm);
    this.#approve = database.prepare<[string, string, number]>(approveRealm);
    this.#delete = database.prepare<[string]>(deleteRealm);
  }

  async pinned(host: string): Promise<string | undefined> {
    return this.#database.read(() => this.#select.get(host)?.realm);
  }

  async pin(host: string, realm: string): Promise<string> {
    return this.#database.write(() => {
      this.#pin.run(host, cleanText(realm), this.#clock.wallMs());
      return this.#select.get(host)?.realm ?? realm;
    });
  }

  async approve(host: string, realm: string): Promise<void> {
    await this.#database.write(() => this.#approve.run(host, cleanText(realm), this.#clock.wallMs()));
  }

  async forget(host: string): Promise<void> {
    await this.#database.write(() => this.#delete.run(host));
  }
}
