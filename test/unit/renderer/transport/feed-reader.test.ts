import { expect, test } from 'vitest';
import type { FeedMessage } from '../../../../electron/contract/feed-message.ts';
import { FeedReader } from '../../../../renderer/transport/feed-reader.ts';

const message = (number: number, part: Partial<FeedMessage>): FeedMessage => ({
  number,
  isFirst: false,
  isLast: true,
  set: {},
  unset: [],
  lists: {},
  ...part,
});

test('a snapshot in parts is shown when its last part is there', () => {
  const reader = new FeedReader();
  expect(
    reader.read(message(1, { isFirst: true, isLast: false, lists: { rows: { length: 2, rows: [[0, 'a']] } } })).kind,
  ).toBe('wait');
  const step = reader.read(message(2, { lists: { rows: { length: 2, rows: [[1, 'b']] } } }));
  expect(step).toEqual({ kind: 'show', snapshot: { rows: ['a', 'b'] } });
});

test('a patch changes what it names and leaves the rest the same objects', () => {
  const reader = new FeedReader();
  const kept = { name: 'kept' };
  reader.read(
    message(1, {
      isFirst: true,
      set: { total: 1 },
      lists: {
        rows: {
          length: 2,
          rows: [
            [0, kept],
            [1, 'x'],
          ],
        },
      },
    }),
  );
  const step = reader.read(message(2, { set: { total: 2 }, lists: { rows: { length: 2, rows: [[1, 'y']] } } }));
  expect(step.kind === 'show' && step.snapshot['total']).toBe(2);
  const rows: unknown = step.kind === 'show' ? step.snapshot['rows'] : undefined;
  expect(Array.isArray(rows) && rows[0] === kept && rows[1] === 'y').toBe(true);
});

test('a missing number is a hole, and so is everything until the next beginning', () => {
  const reader = new FeedReader();
  reader.read(message(1, { isFirst: true }));
  expect(reader.read(message(3, {})).kind).toBe('hole');
  expect(reader.read(message(4, {})).kind).toBe('hole');
  expect(reader.read(message(1, { isFirst: true })).kind).toBe('show');
});
