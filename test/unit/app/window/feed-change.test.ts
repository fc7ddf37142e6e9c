import { array, assert, dictionary, integer, jsonValue, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { changeOf, longestMessageBytes } from '../../../../electron/app/window/feed-change.ts';
import { applyFeedMessage } from '../../../../electron/contract/feed-message.ts';
import { fuzz } from '../../fuzzing.ts';

type State = Readonly<Record<string, unknown>>;

/** Sends one snapshot after another and gives what arrives, with the sizes of all messages. */
function travel(snapshots: readonly State[]): {
  readonly arrived: State | undefined;
  readonly bytes: readonly number[];
} {
  let sent: Parameters<typeof changeOf>[0];
  let arrived: State | undefined;
  const bytes: number[] = [];
  for (const snapshot of snapshots) {
    const change = changeOf(sent, snapshot);
    sent = change.sent;
    for (const message of change.messages) {
      arrived = applyFeedMessage(arrived, { number: 1, ...message });
      bytes.push(Buffer.byteLength(JSON.stringify({ number: 1, ...message })));
    }
    expect(arrived).toEqual(snapshot);
  }
  return { arrived, bytes };
}

test('an empty snapshot is told too', () => {
  expect(travel([{}]).arrived).toEqual({});
});

test('nothing is told when nothing changed', () => {
  const first = changeOf(undefined, { a: 1, rows: [{ b: 2 }] });
  expect(changeOf(first.sent, { a: 1, rows: [{ b: 2 }] }).messages).toEqual([]);
});

test('only the rows that changed are told', () => {
  const first = changeOf(undefined, { rows: [1, 2, 3] });
  expect(changeOf(first.sent, { rows: [1, 9, 3] }).messages[0]?.lists).toEqual({ rows: { length: 3, rows: [[1, 9]] } });
});

test('a list that only became shorter is told by its length', () => {
  expect(travel([{ rows: [1, 2, 3] }, { rows: [1] }, { rows: [] }]).arrived).toEqual({ rows: [] });
});

test('S-IPC-8: no message is longer than 64 KiB, however much there is to tell', () => {
  const rows = Array.from({ length: 100 }, (_, at) => ({ at, text: '网'.repeat(2000) }));
  const { bytes } = travel([{ rows }, { rows: rows.toReversed(), other: 'x'.repeat(30_000) }]);
  expect(Math.max(...bytes)).toBeLessThanOrEqual(longestMessageBytes);
  expect(bytes.length).toBeGreaterThan(2);
});

test('S-IPC-8: a single row that is too long is shortened, not sent', () => {
  const change = changeOf(undefined, { rows: [{ name: 'kept', text: 'x'.repeat(100_000) }] });
  const sizes = change.messages.map((message) => Buffer.byteLength(JSON.stringify(message)));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(longestMessageBytes);
  expect(JSON.stringify(change.messages)).toContain('kept');
});

test('whatever the snapshots are, the last one arrives', () => {
  const value = jsonValue().filter((each) => !JSON.stringify(each).includes('-0'));
  const row = oneof(integer(), string(), value);
  const snapshot = dictionary(string({ minLength: 1, maxLength: 3 }), oneof(array(row, { maxLength: 6 }), value), {
    maxKeys: 4,
  });
  const plain = snapshot.map((each): State => JSON.parse(JSON.stringify(each)));
  assert(
    property(array(plain, { minLength: 1, maxLength: 5 }), (snapshots) => void travel(snapshots)),
    fuzz(300),
  );
});
