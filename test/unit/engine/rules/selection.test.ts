import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGlob } from '../../../../electron/engine/rules/glob.ts';
import { parseGoPattern } from '../../../../electron/engine/rules/go-pattern.ts';
import { type Selection, selectTags } from '../../../../electron/engine/rules/selection.ts';
import { versionOf } from '../../../../electron/engine/rules/version-order.ts';
import { fuzz } from '../../fuzzing.ts';

const signature = `sha256-${'a'.repeat(64)}.sig`;
const tags = ['latest', 'v1.9.0', 'v1.10.0', 'v1.10.1-rc.1', 'v2.0.0', '1.27', '1.27-alpine', 'nightly', signature];

describe('selectTags', () => {
  test.each<[Selection, readonly string[]]>([
    [{}, tags.slice(0, -1)],
    [{ tags: ['latest', 'gone'] }, ['latest']],
    [{ tags: [signature] }, []],
    [{ globs: ['v1.*'] }, ['v1.9.0', 'v1.10.0', 'v1.10.1-rc.1']],
    [{ globs: ['*'] }, tags.slice(0, -1)],
    [{ patterns: ['v1\\.\\d+\\.0'] }, ['v1.9.0', 'v1.10.0']],
    [{ patterns: ['v1'] }, []],
    [{ patterns: ['1.27|n.*'] }, ['1.27', 'nightly']],
    [{ range: '>=1.10 <2' }, ['v1.10.0', '1.27']],
    [{ range: '>=1.10 <2', prereleases: true }, ['v1.10.0', 'v1.10.1-rc.1', '1.27', '1.27-alpine']],
    [{ range: '>=1.10.1-rc.0', prereleases: false }, ['v2.0.0', '1.27']],
    [{ range: '>=1.10.1-rc.0 <1.20' }, ['v1.10.1-rc.1']],
    [{ range: '>=1.10 <2', tags: ['latest'] }, ['latest', 'v1.10.0', '1.27']],
    [{ range: '>=1', globs: ['v*'] }, ['v1.9.0', 'v1.10.0', 'v2.0.0']],
    [{ exclude: ['v*', '/1\\.27.*/'] }, ['latest', 'nightly']],
    [{ tags: ['latest'], exclude: ['lat*'] }, []],
    [{ newest: 2 }, ['v2.0.0', '1.27']],
    [{ newest: 2, globs: ['v1.*'], prereleases: false }, ['v1.10.0', 'v1.9.0']],
    [{ newest: 1, globs: ['*l*', 'n*'] }, ['1.27-alpine']],
    [{ newest: 2, patterns: ['[a-z]+'] }, ['nightly', 'latest']],
    [{ newest: 1, tags: ['nightly'], range: '1.x' }, ['1.27', 'nightly']],
    [{ newest: 99, range: '2' }, ['v2.0.0']],
  ])('%j', (selection, expected) => expect(selectTags(tags, selection).chosen).toEqual(expected));

  test('goes by date when dates are given, and puts tags without one last', () => {
    const dates = new Map<string, number | string>([
      ['latest', '2026-03-01T00:00:00Z'],
      ['v1.9.0', Date.UTC(2026, 3, 1)],
      ['v2.0.0', '2026-02-01T00:00:00Z'],
      ['nightly', 'not a date'],
    ]);
    expect(selectTags(tags, { newest: 4 }, dates).chosen).toEqual(['v1.9.0', 'latest', 'v2.0.0', '1.27']);
  });

  test('says of each tag why', () => {
    const { verdicts, missing } = selectTags(tags, {
      tags: ['latest', 'gone'],
      globs: ['v*', '1*'],
      range: '>=1.10',
      newest: 1,
      exclude: ['1.27'],
    });
    expect(missing).toEqual(['gone']);
    expect(verdicts.map(({ tag, isChosen, reason }) => [tag, isChosen, reason])).toEqual([
      ['latest', true, { kind: 'named' }],
      ['v1.9.0', false, { kind: 'out-of-range', by: '>=1.10' }],
      ['v1.10.0', false, { kind: 'too-old', rank: 2 }],
      ['v1.10.1-rc.1', false, { kind: 'prerelease' }],
      ['v2.0.0', true, { kind: 'newest', rank: 1 }],
      ['1.27', false, { kind: 'excluded', by: '1.27' }],
      ['1.27-alpine', false, { kind: 'prerelease' }],
      ['nightly', false, { kind: 'not-matched' }],
      [signature, false, { kind: 'referrer' }],
    ]);
  });

  test.each<[Selection, string]>([
    [{ globs: ['[a'] }, 'bad-glob'],
    [{ globs: ['!v1'] }, 'bad-glob'],
    [{ globs: ['!(v1)'] }, 'bad-glob'],
    [{ globs: ['a/b'] }, 'bad-glob'],
    [{ globs: ['{1..99999}'] }, 'bad-glob'],
    [{ patterns: ['(?=a)'] }, 'bad-pattern'],
    [{ exclude: ['/(/'] }, 'bad-pattern'],
    [{ range: 'newer than 5' }, 'bad-range'],
    [{ range: ' ' }, 'bad-range'],
    [{ newest: 0 }, 'bad-newest'],
    [{ newest: 1.5 }, 'bad-newest'],
  ])('chooses nothing with %j', (selection, code) => {
    const { chosen, findings } = selectTags(tags, { ...selection, tags: ['latest'] });
    expect(chosen).toEqual([]);
    expect(findings.map((found) => [found.code, found.severity])).toEqual([[code, 'error']]);
  });

  test('chooses the same tags in whatever order they come', () => {
    const tag = fc.stringMatching(/^[v0-9a][.0-9a-c-]{0,5}$/);
    const selection: fc.Arbitrary<Selection> = fc.constantFrom<Selection>(
      { newest: 3 },
      { newest: 2, range: '>=1', prereleases: true },
      { globs: ['v*'] },
    );
    fc.assert(
      fc.property(fc.uniqueArray(tag, { maxLength: 12 }), selection, (all, wish) => {
        const forward = selectTags(all, wish);
        expect(new Set(selectTags(all.toReversed(), wish).chosen)).toEqual(new Set(forward.chosen));
        expect(forward.verdicts.filter((each) => each.isChosen)).toHaveLength(forward.chosen.length);
        expect(forward.verdicts.map((each) => each.tag)).toEqual(all);
      }),
      fuzz(2_000),
    );
  });

  test('is quick for thousands of tags', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `v1.${at}.0`);
    const start = performance.now();
    expect(selectTags(many, { range: '>=1', newest: 10, exclude: ['*5*'] }).chosen).toHaveLength(10);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('versionOf', () => {
  test.each([
    ['v1.2.3', '1.2.3'],
    ['V1.2', '1.2.0'],
    ['17', '17.0.0'],
    ['24.04', '24.4.0'],
    ['1.2.3-rc.1', '1.2.3-rc.1'],
    ['1.27-alpine', '1.27.0-alpine'],
    ['1.2.3_build.5', '1.2.3+build.5'],
    ['latest', undefined],
    ['20240131', undefined],
    ['2024-01-31', undefined],
    ['1.2.3.4', undefined],
    ['v', undefined],
    ['99999999999999999999.1', undefined],
  ])('%s is %s', (tag, expected) => {
    const version = versionOf(tag)?.version;
    expect(version === undefined ? undefined : version.raw).toBe(expected);
  });
});

describe('parseGlob', () => {
  test.each([
    ['*', ['a', 'v1.2', '_x'], []],
    ['v1.*', ['v1.', 'v1.2'], ['v1', 'xv1.2']],
    ['1.2', ['1.2'], ['112']],
    ['?.?', ['1.2'], ['1.22', '12']],
    ['{a,b}-[0-9]*', ['a-1', 'b-22'], ['c-1', 'a-x']],
    ['[!v]*', ['1.2'], ['v1']],
    ['v{8..11}', ['v8', 'v10', 'v11'], ['v7', 'v12', 'v1']],
    ['v{08..11}', ['v08', 'v10'], ['v8']],
    ['v{a..c}', ['va', 'vc'], ['vd']],
    ['@(a|b)1', ['a1', 'b1'], ['c1', 'ab1']],
    ['v?(1)', ['v', 'v1'], ['v11']],
    ['**', ['a.b'], []],
    ['v1+1', ['v1+1'], ['v11']],
  ])('%s', (glob, matching, others) => {
    const pattern = parseGlob(glob);
    expect(matching.filter(pattern.matches)).toEqual(matching);
    expect(others.filter(pattern.matches)).toEqual([]);
  });

  test('a glob without signs matches itself alone', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
        fc.stringMatching(/^[a.1-]{1,5}$/),
        (a, b) => {
          expect(parseGlob(a).matches(a)).toBe(true);
          expect(parseGlob(a).matches(b)).toBe(a === b);
        },
      ),
      fuzz(1_000),
    );
  });
});

describe('expressions that would hang a backtracking matcher', () => {
  const long = 'a'.repeat(128);
  const spent = (run: () => void): number => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };

  test.each(['(a+)+$b', '(a|a)*b', '(.*a){20}b', '(?:a?){100}a{100}$', '([a-z]+)*[0-9]'])('pattern %s', (text) => {
    const pattern = parseGoPattern(text);
    expect(spent(() => Array.from({ length: 5_000 }, () => pattern.finds(long)))).toBeLessThan(5_000);
  });

  test.each(['*a*a*a*a*a*a*a*a*a*a*a*a*a*b', '+(a|aa)b', '*(*(*(a)))b', '{a,a*,*a*}{a,a*,*a*}{a,*a*}*b'])(
    'glob %s',
    (text) => {
      const pattern = parseGlob(text);
      expect(spent(() => Array.from({ length: 5_000 }, () => pattern.matches(long)))).toBeLessThan(5_000);
    },
  );

  test('never make parsing throw anything else or hang', () => {
    const unit = fc.constantFrom(...'a1.*?+[]{}()|!@^$\\-,/'.split(''), '(?', '{1..3}', '[[:alpha:]]');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        for (const parse of [parseGlob, parseGoPattern]) {
          try {
            parse(text).matches(long);
          } catch (thrown) {
            expect(thrown).toHaveProperty('name', 'OciError');
          }
        }
      }),
      fuzz(5_000),
    );
  });
});
