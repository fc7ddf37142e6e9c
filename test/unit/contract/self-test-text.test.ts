import { expect, test } from 'vitest';
import { selfTestLines } from '../../../electron/app/self-test/lines.ts';
import { checkName, checkText } from '../../../electron/contract/self-test-text.ts';
import { checkIds } from '../../../electron/contract/self-test.ts';

test('every check has a name in both languages', () => {
  for (const id of checkIds) {
    expect(checkName(id, 'en')).not.toBe('');
    expect(checkName(id, 'zh-CN')).not.toBe('');
  }
});

test('what was found is said in both languages, with words of ours among its values', () => {
  const check = { code: 'folder-readable', values: { folder: 'D:\\data', rule: 'portable' } };
  expect(checkText(check, 'en').message).toBe('others on this machine may read D:\\data (beside the program)');
  expect(checkText(check, 'zh-CN').message).toBe('本机其他用户可以读取 D:\\data（位于程序旁）');
  expect(checkText(check, 'zh-CN').remedy).toContain('--data-dir');
});

test('what is not known here is said as it was told', () => {
  const check = { code: 'of-a-later-version', values: {}, message: 'said', remedy: 'do this' };
  expect(checkText(check, 'zh-CN')).toEqual({ message: 'said', remedy: 'do this' });
  expect(checkText({ ...check, code: 'toString' }, 'en').message).toBe('said');
});

test('the table has a line for each check, a remedy where there is one, and a count', () => {
  const checks = [
    { id: 'zstd', state: 'ok', code: 'zstd-works', values: {}, message: '', milliseconds: 1 },
    { id: 'disk', state: 'failed', code: 'disk-full', values: { free: '1 MiB' }, message: '', milliseconds: 1 },
  ] as const;
  expect(selfTestLines({ ok: false, checks: [...checks] }, 'en')).toEqual([
    'ok  zstd: compressed and read back',
    'FAILED  Free disk: 1 MiB free on the disk of the data folder',
    '    → Free space or choose a larger disk with --data-dir.',
    '1 failed, 0 warnings',
  ]);
  expect(selfTestLines({ ok: false, checks: [...checks] }, 'zh-CN').at(-1)).toBe('失败 1 项，警告 0 项');
});
