import { describe, expect, test } from 'vitest';
import {
  asObject,
  field,
  isObject,
  optionalObjects,
  optionalString,
  optionalStrings,
  readAnnotations,
  refuseLookalikes,
} from '../../../electron/oci/fields.ts';
import { OciError } from '../../../electron/oci/oci-error.ts';

describe('field', () => {
  test('gives own values only, and null as absent', () => {
    expect(field({ a: 1 }, 'a')).toBe(1);
    expect(field({ a: null }, 'a')).toBeUndefined();
    expect(field({ a: false, b: 0, c: '' }, 'a')).toBe(false);
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty'])
      expect(field({}, name)).toBeUndefined();
    expect(field(asObject(JSON.parse('{"__proto__":7}'), 'x'), '__proto__')).toBe(7);
  });
});

describe('the readers of optional fields', () => {
  test('give undefined for what is absent or null', () => {
    for (const read of [optionalString, optionalStrings, optionalObjects]) {
      expect(read({}, 'a')).toBeUndefined();
      expect(read({ a: null }, 'a')).toBeUndefined();
    }
  });

  test('give what is there', () => {
    expect(optionalString({ a: '' }, 'a')).toBe('');
    expect(optionalStrings({ a: [] }, 'a')).toEqual([]);
    expect(optionalStrings({ a: ['x'] }, 'a')).toEqual(['x']);
    expect(optionalObjects({ a: [{ b: 1 }] }, 'a')).toEqual([{ b: 1 }]);
  });

  test('refuse everything else by the name of the field', () => {
    for (const value of [7, true, {}, [7], [null], [[]]]) {
      expect(() => optionalString({ a: value }, 'a')).toThrow('field "a" is not a string');
      expect(() => optionalStrings({ a: value }, 'a')).toThrow('field "a" is not a list of strings');
      expect(() => optionalObjects({ a: value }, 'a')).toThrow('field "a" is not a list of objects');
    }
    expect(() => optionalStrings({ a: 'x' }, 'a')).toThrow(OciError);
  });
});

describe('isObject', () => {
  test.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    [undefined, false],
    ['x', false],
    [() => {}, false],
  ])('tells objects from the rest (%#)', (value, expected) => {
    expect(isObject(value)).toBe(expected);
  });
});

describe('refuseLookalikes', () => {
  const known = new Set(['layers', 'mediaType', 'os.version', 'blobs', 'token']);
  test.each(['Layers', 'LAYERS', 'mediatype', 'MediaType', 'OS.Version', 'bloBs', 'layer\u017f', 'to\u212aen'])(
    'refuses %s, which Go takes for a known field',
    (key) => {
      expect(() => refuseLookalikes({ [key]: 1 }, known, 'manifest')).toThrow(
        /^manifest has the key ".*" beside or instead of "/,
      );
    },
  );

  test.each(['layers', 'layer', 'layers2', 'media_type', 'os version', '', '__proto__', 'ß'])(
    'leaves %j alone',
    (key) => {
      expect(() => refuseLookalikes({ [key]: 1, layers: 2 }, known, 'manifest')).not.toThrow();
    },
  );
});

describe('readAnnotations', () => {
  test('gives a fresh object without a prototype and without names that poison one', () => {
    const value = JSON.parse(
      '{"annotations":{"__proto__":"a","constructor":"b","prototype":"c","toString":"d","x":"y"}}',
    );
    const annotations = readAnnotations(asObject(value, 'x'));
    expect(Object.getPrototypeOf(annotations)).toBeNull();
    expect(Object.entries(annotations ?? {})).toEqual([
      ['toString', 'd'],
      ['x', 'y'],
    ]);
  });
});
