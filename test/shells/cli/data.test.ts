import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ferry, folder, startFerry } from './ferry.ts';
import { slowCopy } from './slow-copy.ts';
import { openDock, openSource } from './stage.ts';

/** A data folder as a copy leaves it, with a vault beside. */
async function used(): Promise<string> {
  const data = mkdtempSync(join(folder, 'data-'));
  const [source, destination] = [await openSource(), await openDock()];
  const env = { IMAGE_FERRY_DATA: data };
  const copied = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`], { env });
  expect(copied).toMatchObject({ status: 0 });
  writeFileSync(join(data, 'vault.json'), '{}');
  return data;
}

test('data remove takes cache, history, vault and logs away, and the folder when nothing is left', async () => {
  const data = await used();
  expect(readdirSync(data)).toEqual(expect.arrayContaining(['cache', 'image-ferry.db', 'logs', 'vault.json']));
  const end = await ferry(['data', 'remove', '--yes', '--data-dir', data]);
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(end.stdout).toBe(`removed from ${data}: vault.json, image-ferry.db, logs, cache\n`);
  expect(existsSync(data)).toBe(false);
});

test('what is not ours stays, and is said', async () => {
  const data = await used();
  writeFileSync(join(data, 'notes.txt'), 'mine');
  mkdirSync(join(data, 'photos'));
  const end = await ferry(['data', 'remove', '--yes', '--data-dir', data]);
  expect([end.status, readdirSync(data).toSorted()]).toEqual([0, ['notes.txt', 'photos']]);
  expect(end.stderr).toContain('notes.txt, photos');
});

test('without --yes it says what would go, and nothing goes', async () => {
  const data = await used();
  const before = readdirSync(data).toSorted();
  const end = await ferry(['data', 'remove', '--data-dir', data]);
  expect([end.status, readdirSync(data).toSorted()]).toEqual([2, before]);
  expect(end.stderr).toContain('vault.json, image-ferry.db, logs, cache');
});

test('with --json it names what went', async () => {
  const data = await used();
  const end = await ferry(['data', 'remove', '--yes', '--json', '--data-dir', data]);
  const [removed, summary] = end.stdout
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(removed).toMatchObject({ event: 'data-removed', folder: data, left: [] });
  expect(summary).toMatchObject({ event: 'summary', ok: true });
});

test('while another command owns the folder nothing goes, and the owner is named', async () => {
  const data = mkdtempSync(join(folder, 'data-'));
  const env = { IMAGE_FERRY_DATA: data };
  const { args, inMidCopy } = await slowCopy();
  const owner = startFerry([...args, '--data-dir', data], { env });
  await inMidCopy;
  const before = readdirSync(data).toSorted();
  const end = await ferry(['data', 'remove', '--yes'], { env });
  expect(end.status).toBe(2);
  expect(end.stderr).toContain(`process ${owner.child.pid}`);
  expect(readdirSync(data).toSorted()).toEqual(before);
  owner.child.kill('SIGKILL');
  await owner.ended;
});
