import { copyError } from '../kernel/errors.ts';
import type { Setting, SettingsBook } from '../ports/settings-book.ts';
import { cleanJson, isSecretName, keptValue } from './clean.ts';
import type { Database } from './database.ts';

const mostBytes = 64 * 1024;

const selectValue = 'SELECT value FROM settings WHERE name = ?';
const keepValue =
  'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
const deleteValue = 'DELETE FROM settings WHERE name = ?';

/** Settings over the database. */
export class SqliteSettings implements SettingsBook {
  readonly #database: Database;
  readonly #select;
  readonly #keep;
  readonly #delete;

  constructor(database: Database) {
    this.#database = database;
    this.#select = database.prepare<[string], { readonly value: string }>(selectValue);
    this.#keep = database.prepare<[string, string]>(keepValue);
    this.#delete = database.prepare<[string]>(deleteValue);
  }

  async get<Value>(setting: Setting<Value>): Promise<Value> {
    const row = await this.#database.read(() => this.#select.get(setting.name));
    return (row === undefined ? undefined : setting.read(keptValue(row.value))) ?? setting.fallback;
  }

  async set<Value>({ name }: Setting<Value>, value: Value): Promise<void> {
    const json = isSecretName(name) ? undefined : cleanJson(value, mostBytes);
    if (json === undefined) throw unfit(name);
    await this.#database.write(() => this.#keep.run(name, json));
  }

  async reset({ name }: Setting<unknown>): Promise<void> {
    await this.#database.write(() => this.#delete.run(name));
  }
}

function unfit(name: string): Error {
  const message = `setting ${name} is too large, or named like a secret, which settings do not keep`;
  return copyError('invalid', { side: 'local', op: 'settings.set', subject: name, message });
}
