import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { migrations } from '../../../../electron/engine/store/migrations.ts';
import { signal, Stores } from './stores.ts';

const stores = new Stores();
afterEach(() => stores.clean());

/** What a database of each format held, in the words of that format: a further step needs a further entry here. */
const contents: readonly string[] = [
  `INSERT INTO jobs (command, fingerprint, title, account, state, attempts, process, started_ms, totals)
     VALUES ('copy', x'01', 'nginx → harbor', 'li', 'finished', 1, '{}', 1760000000000,
       '{"total":1,"copied":1,"unchanged":0,"skipped":0,"failed":0,"cancelled":0}');
   INSERT INTO images (job, key, source, destination, outcome, attempt)
     VALUES (1, x'02', 'docker.io/library/nginx:1', 'harbor.corp.example/m/nginx:1', 'copied', 1);
   INSERT INTO settings (name, value) VALUES ('cache-budget-bytes', '1073741824');`,
];

/** A database as the program of that format left it, made by the released steps themselves. */
async function filled(version: number): Promise<string> {
  const folder = await stores.folder();
  const path = join(folder, 'image-ferry.db');
  closeSync(openSync(path, 'w', 0o600));
  const connection = new Sqlite(path);
  connection.pragma('journal_mode = WAL');
  for (const step of migrations.slice(0, version)) connection.exec(step);
  connection.pragma(`user_version = ${version}`);
  connection.exec(contents[version - 1] ?? '');
  connection.close();
  return folder;
}

test('every released format has its sample here', () => {
  expect(contents).toHaveLength(migrations.length);
});

describe.each(migrations.map((_, index) => index + 1))('a history of format %i', (version) => {
  test('is opened by this program with all that it held', async () => {
    const store = await stores.open({ folder: await filled(version) });
    const [job] = await store.history.list({ most: 9 }, signal);
    expect(job).toMatchObject({ number: 1, title: 'nginx → harbor', state: 'finished', images: { copied: 1 } });
    expect(await store.history.images(1, { most: 9, failedOnly: false }, signal)).toMatchObject([
      { source: 'docker.io/library/nginx:1', outcome: 'copied' },
    ]);
    const budget = { name: 'cache-budget-bytes', fallback: 0, read: (kept: unknown) => Number(kept) };
    expect(await store.settings.get(budget)).toBe(1073741824);
    expect(store.lost).toBeUndefined();
  });

  test('takes further jobs', async () => {
    const folder = await filled(version);
    const store = await stores.open({ folder });
    const { intentOf, wellDone } = await import('./stores.ts');
    await (await store.journal.begin(intentOf('a'), signal)).finish(wellDone);
    expect((await store.history.list({ most: 9 }, signal)).map(({ number }) => number)).toEqual([2, 1]);
  });
});
