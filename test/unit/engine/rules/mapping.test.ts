import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapReference, pairsOf, presetTemplate, previewMapping } from '../../../../electron/engine/rules/mapping.ts';
import { findConflicts, groupBySource, uniquePairs } from '../../../../electron/engine/rules/pairs.ts';
import { formatReference, parseReference } from '../../../../electron/oci/reference.ts';
import { fuzz } from '../../fuzzing.ts';

const digest = `sha256:${'0123456789ab'.padEnd(64, 'c')}`;
const mapped = (template: string, source: string, values: Readonly<Record<string, string>> = {}): string => {
  const row = mapReference(template, parseReference(source), values);
  return row.destination === undefined ? (row.finding?.code ?? '') : formatReference(row.destination);
};

describe('mapReference', () => {
  const source = 'quay.io:8443/team/sub/app:v1';

  test.each([
    ['harbor.example/{project}/{path}:{tag}', source, 'harbor.example/team/team/sub/app:v1'],
    ['harbor.example/{path}', source, 'harbor.example/team/sub/app:v1'],
    ['harbor.example/m/{name}', source, 'harbor.example/m/app:v1'],
    ['harbor.example/m/{last}', source, 'harbor.example/m/app:v1'],
    ['harbor.example/{upstream}/{path}', source, 'harbor.example/quay.io-8443/team/sub/app:v1'],
    ['harbor.example/{first}/{rest}', source, 'harbor.example/team/sub/app:v1'],
    ['harbor.example/{parent}/{name}', source, 'harbor.example/team/sub/app:v1'],
    ['harbor.example/m/{flat}', source, 'harbor.example/m/team-sub-app:v1'],
    ['{host}/copy/{path}', source, 'quay.io:8443/copy/team/sub/app:v1'],
    ['harbor.example/{path}:{tag}-mirrored', source, 'harbor.example/team/sub/app:v1-mirrored'],
    ['harbor.example:5000/{path}', source, 'harbor.example:5000/team/sub/app:v1'],
    ['localhost/{path}', source, 'localhost/team/sub/app:v1'],
    ['harbor.example/{parent}/{name}', 'r.example/app:v1', 'harbor.example/app:v1'],
    ['harbor.example/{name}/{rest}', 'r.example/app:v1', 'harbor.example/app:v1'],
    ['harbor.example/{path}', 'nginx', 'harbor.example/library/nginx:latest'],
    ['harbor.example/{path}', `nginx@${digest}`, `harbor.example/library/nginx@${digest}`],
    ['harbor.example/{path}', `nginx:1@${digest}`, 'harbor.example/library/nginx:1'],
    ['harbor.example/{path}:d-{digest}', `nginx@${digest}`, 'harbor.example/library/nginx:d-0123456789ab'],
    ['harbor.example/{path}:{tag}', `nginx@${digest}`, 'mapping-no-value'],
    ['harbor.example/{path}:{digest}', source, 'mapping-no-value'],
    ['harbor.example/{oops}', source, 'mapping-variable'],
    ['harbor.example/{constructor}', source, 'mapping-variable'],
    ['harbor/{path}', source, 'mapping-no-host'],
    ['{path}', source, 'mapping-no-host'],
    ['harbor.example', source, 'mapping-no-host'],
    ['harbor.example/Team/{path}', source, 'mapping-invalid'],
    ['harbor.example/{host}/{path}', source, 'mapping-invalid'],
    ['https://harbor.example/{path}', source, 'mapping-invalid'],
    [`harbor.example/{path}@${digest}`, source, 'mapping-invalid'],
    [`harbor.example/{path}:${'x'.repeat(129)}`, source, 'mapping-invalid'],
    [`harbor.example/${'x'.repeat(250)}/{path}`, source, 'mapping-invalid'],
  ])('%s for %s', (template, from, expected) => expect(mapped(template, from)).toBe(expected));

  test('takes variables given by hand before its own', () => {
    expect(mapped('harbor.example/{project}/{site}/{name}', source, { project: 'edge', site: 'a' })).toBe(
      'harbor.example/edge/a/app:v1',
    );
  });

  test.each([
    ['keep-path', 'harbor.example/m/team/app:v1'],
    ['flatten', 'harbor.example/m/app:v1'],
    ['project-per-host', 'harbor.example/m/quay.io/team/app:v1'],
  ] as const)('preset %s', (preset, expected) => {
    expect(mapped(presetTemplate(preset, 'harbor.example/m/'), 'quay.io/team/app:v1')).toBe(expected);
  });

  test('gives a valid reference or a finding, never anything else', () => {
    const piece = fc.constantFrom(
      'h.example/',
      '{path}',
      '{name}',
      '{rest}',
      '{',
      '}',
      '/',
      ':',
      '@',
      '{tag}',
      'a',
      '-',
      '$&',
      '{host}',
    );
    const from = fc.constantFrom('nginx', source, `r.example/a@${digest}`, '[2001:db8::1]:5000/a/b:v');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), from, (pieces, text) => {
        const row = mapReference(pieces.join(''), parseReference(text));
        expect(row.destination === undefined).toBe(row.finding !== undefined);
        if (row.destination !== undefined) {
          expect(parseReference(formatReference(row.destination))).toEqual(row.destination);
        }
      }),
      fuzz(5_000),
    );
  });
});

describe('findConflicts', () => {
  const pair = (source: string, destination: string) => ({
    source: parseReference(source),
    destination: parseReference(destination),
  });
  const found = (...pairs: ReturnType<typeof pair>[]) =>
    findConflicts(pairs).map(
      (each) => `${formatReference(each.destination)} < ${each.sources.map(formatReference).join(' ')}`,
    );

  test.each([
    [[pair('a.example/x:v1', 'd.example/x:v1'), pair('b.example/x:v1', 'd.example/x:v1')], 1],
    [[pair('a.example/x:v1', 'd.example/x:v1'), pair('a.example/x:v1', 'd.example/x:v1')], 0],
    [[pair('a.example/x', 'd.example/x'), pair('a.example/x:latest', 'd.example/x:latest')], 0],
    [[pair('a.example/x', 'd.example/x'), pair('b.example/x', 'd.example/x:latest')], 1],
    [[pair('a.example/x:v1', 'd.example/x:v1'), pair('b.example/x:v2', 'd.example/x:v2')], 0],
    [[pair(`a.example/x@${digest}`, 'd.example/x:v1'), pair(`b.example/x:v1@${digest}`, 'd.example/x:v1')], 0],
    [[pair(`a.example/x@${digest}`, 'd.example/x'), pair(`b.example/x@${digest}`, 'd.example/x')], 0],
    [[pair('nginx:1', 'd.example/x:v1'), pair('docker.io/library/nginx:1', 'd.example/x:v1')], 0],
  ])('%#', (pairs, count) => expect(found(...pairs)).toHaveLength(count));

  test('names the tag and every source once', () => {
    const pairs = ['a', 'b', 'a', 'c'].map((host) => pair(`${host}.example/x:v1`, 'd.example/x:v1'));
    expect(found(...pairs)).toEqual(['d.example/x:v1 < a.example/x:v1 b.example/x:v1 c.example/x:v1']);
  });

  test('are in the preview of a mapping that flattens', () => {
    const sources = ['quay.io/a/app:v1', 'quay.io/b/app:v1', 'quay.io/c/other:v1', 'quay.io/a/app:v1'].map(
      parseReference,
    );
    const { rows, conflicts } = previewMapping(presetTemplate('flatten', 'harbor.example/m'), sources);
    expect(rows).toHaveLength(4);
    expect(conflicts.map((each) => each.sources.length)).toEqual([2]);
    expect(uniquePairs(pairsOf(rows))).toHaveLength(3);
    expect(previewMapping(presetTemplate('keep-path', 'harbor.example'), sources).conflicts).toEqual([]);
  });

  test('pairs are grouped by source in their order', () => {
    const groups = groupBySource([
      pair('b.example/x:v1', 'd.example/x:v1'),
      pair('a.example/x:v1', 'd.example/y:v1'),
      pair('b.example/x:v1', 'e.example/x:v1'),
    ]);
    expect(groups.map((each) => [each.source.host, each.destinations.map((to) => to.host)])).toEqual([
      ['b.example', ['d.example', 'e.example']],
      ['a.example', ['d.example']],
    ]);
  });
});
