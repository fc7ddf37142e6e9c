import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageResult } from '../../../../electron/contract/models.ts';
import { csvText } from '../../../../electron/app/reports/csv.ts';
import { htmlPage } from '../../../../electron/app/reports/html-page.ts';
import { checkReportFile, writeReport } from '../../../../electron/shells/cli/report.ts';
import { summaryFacts } from '../../../../electron/shells/cli/summary.ts';

describe('a CSV cell', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', '＋1', '－1', '＠x'])(
    '%j is no formula',
    (text) => {
      expect(csvText([[text]])).toBe(`"'${text}"\r\n`);
    },
  );

  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ["it's", '"it\'s"'],
    ['a=b', 'a=b'],
    ['', ''],
  ])('%j is written %s', (text, written) => {
    expect(csvText([[text, 'end']])).toBe(`${written},end\r\n`);
  });
});

describe('an HTML page', () => {
  const hostile = `</td><script>alert("1")</script>'&`;
  const page = htmlPage({ title: hostile, lines: [hostile], names: [hostile], rows: [['a', 'b', `"${hostile}`]] });

  test('escapes every text', () => {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('"1"');
    expect(page).toContain('&#60;script&#62;alert(&#34;1&#34;)');
    expect(page.match(/<\/td>/g)).toHaveLength(3);
  });

  test('loads and runs nothing; only its one style is allowed', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style'));
    expect(page).not.toMatch(/\b(?:src|href|on\w+)=/);
  });
});

describe('a report file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ferry-report-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const result: ImageResult = {
    source: '=cmd()',
    destination: 'dest.example/x:1',
    outcome: 'failed',
    blobs: { sent: 0, mounted: 0, present: 0 },
    referrers: 0,
    seconds: 1,
    notices: [
      { kind: 'overwritten', text: 'one' },
      { kind: 'source-moved', text: 'two\r\nthree' },
    ],
  };
  const facts = summaryFacts({ ok: false, failures: [] }, undefined, 1, 'job');

  test('holds one line for each image, whatever their texts', async () => {
    await writeReport(join(folder, 'a.CSV'), facts, [result]);
    const lines = (await readFile(join(folder, 'a.CSV'), 'utf8')).split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^"'=cmd\(\)",dest\.example\/x:1,failed,/);
    expect(lines[1]).toContain('one; two\ufffd\ufffdthree');
  });

  test('of JSON keeps texts as they are', async () => {
    await writeReport(join(folder, 'a.json'), facts, [result]);
    expect(JSON.parse(await readFile(join(folder, 'a.json'), 'utf8'))).toEqual({ ...facts, results: [result] });
  });

  test.each(['report', 'report.txt', '.json', 'a.csv/', 'none/a.csv'])(
    'named %s is refused beforehand',
    async (name) => {
      await expect(checkReportFile(join(folder, name) + (name.endsWith('/') ? 'x' : ''))).rejects.toMatchObject({
        kind: 'invalid',
        side: 'local',
      });
    },
  );

  test('may be there already', async () => {
    await writeReport(join(folder, 'again.html'), facts, []);
    await expect(checkReportFile(join(folder, 'again.html'))).resolves.toBeUndefined();
  });
});
