import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OciError } from '../../../electron/oci/oci-error.ts';
import { parseStrictJson } from '../../../electron/oci/strict-json.ts';
import { fuzz } from '../fuzzing.ts';

describe('parseStrictJson', () => {
  test.each([
    '{}',
    '[]',
    'null',
    '"text"',
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    ' {"a" : [ 1 , "a" , "a" ] } ',
    '{"a":"\\"a\\":1,\\"a\\":2"}',
    '{"a":"{\\"a\\":[","b":"]}"}',
    '{"a":["a","b","a"],"b":"a"}',
    '[{"a":1},{"a":1}]',
    '{"\\u0061b":1,"a":2}',
    '{"":1}',
  ])('reads %s', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ['{"a":1,"a":2}', 'twice'],
    ['{"a":1,"\\u0061":2}', 'twice'],
    ['{"a":1,"b":[{"x":{}}],"a" : 2}', 'twice'],
    ['{"o":{"a":1,"a":1}}', 'twice'],
    ['[[{"a":[],"b":"a","a":{}}]]', 'twice'],
    ['{"__proto__":1,"__proto__":2}', 'twice'],
    ['{"":1,"":2}', 'twice'],
    ['', 'is not JSON'],
    ['{', 'is not JSON'],
    ['{"a', 'is not JSON'],
    ['"\\', 'is not JSON'],
    ['{"a":1,}', 'is not JSON'],
    ["{'a':1}", 'is not JSON'],
    ['{"a":1}}', 'is not JSON'],
    ['{"a":1} {"a":2}', 'is not JSON'],
    ['}{', 'is not JSON'],
    [']]]]', 'is not JSON'],
    ['{"\\x":1}', 'is not JSON'],
    ['{"a":NaN}', 'is not JSON'],
    ['{"a":01}', 'is not JSON'],
    ['// x\n{}', 'is not JSON'],
    ['\ufeff{}', 'is not JSON'],
    ['<html></html>', 'is not JSON'],
  ])('refuses %s', (text, problem) => {
    expect(() => parseStrictJson(text)).toThrow(problem);
    expect(() => parseStrictJson(text)).toThrow(OciError);
  });

  test.each([['['], ['{"a":'], ['[{"a":']])('refuses %s a hundred thousand times without building it', (opening) => {
    const before = performance.now();
    expect(() => parseStrictJson(opening.repeat(100_000))).toThrow('nested deeper than 64');
    expect(() => parseStrictJson(`${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}`)).toThrow('nested deeper than 64');
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test('takes a depth of 64 and not of 65', () => {
    expect(parseStrictJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeInstanceOf(Array);
    expect(() => parseStrictJson(`${'['.repeat(65)}${']'.repeat(65)}`)).toThrow('nested deeper');
    expect(parseStrictJson('[[[]]]', { depth: 3, keysPerObject: 1 })).toEqual([[[]]]);
  });

  test('takes ten thousand keys in an object and not more', () => {
    const keys = (count: number): string => Array.from({ length: count }, (_, at) => `"k${at}":0`).join(',');
    expect(Object.keys(Object(parseStrictJson(`{${keys(10_000)}}`)))).toHaveLength(10_000);
    expect(() => parseStrictJson(`{${keys(10_001)}}`)).toThrow('more than 10000 keys');
  });

  test('leaves the prototype of all objects clean', () => {
    parseStrictJson('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('takes linear time whatever is in the text', () => {
    for (const piece of ['"', '\\', '"a" ', '"a"', ' ', '{}', '[0],', '"\\""']) {
      const before = performance.now();
      expect(() => parseStrictJson(`[${piece.repeat(500_000)}`)).toThrow(OciError);
      expect(performance.now() - before, piece).toBeLessThan(2_000);
    }
  });

  test('reads what JSON.parse reads, for every value without a key twice', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      fuzz(3_000),
    );
  });

  test('finds a key given twice wherever it is', () => {
    const name = fc.string({ maxLength: 4 });
    const around = fc.array(fc.tuple(fc.boolean(), fc.string({ maxLength: 3 })), { maxLength: 6 });
    fc.assert(
      fc.property(name, fc.json({ maxDepth: 2 }), fc.json({ maxDepth: 2 }), around, (name, one, other, around) => {
        const key = JSON.stringify(name);
        const twice = `{${key}:${one} , ${key} :${other}}`;
        const text = around.reduce(
          (inner, [isList, key]) => (isList ? `["${key.length}",${inner}]` : `{${JSON.stringify(key)}:${inner}}`),
          twice,
        );
        expect(() => parseStrictJson(text)).toThrow(OciError);
      }),
      fuzz(3_000),
    );
  });

  test('gives nothing but an OciError for text that is not JSON', () => {
    const unit = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', ' ', '\\u00', '\n', 'null');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 14 }), (units) => {
        try {
          parseStrictJson(units.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(OciError);
        }
      }),
      fuzz(20_000),
    );
  });
});
