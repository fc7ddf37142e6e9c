import { expect, test } from 'vitest';
import { momentText, timeText } from '../../../../renderer/format/dates.ts';
import { bytesText, clockText, durationText, rateText, shareOf } from '../../../../renderer/format/numbers.ts';
import { piecesOfReference } from '../../../../renderer/format/reference.ts';
import { visibleLines, visibleText } from '../../../../renderer/format/visible.ts';

test('characters that hide or turn a text around are shown by their number', () => {
  expect(visibleText('a\u202eexe\u0007\u001b[31m\u200b')).toBe('a‹U+202E›exe‹U+0007›‹U+001B›[31m‹U+200B›');
  expect(visibleText('tag\u{e0041}x')).toBe('tag‹U+E0041›x');
});

test('markup is a text like any other', () => {
  expect(visibleText('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
});

test('a text of ten kilobytes is cut, and half a character is not left behind', () => {
  expect(visibleText('x'.repeat(10_000))).toHaveLength(401);
  expect(visibleText(`${'x'.repeat(399)}😀`).isWellFormed()).toBe(true);
});

test('lines stay lines where they may', () => {
  expect(visibleLines('a\nb\tc\r')).toBe('a\nb\tc‹U+000D›');
  expect(visibleText('a\nb')).toBe('a‹U+000A›b');
});

test('sizes and speeds are three digits and a unit; what is not known is a dash', () => {
  expect(bytesText(undefined)).toBe('–');
  expect(bytesText(43_200_000)).toBe('41.2 MiB');
  expect(rateText(43_200_000)).toBe('41.2 MiB/s');
});

test('times to go read like a clock, times taken like words', () => {
  expect([18, 725, 12_000].map(clockText)).toEqual(['0:18', '12:05', '3:20:00']);
  expect(durationText(725, 'en')).toBe('12 min 05 s');
  expect(durationText(725, 'zh-CN')).toBe('12 分 05 秒');
});

test('a share stays between nothing and all, and is unknown without a whole', () => {
  expect(shareOf(5, undefined)).toBeUndefined();
  expect([shareOf(5, 10), shareOf(11, 10), shareOf(0, 0)]).toEqual([0.5, 1, 1]);
});

test('moments that are none are a dash', () => {
  expect([momentText('soon'), momentText(undefined), timeText(Number.NaN)]).toEqual(['–', '–', '–']);
  expect(momentText('2026-11-06T10:39:00')).toBe('2026-11-06 10:39');
});

test('a reference comes apart into host, path and tag and together again', () => {
  expect(piecesOfReference('h:5000/a/b:v1')).toEqual({ host: 'h:5000', path: '/a/b', tag: ':v1' });
  expect(piecesOfReference('h/a@sha256:ab')).toEqual({ host: 'h', path: '/a', tag: '@sha256:ab' });
  expect(piecesOfReference('nginx')).toEqual({ host: '', path: 'nginx', tag: '' });
});
