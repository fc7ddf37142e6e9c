import { expect, test } from 'vitest';
import { parseRange } from '../../../../electron/engine/dock/ranges.ts';

const part = (start: number, end: number): object => ({ kind: 'part', part: { start, end } });
const whole = { kind: 'whole' };
const none = { kind: 'unsatisfiable' };

test.each([
  [undefined, 10, whole],
  ['bytes=0-0', 10, part(0, 1)],
  ['bytes=2-4', 10, part(2, 5)],
  ['Bytes=2-4', 10, part(2, 5)],
  ['bytes=2-99', 10, part(2, 10)],
  ['bytes=4-', 10, part(4, 10)],
  ['bytes=-3', 10, part(7, 10)],
  ['bytes=-99', 10, part(0, 10)],
  ['bytes=-0', 10, none],
  ['bytes=10-', 10, none],
  ['bytes=10-12', 10, none],
  ['bytes=0-', 0, none],
  ['bytes=-1', 0, none],
  [`bytes=${'9'.repeat(400)}-`, 10, none],
  [`bytes=0-${'9'.repeat(400)}`, 10, part(0, 10)],
  ['bytes=4-2', 10, whole],
  ['bytes=-', 10, whole],
  ['bytes=', 10, whole],
  ['bytes=0-1,3-4', 10, whole],
  ['bytes=a-b', 10, whole],
  ['bytes=+1-2', 10, whole],
  ['lines=0-1', 10, whole],
])('reads %s of %i bytes', (header, sizeBytes, expected) => {
  expect(parseRange(header, sizeBytes)).toEqual(expected);
});
