import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkIds } from '../../../electron/contract/self-test.ts';
import { ferry, folder } from './ferry.ts';

test('self-test shows a line for each check and ends with 0 when none failed', async () => {
  const end = await ferry(['self-test']);
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(end.stdout).toMatch(/^ok {2}zstd: /m);
  expect(end.stdout).toMatch(/\n0 failed, \d+ warnings?\n$/);
});

test('--self-test is the same, and with --json one object', async () => {
  const end = await ferry(['--self-test', '--json']);
  expect(end.status).toBe(0);
  const summary: Record<string, unknown> = JSON.parse(end.stdout);
  expect(summary).toMatchObject({ event: 'summary', ok: true, failures: [] });
  expect(summary['checks']).toMatchObject(checkIds.map((id) => ({ id })));
});

test('it ends with 1 when something failed, in Chinese too', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const end = await ferry(['self-test', '--data-dir', file], { env: { LANG: 'zh_CN.UTF-8' } });
  expect(end.status).toBe(1);
  expect(end.stdout).toMatch(/^失败 {2}数据目录：/m);
  const told = await ferry(['self-test', '--data-dir', file, '--json']);
  expect([told.status, JSON.parse(told.stdout).ok]).toEqual([1, false]);
});

test('wrong use ends with 2', async () => {
  expect((await ferry(['self-test', '--plain-http', 'x'])).status).toBe(2);
});

test('no password of a proxy is shown', async () => {
  const env = { HTTPS_PROXY: 'http://someone:hunter2@proxy.example:3128' };
  for (const more of [[], ['--json']]) {
    const end = await ferry(['self-test', ...more], { env });
    expect(end.stdout).toContain('http://proxy.example:3128');
    expect(end.stdout + end.stderr).not.toMatch(/hunter2|someone/);
  }
});

test('S-PKG-6: it takes nothing from the folder it is started in', async () => {
  const cwd = mkdtempSync(join(folder, 'hostile-'));
  const names = ['.npmrc', 'package.json', 'version.dll', 'image-ferry.json'];
  for (const name of names) writeFileSync(join(cwd, name), '{"name":"evil","version":"6.6.6"}');
  const end = await ferry(['self-test'], { cwd });
  expect([end.status, end.stdout.includes('6.6.6')]).toEqual([0, false]);
  expect(readdirSync(cwd).toSorted()).toEqual(names.toSorted());
});
