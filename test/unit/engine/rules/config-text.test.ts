import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTyped, plainObject, plainValue, textOf, valueOf } from '../../../../electron/engine/rules/config-node.ts';
import { readConfigText } from '../../../../electron/engine/rules/config-text.ts';
import { fuzz } from '../../fuzzing.ts';

const only = (text: string) => {
  const documents = readConfigText(text);
  expect(documents).toHaveLength(1);
  const [document] = documents;
  if (document === undefined) throw new Error('no document');
  return document;
};
const keysOf = (text: string): readonly string[] => {
  const { root } = only(text);
  return root?.kind === 'map' ? root.entries.map((entry) => entry.key) : [];
};

describe('readConfigText', () => {
  test.each(['{"z": 1, "20": 2, "1": 3, "a": 4}', 'z: 1\n20: 2\n1: 3\na: 4\n', '{z: 1, 20: 2, 1: 3, a: 4}'])(
    'keeps the order of keys that look like numbers: %j',
    (text) => expect(keysOf(text)).toEqual(['z', '20', '1', 'a']),
  );

  test('keeps the text of scalars', () => {
    const { root } = only('a: 0123\nb: 1.10\nc: yes\nd: "true"\ne: !!binary aGk=\nf: !!int 07\n');
    expect(plainValue(root ?? { kind: 'text', line: 1, text: '', isPlain: true })).toEqual(
      Object.assign(Object.create(null), { a: '0123', b: '1.10', c: 'yes', d: 'true', e: 'aGk=', f: '07' }),
    );
  });

  test.each(['null', '~', ''])('takes %j for null', (text) => {
    expect(valueOf(only(`a: ${text}\nb: x`).root, 'a')).toBeUndefined();
  });

  test('tells typed scalars from words in quotes', () => {
    const { root } = only('{"a": 5, "b": "5", "c": true, "d": 1e3}');
    const typed = ['a', 'b', 'c', 'd'].map((key) => {
      const node = valueOf(root, key);
      return node?.kind === 'text' && isTyped(node);
    });
    expect(typed).toEqual([true, false, true, true]);
  });

  test.each([
    ['a: 1\nb: 2\na: 3\n', 3],
    ['{"a": 1,\n"b": 2,\n"\\u0061": 3}', 3],
    ['{a: 1,\nb: 2,\na: 3}', 3],
  ])('names a key given twice and keeps the last: %j', (text, line) => {
    const document = only(text);
    expect(document.duplicates).toEqual([{ key: 'a', line, firstLine: 1, path: [] }]);
    expect(textOf(document.root, 'a')).toBe('3');
    expect(keysOf(text)).toEqual(['b', 'a']);
  });

  test('names where a map with a key given twice is', () => {
    expect(only('auth:\n  host.example:\n    password: a\n    password: b\n').duplicates).toEqual([
      { key: 'password', line: 4, firstLine: 3, path: ['auth', 'host.example'] },
    ]);
    expect(only('{"auth": {"h": {"p": 1, "p": 2}}}').duplicates[0]?.path).toEqual(['auth', 'h']);
  });

  test('merges maps, own keys first, and the first of several merged', () => {
    const { root } = only('a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  y: 3\n');
    const merged = valueOf(root, 'c');
    expect(merged?.kind === 'map' && plainObject(merged)).toEqual(
      Object.assign(Object.create(null), { y: '3', x: '1', z: '2' }),
    );
  });

  test('resolves an anchor given again to the one before the alias', () => {
    const { root } = only('a: &x 1\nb: *x\nc: &x 2\nd: *x\n');
    expect([textOf(root, 'b'), textOf(root, 'd')]).toEqual(['1', '2']);
  });

  test.each([
    ['a: !reset 1', '!reset'],
    ['a: !<tag:example.com,2000:x> 1', 'tag:example.com,2000:x'],
  ])('names the custom tag of %j', (text, tag) => expect(only(text).tags).toEqual([{ tag, line: 1 }]));

  test.each([
    ['a: b: c', 1],
    ['a: [1, 2', 1],
    ['x: 1\n? [k]\n: v', 2],
    ['a: *nowhere', 1],
    ['{"a": 1,\n}x', 2],
    ['a: &a [*a]', 1],
  ])('says where %j cannot be read', (text, line) => {
    const document = only(text);
    expect(document.root).toBeUndefined();
    expect(document.problem?.line).toBe(line);
  });

  test.each([
    'password: [hunter2',
    '{"password": "hunter2" "x"}',
    'password: "hunter2\\q"',
    'a: hunter2: b',
    '\t- hunter2',
  ])('never repeats the text: %j', (text) =>
    expect(JSON.stringify(readConfigText(text).map((each) => each.problem))).not.toContain('hunter2'),
  );

  test('reads JSON with tabs, a byte order mark and keys that YAML finds too long', () => {
    const key = `r:${'v1,'.repeat(1000)}v2`;
    expect(keysOf(`\ufeff{\n\t"${key}":\t"x"\n}`)).toEqual([key]);
  });

  test('leaves prototypes alone', () => {
    const { root } = only('{"__proto__": {"polluted": 1}, "constructor": 2}');
    expect(root?.kind === 'map' && Object.keys(plainObject(root))).toEqual(['__proto__', 'constructor']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('gives the documents of a text with their lines', () => {
    const documents = readConfigText('a: 1\n---\nb: [\n---\nc: 3\n');
    expect(documents.map((each) => each.problem === undefined)).toEqual([true, false, true]);
    expect(textOf(documents[2]?.root, 'c')).toBe('3');
    expect(documents.map((each) => each.lines)).toEqual([
      [1, 2],
      [2, 4],
      [4, 7],
    ]);
  });
});

describe('hostile texts', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let at = 1; at < 26; at++) {
    const [name, last] = [String.fromCharCode(97 + at), String.fromCharCode(96 + at)];
    bomb.push(`${name}: &${name} [${`*${last},`.repeat(9)}x]`);
  }
  const deep = 50_000;

  test.each([
    ['an alias bomb', bomb.join('\n')],
    ['brackets', '['.repeat(deep)],
    ['closed brackets', '['.repeat(2000) + ']'.repeat(2000)],
    ['braces', '{'.repeat(deep)],
    ['JSON braces', '{"a":'.repeat(deep)],
    ['JSON brackets', '['.repeat(deep) + ']'.repeat(deep)],
    ['dashes', '- '.repeat(deep)],
    ['question marks', '? '.repeat(deep)],
    ['indents', Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    ['a long key', `${'k'.repeat(1_000_000)}: v`],
  ])('are refused: %s', (_, text) => {
    expect(readConfigText(text).some((each) => each.problem !== undefined)).toBe(true);
  });

  test.each([
    ['a line of 1 MB', `a: ${'x'.repeat(1_000_000)}`],
    ['a JSON line of 1 MB', `{"a": "${'x'.repeat(1_000_000)}"}`],
    ['many lines', 'a: b\n'.repeat(50_000)],
    ['many documents', '---\n'.repeat(50_000)],
  ])('are read in a few seconds: %s', (_, text) => {
    const start = performance.now();
    expect(readConfigText(text).every((each) => each.problem === undefined)).toBe(true);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test('longer than the bound are not looked at', () => {
    expect(readConfigText('a: b', 3)[0]?.problem?.problem).toBe('more than 3 characters');
  });

  test('never make it throw', () => {
    const unit = fc.constantFrom(...'{}[]"\':,-?&*!|>%#~ \n\tab1<'.split(''), '---\n', '&a ', '*a', '<<: ', '!!map ');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        readConfigText(text);
      }),
      fuzz(3_000),
    );
  });

  test('of JSON are read as JSON.parse reads them', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const document = only(text);
        expect(document.problem).toBeUndefined();
        const asText = (value: unknown): unknown => {
          if (value === null || typeof value === 'string') return value;
          if (Array.isArray(value)) return value.map(asText);
          if (typeof value === 'number' || typeof value === 'boolean') return String(value);
          return Object.fromEntries(Object.entries(value ?? {}).map(([key, each]) => [key, asText(each)]));
        };
        const numberless = (value: unknown): unknown =>
          JSON.parse(
            JSON.stringify(value, (_, each: unknown) =>
              typeof each === 'string' && each !== '' && Number.isFinite(Number(each)) ? String(Number(each)) : each,
            ) ?? 'null',
          );
        const ours = document.root === undefined ? null : plainValue(document.root);
        expect(numberless(ours)).toEqual(numberless(asText(JSON.parse(text))));
      }),
      fuzz(2_000),
    );
  });
});
