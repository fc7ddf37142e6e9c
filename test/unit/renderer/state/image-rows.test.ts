import { expect, test } from 'vitest';
import {
  combineStates,
  filterRows,
  keyOfRow,
  type ListedImage,
  nameOfRow,
  orderRows,
  withMoving,
} from '../../../../renderer/state/image-rows.ts';

const row = (repository: string, tag: string, more: Partial<ListedImage> = {}): ListedImage => ({
  repository,
  tag,
  key: `${repository}:${tag}`,
  ...more,
});
const rows = [
  row('library/nginx', 'v1.10', { sizeBytes: 5, pushedAt: '2026-01-02T00:00:00Z' }),
  row('library/nginx', 'v1.9', { platforms: ['linux/arm64'] }),
  row('ai/vllm', 'v2', { sizeBytes: 9, digest: 'sha256:abcd', pushedAt: '2026-01-01T00:00:00Z' }),
];
const keys = (listed: readonly ListedImage[]): readonly string[] => listed.map(({ key }) => key);

test('every word of a filter must be in the name, the digest or the platforms', () => {
  expect(keys(filterRows(rows, ' NGINX  1.9 '))).toEqual(['library/nginx:v1.9']);
  expect(keys(filterRows(rows, 'abcd'))).toEqual(['ai/vllm:v2']);
  expect(keys(filterRows(rows, 'arm64'))).toEqual(['library/nginx:v1.9']);
  expect(keys(filterRows(rows, 'nginx abcd'))).toEqual([]);
});

test('an empty filter gives the very same rows', () => {
  expect(filterRows(rows, '  ')).toBe(rows);
});

test('tags stand in the order people count in', () => {
  expect(keys(orderRows(rows, { column: 'repository', isDescending: false }))).toEqual([
    'ai/vllm:v2',
    'library/nginx:v1.9',
    'library/nginx:v1.10',
  ]);
});

test('what is not known stands last, whichever way the order goes', () => {
  for (const isDescending of [false, true]) {
    expect(keys(orderRows(rows, { column: 'size', isDescending })).at(-1)).toBe('library/nginx:v1.9');
    expect(keys(orderRows(rows, { column: 'pushed', isDescending })).at(-1)).toBe('library/nginx:v1.9');
  }
  expect(keys(orderRows(rows, { column: 'size', isDescending: true }))[0]).toBe('ai/vllm:v2');
});

test('several destinations make one word: the same everywhere, otherwise what needs attention most', () => {
  expect(combineStates([])).toBeUndefined();
  expect(combineStates(['same', 'same'])).toBe('same');
  expect(combineStates(['new', 'same'])).toBe('some');
  expect(combineStates(['new', 'unknown'])).toBe('unknown');
  expect(combineStates(['differs', 'unknown', 'same'])).toBe('differs');
});

test('a row is named by its place, repository and tag', () => {
  expect(keyOfRow(rows[0] ?? row('', ''))).toBe('library/nginx:v1.10');
  expect(nameOfRow('r1', row('a/b', 'c', { digest: 'sha256:abcd' }))).toEqual({
    place: { kind: 'registry', id: 'r1' },
    repository: 'a/b',
    tag: 'c',
  });
});

test('only rows that are being copied from that host change', () => {
  const moved = withMoving(rows, 'h.example', new Map([['h.example/ai/vllm:v2', 0.5]]));
  expect(moved.map(({ moving }) => moving)).toEqual([undefined, undefined, 0.5]);
  expect(moved[0]).toBe(rows[0]);
  expect(withMoving(rows, 'other', new Map())).toBe(rows);
});
