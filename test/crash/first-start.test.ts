import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../electron/engine/store/store.ts';
import { unending } from '../torture/copying.ts';
import { Ends } from '../torture/ends.ts';
import { temporaryFolder } from '../torture/ground.ts';

const ends = new Ends();
afterEach(() => ends.close());

/** A data folder whose process was gone while the very first statements were written, before there was a write-ahead log. */
async function brokenOff(): Promise<string> {
  const folder = await temporaryFolder(ends);
  const [origin, left] = [join(folder, 'origin'), join(folder, 'left')];
  for (const each of [origin, left]) mkdirSync(each);
  const connection = new Sqlite(join(origin, 'image-ferry.db'));
  try {
    // pages that do not fit into memory go to the file before the commit
    connection.exec('PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; CREATE TABLE u (x);');
    for (let n = 0; n < 50; n++) connection.prepare('INSERT INTO u VALUES (?)').run('x'.repeat(3000));
    for (const name of ['image-ferry.db', 'image-ferry.db-journal']) copyFileSync(join(origin, name), join(left, name));
  } finally {
    connection.close();
  }
  return left;
}

test('a history whose making was broken off is made to its end by the next process', async () => {
  const folder = await brokenOff();
  expect(existsSync(join(folder, 'image-ferry.db-journal'))).toBe(true);
  const store = await openStore({ folder, isOwner: true });
  ends.add(() => store.close());
  expect(store.lost).toBeUndefined();
  expect(await store.history.list({ most: 9 }, unending)).toEqual([]);
});
