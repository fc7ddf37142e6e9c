import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { migrations } from '../../../../electron/engine/store/migrations.ts';
import { openDatabase } from '../../../../electron/engine/store/open-database.ts';
import { openStore } from '../../../../electron/engine/store/store.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { intentOf, resultOf, signal, Stores, wellDone } from './stores.ts';

const stores = new Stores();
afterEach(() => stores.clean());

const step2 = 'CREATE TABLE added (x INTEGER) STRICT';

async function filledFolder(): Promise<{ folder: string; path: string }> {
  const folder = await stores.folder();
  const store = await stores.open({ folder });
  const job = await store.journal.begin(intentOf('a'), signal);
  await job.images([resultOf(1)]);
  await job.finish(wellDone);
  await store.close();
  return { folder, path: join(folder, 'image-ferry.db') };
}

describe('a store that is opened', () => {
  test('flushes every commit and trusts nothing in the file', async () => {
    const folder = await stores.folder();
    const { built: settings, database } = await openDatabase(
      { folder, isOwner: true, clock: systemClock },
      (database) =>
        ['synchronous', 'journal_mode', 'foreign_keys', 'trusted_schema'].map((name) =>
          Object.values(Object(database.prepare(`PRAGMA ${name}`).get())),
        ),
    );
    database.close();
    expect(settings.flat()).toEqual([2, 'wal', 1, 0]);
  });

  test('can be read by its user only, log and index too', async () => {
    const folder = await stores.folder();
    await stores.open({ folder });
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  test.each(['\\\\server\\share\\data', '//server/share', '\\\\?\\UNC\\server\\share'])(
    'is refused on a network drive: %s',
    async (folder) => {
      await expect(openStore({ folder, isOwner: true })).rejects.toMatchObject({
        kind: 'disk',
        side: 'local',
        message: expect.stringContaining('network drive'),
      });
    },
  );

  test('is not there to be opened in a folder that cannot be written', async () => {
    const folder = await stores.folder();
    mkdirSync(join(folder, 'image-ferry.db'));
    await expect(openStore({ folder, isOwner: true })).rejects.toMatchObject({ kind: 'disk', side: 'local' });
  });
});

describe('the file of a newer Image Ferry', () => {
  test('is refused and keeps every byte', async () => {
    const { folder, path } = await filledFolder();
    const newer = new Sqlite(path);
    newer.pragma(`user_version = ${migrations.length + 1}`);
    newer.close();
    const before = readFileSync(path);
    await expect(openStore({ folder, isOwner: true })).rejects.toMatchObject({
      kind: 'invalid',
      side: 'local',
      message: expect.stringContaining('newer Image Ferry'),
    });
    expect(readFileSync(path)).toEqual(before);
  });

  test('keeps its log too when that holds the newer version', async () => {
    const { folder, path } = await filledFolder();
    const elsewhere = await stores.folder();
    const newer = new Sqlite(path);
    newer.pragma(`user_version = ${migrations.length + 1}`);
    // As a killed process leaves them.
    for (const end of ['', '-wal']) writeFileSync(join(elsewhere, `image-ferry.db${end}`), readFileSync(path + end));
    newer.close();
    const bytes = () => ['', '-wal'].map((end) => readFileSync(join(elsewhere, `image-ferry.db${end}`)));
    const before = bytes();
    await expect(openStore({ folder: elsewhere, isOwner: true })).rejects.toMatchObject({ kind: 'invalid' });
    expect(bytes()).toEqual(before);
    expect(folder).not.toBe(elsewhere);
  });
});

describe('the file of an older Image Ferry', () => {
  const open = (folder: string, isOwner: boolean, steps: readonly string[]) =>
    openDatabase({ folder, isOwner, clock: systemClock, steps }, () => undefined);

  test('is brought up after a copy was made of it', async () => {
    const { folder, path } = await filledFolder();
    const { database } = await open(folder, true, [...migrations, step2]);
    expect(database.prepare('SELECT count(*) AS n FROM added').get()).toEqual({ n: 0 });
    expect(database.prepare('SELECT count(*) AS n FROM jobs').get()).toEqual({ n: 1 });
    database.close();
    const copy = new Sqlite(`${path}.before-2`);
    expect(copy.pragma('user_version', { simple: true })).toBe(1);
    expect(copy.prepare('SELECT count(*) AS n FROM images').get()).toEqual({ n: 1 });
    copy.close();
    expect(statSync(`${path}.before-2`).mode & 0o777).toBe(0o600);
  });

  test('stays as it was when a step breaks off', async () => {
    const { folder } = await filledFolder();
    const broken = `${step2}; INSERT INTO nowhere VALUES (1)`;
    await expect(open(folder, true, [...migrations, broken])).rejects.toMatchObject({ kind: 'internal' });
    const store = await stores.open({ folder });
    expect(await store.history.list({ most: 9 }, signal)).toHaveLength(1);
  });

  test('is left alone while another process owns the folder', async () => {
    const { folder } = await filledFolder();
    await expect(open(folder, false, [...migrations, step2])).rejects.toMatchObject({
      kind: 'disk',
      message: expect.stringContaining('another Image Ferry is using it'),
    });
  });
});

describe('a damaged file', () => {
  test('is moved aside with its log, and the opener hears of it', async () => {
    const { folder, path } = await filledFolder();
    writeFileSync(path, 'this is no database, only some text that is long enough to look at'.repeat(100));
    writeFileSync(`${path}-wal`, 'nor is this a log');
    const store = await stores.open({ folder });
    expect(store.lost?.movedTo).toMatch(/image-ferry\.db\.broken-\d{8}T\d{9}Z$/);
    expect(store.lost?.isRestWhole).toBe(false);
    expect(readFileSync(store.lost?.movedTo ?? '', 'utf8')).toContain('this is no database');
    expect(await store.history.list({ most: 9 }, signal)).toEqual([]);
    await store.close();
    expect((await stores.open({ folder })).lost).toBeUndefined();
  });

  test('is left to the owner of the folder', async () => {
    const { folder, path } = await filledFolder();
    writeFileSync(path, 'no database'.repeat(1_000));
    await expect(openStore({ folder, isOwner: false })).rejects.toMatchObject({
      kind: 'disk',
      message: expect.stringContaining('damaged'),
    });
    expect(readFileSync(path, 'utf8')).toContain('no database');
  });

  test('loses only the history when only that is damaged', async () => {
    const folder = await stores.folder();
    const first = await stores.open({ folder });
    const setting = { name: 'theme', fallback: 'system', read: String };
    await first.settings.set(setting, 'dark');
    const entry = { id: 'a', host: 'a.example', displayName: 'A', plainHttp: true, insecure: false, namespaces: ['n'] };
    await first.registries.put(entry);
    await first.realms.pin('a.example', 'https://auth.example');
    const bytes = Buffer.from('{}');
    const digest = digestOf(bytes);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const row = { digest, mediaType, bytes, referrer: { mediaType, digest, size: 2 } };
    await first.references.putManifest('team/app', row, 'v1');
    await first.references.linkBlob('team/app', digest, 2);
    const job = await first.journal.begin(intentOf('a'), signal);
    await job.images([resultOf(1)]);
    await job.finish(wellDone);
    await first.close();
    const path = join(folder, 'image-ferry.db');
    const raw = new Sqlite(path, { readonly: true });
    const root = raw.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'images'").pluck().get();
    raw.close();
    const file = readFileSync(path);
    file.fill(0x5a, (Number(root) - 1) * 4_096, Number(root) * 4_096);
    writeFileSync(path, file);

    const { lost, settings, registries, realms, references, history } = await stores.open({ folder });
    expect(lost?.isRestWhole).toBe(true);
    expect(await history.list({ most: 9 }, signal)).toEqual([]);
    expect(await settings.get(setting)).toBe('dark');
    expect(await registries.list()).toEqual([entry]);
    expect(await realms.pinned('a.example')).toBe('https://auth.example');
    expect((await references.manifest('team/app', 'v1'))?.digest).toBe(digest);
    expect(await references.blobSize('team/app', digest)).toBe(2);
  });

  test('that is met in use is marked for the next opening', async () => {
    const folder = await stores.folder();
    const { database } = await openDatabase({ folder, isOwner: true, clock: systemClock }, () => undefined);
    const met = database.read(() => {
      throw Object.assign(new Error('a page is wrong'), { code: 'SQLITE_CORRUPT_VTAB' });
    });
    await expect(met).rejects.toMatchObject({ kind: 'disk', message: expect.stringContaining('damaged') });
    database.close();
    expect(existsSync(`${database.path}.damaged`)).toBe(true);
  });

  test('that was met in use is looked through at the next opening', async () => {
    const { folder, path } = await filledFolder();
    writeFileSync(`${path}.damaged`, '');
    const store = await stores.open({ folder });
    expect(store.lost).toBeUndefined();
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });

  test('of a schema nobody can read is moved aside too', async () => {
    const { folder, path } = await filledFolder();
    const other = new Sqlite(path);
    other.exec('ALTER TABLE images RENAME COLUMN source TO sxurce');
    other.close();
    expect((await stores.open({ folder })).lost).toBeDefined();
  });
});

describe('a disk or another program in the way', () => {
  test('a full disk is told as such, and what was kept stays', async () => {
    const folder = await stores.folder();
    const { database } = await openDatabase({ folder, isOwner: true, clock: systemClock }, () => undefined);
    database.prepare('PRAGMA max_page_count = 60').get();
    const fill = database.prepare<[string, string]>('INSERT INTO settings VALUES (?, ?)');
    await database.write(() => fill.run('small', '1'));
    const large = database.write(() => fill.run('large', 'x'.repeat(1_000_000)));
    await expect(large).rejects.toMatchObject({ kind: 'disk', message: expect.stringContaining('no room left') });
    expect(database.prepare('SELECT name FROM settings').all()).toEqual([{ name: 'small' }]);
    database.close();
  });

  test('a write waits until another program lets go', async () => {
    const clock = new FakeClock();
    const { folder, path } = await filledFolder();
    const store = await stores.open({ folder, clock });
    const other = new Sqlite(path);
    other.exec('BEGIN IMMEDIATE');
    const forgotten = store.history.forget(1, signal);
    await clock.whenSleeping();
    other.exec('COMMIT');
    other.close();
    await clock.advance(100);
    expect(await forgotten).toBe(true);
  });

  test('a write says so when another program does not let go within 5 s', async () => {
    const clock = new FakeClock();
    const { folder, path } = await filledFolder();
    const store = await stores.open({ folder, clock });
    const other = new Sqlite(path);
    other.exec('BEGIN IMMEDIATE');
    try {
      const refused = expect(store.history.forget(1, signal)).rejects.toMatchObject({
        kind: 'disk',
        message: expect.stringContaining('another program holds the history'),
        advice: { do: 'again' },
      });
      await clock.advance(6_000);
      await refused;
    } finally {
      other.close();
    }
  });
});
