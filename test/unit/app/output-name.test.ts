import { expect, test } from 'vitest';
import { outputRefusal } from '../../../electron/app/output-name.ts';

test.each(['aux.tar', 'C:\\out\\CON', 'nul.json', 'com1.tar', 'LPT9', 'C:\\out\\trailing.', 'what?.tar'])(
  'F-70: on Windows no file is to be called %s',
  (path) => {
    expect(outputRefusal(path, 'win32')).toContain('the name ');
  },
);

test.each([
  'october.tar',
  'C:\\数据 目录\\十月.tar',
  'C:\\',
  '.\\console.tar',
  '\\\\server\\share\\x.tar',
  'C:/aux/x.tar',
])('on Windows a file may be called %s', (path) => {
  expect(outputRefusal(path, 'win32')).toBeUndefined();
});

test('elsewhere every name will do', () => {
  expect(outputRefusal('aux.tar', 'linux')).toBeUndefined();
});
