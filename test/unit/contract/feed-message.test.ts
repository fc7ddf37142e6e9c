import { expect, test } from 'vitest';
import { applyFeedMessage, type FeedMessage } from '../../../electron/contract/feed-message.ts';

const message = (part: Partial<FeedMessage>): FeedMessage => ({
  number: 1,
  isFirst: false,
  isLast: true,
  set: {},
  unset: [],
  lists: {},
  ...part,
});

test('a first message begins from nothing', () => {
  expect(applyFeedMessage({ old: 1 }, message({ isFirst: true, set: { total: 2 } }))).toEqual({ total: 2 });
});

test('members and rows are set and taken away', () => {
  const before = { total: 2, gone: true, rows: ['a', 'b', 'c'] };
  const change = message({ set: { total: 3 }, unset: ['gone'], lists: { rows: { length: 2, rows: [[1, 'B']] } } });
  expect(applyFeedMessage(before, change)).toEqual({ total: 3, rows: ['a', 'B'] });
  expect(before.rows).toEqual(['a', 'b', 'c']);
});

test('rows that did not change stay the same objects', () => {
  const row = { name: 'a' };
  const next = applyFeedMessage(
    { rows: [row, row] },
    message({ lists: { rows: { length: 2, rows: [[1, { name: 'b' }]] } } }),
  );
  expect(Array.isArray(next['rows']) && next['rows'][0] === row).toBe(true);
});
