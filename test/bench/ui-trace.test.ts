import { expect, test } from 'vitest';
import { between, longestOf, sumOf } from './ui-trace.ts';

const trace = {
  tasks: [
    { atMs: 0, wallMs: 10, cpuMs: 10 },
    { atMs: 20, wallMs: 40, cpuMs: 20 },
    { atMs: 80, wallMs: 5, cpuMs: 5 },
  ],
  marks: new Map([
    ['begin', 5],
    ['end', 40],
  ]),
};

test('tasks that cross a mark are cut there, and what they worked with them', () => {
  const inside = between(trace, 'begin', 'end');
  expect(inside).toEqual([
    { atMs: 5, wallMs: 5, cpuMs: 5 },
    { atMs: 20, wallMs: 20, cpuMs: 10 },
  ]);
  expect([sumOf(inside, 'wallMs'), sumOf(inside, 'cpuMs'), longestOf(inside, 'wallMs')]).toEqual([25, 15, 20]);
});
