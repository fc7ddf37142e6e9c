import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ferry, folder } from './ferry.ts';
import { app, openDock, openSource } from './stage.ts';
import { expectSummary, jsonOf } from './summary-shape.ts';

/** A copy to one destination that works and one that has no such tag to offer; gives the path of the report. */
async function reported(
  name: string,
): Promise<{ readonly file: string; readonly source: string; readonly line: unknown }> {
  const [source, good, locked] = [
    await openSource(),
    await openDock(),
    await openDock({ access: { basic: { clerk: 'right-password' } } }),
  ];
  const file = join(folder, name);
  const args = ['copy', `${source.host}/team/app:1`, `${good.host}/x/y`, `${locked.host}/x/y`];
  const end = await ferry([...args, '--report', file, '--json']);
  expect(end.status).toBe(1);
  return { file, source: `${source.host}/team/app:1`, line: jsonOf(end).summary };
}

test('a JSON report is the summary and what became of every image', async () => {
  const { file, line } = await reported('report.json');
  const { results, ...facts } = JSON.parse(await readFile(file, 'utf8'));
  expectSummary(facts);
  expect(facts).toEqual(line);
  expect(results).toMatchObject([
    { outcome: 'copied', digest: app.digest },
    { outcome: 'failed', failure: { kind: 'unauthorized' } },
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a CSV report has one line for each image', async () => {
  const { file, source } = await reported('report.csv');
  const lines = (await readFile(file, 'utf8')).split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^source,destination,outcome,digest,/);
  expect(lines[1]?.split(',').slice(0, 4)).toEqual([source, expect.any(String), 'copied', app.digest]);
  expect(lines[2]).toMatch(/,failed,.*asks for credentials.*--auth FILE/);
});

test('an HTML report is one whole page', async () => {
  const { file, source } = await reported('report.html');
  const page = await readFile(file, 'utf8');
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).toMatch(/<tr class="copied">/);
  expect(page).toMatch(/<tr class="failed">/);
  expect(page).toContain(source);
  expect(page).toContain('2 images: 1 copied, 0 unchanged, 0 skipped, 1 failed, 0 cancelled');
});
