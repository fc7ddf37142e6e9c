import { describe, expect, test } from 'vitest';
import { longestPauseMs, retryAfterMs } from '../../../../electron/engine/http/retry-after.ts';

const nowMs = Date.UTC(2026, 5, 1, 12, 0, 0);
const date = new Date(nowMs).toUTCString();
const inSeconds = (seconds: number): string => new Date(nowMs + seconds * 1000).toUTCString();

describe('Retry-After in every form that was seen (F-19)', () => {
  test.each([
    ['seconds', '7', 7000],
    ['no pause', '0', 0],
    ['a fraction', '1.5', 1500],
    ['blanks around it', '  12 ', 12_000],
    ['an HTTP date', inSeconds(90), 90_000],
    ['a date that has passed', inSeconds(-90), undefined],
    ['Unix seconds (Docker Hub, hub-feedback#2459)', String(nowMs / 1000 + 30), 30_000],
    ['Unix seconds that have passed', String(nowMs / 1000 - 30), undefined],
    ['Unix milliseconds', String(nowMs + 5000), 5000],
    ['microseconds with their unit (dependabot/cli#380)', '880.092µs', 1],
    ['milliseconds with their unit', '250ms', 250],
    ['minutes and seconds', '1m30s', 90_000],
    ['hours, capped', '2h', longestPauseMs],
    ['ten years, capped', '315360000', longestPauseMs],
    ['far away as a date, capped', inSeconds(864_000), longestPauseMs],
    ['negative', '-5', undefined],
    ['empty', '', undefined],
    ['words', 'soon', undefined],
    ['not a number', 'NaN', undefined],
    ['endless digits', '9'.repeat(400), longestPauseMs],
    ['exponents', '1e9', undefined],
    ['a date that is none', 'Mon, 99 Foo 2026 99:99:99 GMT', undefined],
  ])('%s', (_what, value, expected) => {
    expect(retryAfterMs({ 'retry-after': value, date }, 0)).toBe(expected);
  });

  test('X-Retry-After counts where the other is missing', () => {
    expect(retryAfterMs({ 'x-retry-after': String(nowMs / 1000 + 60), date }, 0)).toBe(60_000);
    expect(retryAfterMs({ 'retry-after': '3', 'x-retry-after': '60', date }, 0)).toBe(3000);
  });

  test('dates count from the answer’s own Date, not from a clock that is a day off (F-16)', () => {
    for (const offMs of [-86_400_000, 86_400_000])
      expect(retryAfterMs({ 'retry-after': inSeconds(20), date }, nowMs + offMs)).toBe(20_000);
    expect(retryAfterMs({ 'retry-after': inSeconds(20) }, nowMs)).toBe(20_000);
  });

  test('nothing is nothing', () => expect(retryAfterMs({}, nowMs)).toBeUndefined());
});
