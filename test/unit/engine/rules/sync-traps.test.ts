import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Finding, mustStop } from '../../../../electron/engine/rules/findings.ts';
import { readConfigFile, readImagesFile } from '../../../../electron/engine/rules/image-syncer.ts';
import { expandRule } from '../../../../electron/engine/rules/sync-expand.ts';
import type { SyncFile } from '../../../../electron/engine/rules/sync-rule.ts';
import { toImageSyncer } from '../../../../electron/engine/rules/sync-write.ts';
import type { Variables } from '../../../../electron/engine/rules/variables.ts';
import { fuzz } from '../../fuzzing.ts';

const a64 = 'a'.repeat(64);
const codes = (findings: readonly Finding[]): readonly string[] => findings.map((found) => found.code);
const read = (source: string, destination: unknown, variables: Variables = {}): SyncFile =>
  readImagesFile(JSON.stringify({ [source]: destination }), variables);
describe('files that stop the run', () => {
  test.each([
    ['', 'empty-file'],
    ['# nothing\n', 'empty-file'],
    ['---\n', 'empty-file'],
    ['null', 'empty-file'],
    ['- a\n- b', 'not-a-map'],
    ['just text', 'not-a-map'],
    ['a: [', 'not-readable'],
    ['{"a": "b" "c"}', 'not-readable'],
    ['a/b: !x c/d', 'custom-tag'],
    ['a: b\n---\nc: d', 'many-documents'],
    ['auth: {}\nimages: {nginx: d.example/x/y}', 'config-not-images'],
    ['x'.repeat(5_000_000), 'too-large'],
  ])('as images: %#', (text, code) => {
    const file = readImagesFile(text, {});
    expect(codes(file.findings)).toEqual([code]);
    expect(mustStop(file.findings)).toBe(true);
  });

  test.each([
    ['nginx: d.example/x/y', 'images-not-config'],
    ['auth: {}', 'no-images'],
    ['images: [a]', 'not-a-map'],
    ['auth: text\nimages: {}', 'not-a-map'],
    ['images: {}\nimages: {}', 'duplicate-part'],
    ['auth: {h.example: {password: a}, h.example: {password: b}}\nimages: {}', 'duplicate-part'],
    ['auth: {h.example: {password: a, password: b}}\nimages: {}', 'duplicate-part'],
  ])('as config: %j', (text, code) => {
    const file = readConfigFile(text, {});
    expect(codes(file.findings)).toEqual([code]);
    expect(mustStop(file.findings)).toBe(true);
    expect(file.rules).toEqual([]);
  });

  test('an empty map is a file without rules, and an unknown part is named', () => {
    expect(codes(readImagesFile('{}', {}).findings)).toEqual(['no-rules']);
    expect(codes(readConfigFile('images:\nregistry: x', {}).findings)).toEqual(['unknown-part', 'no-rules']);
    expect(mustStop(readConfigFile('images:\nregistry: x', {}).findings)).toBe(false);
  });
});

describe('what rules do to one another', () => {
  test('a source given twice counts once, the last, in its place', () => {
    const file = readImagesFile('a:v1: d.example/x/a\nb:v1: d.example/x/b\na:v1: d.example/x/c\n', {});
    expect(file.rules.map((rule) => rule.line)).toEqual([2, 3]);
    expect(file.findings.map((found) => [found.code, found.where.line])).toEqual([['duplicate-source', 3]]);
  });

  test.each([
    ['a:v1: d.example/x/y\nb:v1: d.example/x/y', ['same-destination']],
    ['a:v1: d.example/x/y\nb:v2: d.example/x/y', []],
    ['a:v1: d.example/x/y\ndocker.io/library/a:v1: d.example/x/y', []],
    ['a: d.example/x/y\nb: d.example/x/y', ['shared-repository']],
    ['a:v1: d.example/x/y\nb:/^v/: d.example/x/y', ['shared-repository']],
    ['a: d.example/x/y\na:v1: d.example/x/y', []],
    ['a:v1,v2: d.example/x/y:w,w', ['same-destination']],
    ['a:v1: d.example/y', ['short-destination-path']],
    ['a:v1: docker.io/library/b', []],
    ['a: docker.io/library/a', ['onto-itself']],
    ['a:v1: docker.io/library/a:v2', []],
  ])('%j', (text, expected) => expect(codes(readImagesFile(text, {}).findings)).toEqual(expected));

  test('is found among thousands of rules in no time', () => {
    const text = Array.from({ length: 5_000 }, (_, at) => `a${at}:v1: [d.example/x/y${at}, e.example/x/y]`).join('\n');
    const start = performance.now();
    const file = readImagesFile(text, {});
    expect(file.rules).toHaveLength(5_000);
    expect(file.findings).toHaveLength(4_999);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('safety', () => {
  test('what is shown has no control characters and no password', () => {
    const file = read('user:hunter2@h.example/a\u001b[2Jb', 'd.example/x\u202e/y');
    const shown = JSON.stringify(file.findings.map((found) => [found.text, found.where]));
    expect(shown).toContain('\\\\u001b');
    for (const hidden of ['hunter2', '\u001b', '\u202e']) expect(shown).not.toContain(hidden);
  });

  test('nothing makes it throw', () => {
    const piece = fc.constantFrom(
      'a',
      'b.c',
      ':',
      ':/',
      '/',
      ',',
      '@',
      'sha256:',
      a64,
      '$',
      '{',
      '}',
      '*',
      '(',
      '[',
      '\\',
      ' ',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const value = fc.oneof(
      text,
      fc.array(
        fc.oneof(
          text,
          fc.json().map((each): unknown => JSON.parse(each)),
        ),
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(text, value, { maxKeys: 5 }), (map) => {
        const file = readImagesFile(JSON.stringify(map), { a: 'd.example/x/y' });
        for (const rule of file.rules) {
          expect(rule.destinations.length).toBeGreaterThan(0);
          expandRule(rule, ['a', 'v1']);
        }
      }),
      fuzz(2_000),
    );
  });

  test('what is written is read back as the same rules', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,5}$/);
    const tag = fc.stringMatching(/^[a-z0-9_][A-Za-z0-9._-]{0,5}$/);
    const place = fc.tuple(part, part).map(([a, b]) => `${a}.example/${b}/${a}`);
    const source = fc.oneof(
      place,
      fc.tuple(place, fc.array(tag, { minLength: 1, maxLength: 3 })).map(([name, tags]) => `${name}:${tags.join(',')}`),
      place.map((name) => `${name}@sha256:${a64}`),
      place.map((name) => `${name}:/^v[0-9]+\\.$/`),
    );
    const destinations = fc.uniqueArray(
      fc.oneof(
        place,
        place.map((name) => `${name}:/^v/`),
      ),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(
        fc.dictionary(source, destinations, { minKeys: 1, maxKeys: 4 }),
        fc.constantFrom('yaml', 'json'),
        (map, format) => {
          const { rules } = readImagesFile(JSON.stringify(map), {});
          const again = readImagesFile(toImageSyncer(rules, format), {});
          const bare = (file: readonly (typeof rules)[number][]) =>
            file.map((rule) => [rule.source, rule.destinations]);
          expect(bare(again.rules)).toEqual(bare(rules));
        },
      ),
      fuzz(500),
    );
  });
});
