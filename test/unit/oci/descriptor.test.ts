import { describe, expect, test } from 'vitest';
import { readDescriptor } from '../../../electron/oci/descriptor.ts';
import { OciError } from '../../../electron/oci/oci-error.ts';

const good = { mediaType: 'application/x', digest: `sha256:${'a'.repeat(64)}`, size: 1 };

describe('readDescriptor', () => {
  test('keeps what it knows and nothing else', () => {
    const value = {
      ...good,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7', 'os.version': '1', 'os.features': ['x'], extra: 1 },
      annotations: { a: 'b' },
      artifactType: 'application/y',
      urls: ['https://example.com/x'],
      data: 'e30=',
      extra: { deep: [] },
    };
    expect(readDescriptor(value, 'layer')).toEqual({
      ...good,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7', osVersion: '1', osFeatures: ['x'] },
      annotations: { a: 'b' },
      artifactType: 'application/y',
      urls: ['https://example.com/x'],
    });
  });

  test('leaves out what is null, empty or not wholly said', () => {
    const value = { ...good, platform: { os: 'linux' }, annotations: null, artifactType: '', urls: [] };
    expect(readDescriptor(value, 'layer')).toEqual(good);
  });

  test.each([0, 1, 2 ** 53 - 1, 1e15])('takes the size %d', (size) => {
    expect(readDescriptor({ ...good, size }, 'layer').size).toBe(size);
  });

  test.each([-1, 0.5, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined, [1], {}, true])(
    'refuses the size %j',
    (size) => {
      expect(() => readDescriptor({ ...good, size }, 'layer 3')).toThrow(/^layer 3 sha256:a{64} has no valid size$/);
    },
  );

  test.each([
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.oci.image.layer.v1.tar+gzip+encrypted',
    'text/plain; charset=utf-8',
    'text/plain;charset=utf-8',
    'application/x_y-z.1!#$&^',
    'A/B',
  ])('takes the media type %s', (mediaType) => {
    expect(readDescriptor({ ...good, mediaType }, 'layer').mediaType).toBe(mediaType);
  });

  test.each([
    '',
    'x',
    '/',
    'a/',
    '/b',
    'a/b/c',
    'a b/c',
    'a/b c',
    '../x',
    'a/b\n',
    'a/b\n;c',
    'a/b;\r\nX-Header: y',
    'a/b;\0',
    'a/b;\u001b[31m',
    'a/b;ä',
    'ä/b',
    `a/${'b'.repeat(300)}`,
    `a/b;${'c'.repeat(300)}`,
    7,
    null,
  ])('refuses the media type %j', (mediaType) => {
    expect(() => readDescriptor({ ...good, mediaType }, 'layer')).toThrow(OciError);
  });

  test.each([
    ['digest', 'sha256:abc'],
    ['digest', 7],
    ['digest', undefined],
    ['platform', 'linux'],
    ['platform', []],
    ['platform', { os: 1, architecture: 'x' }],
    ['platform', { OS: 'linux', architecture: 'x' }],
    ['annotations', []],
    ['annotations', { a: 1 }],
    ['annotations', { a: null }],
    ['artifactType', 1],
    ['urls', 'https://x'],
    ['urls', [1]],
    ['Size', 1],
    ['mediatype', 'x/y'],
    ['DIGEST', good.digest],
  ])('refuses %s being %j', (name, value) => {
    expect(() => readDescriptor({ ...good, [name]: value }, 'layer')).toThrow(OciError);
  });

  test.each([null, undefined, 7, 'text', [], true])('refuses %j in place of an object', (value) => {
    expect(() => readDescriptor(value, 'config')).toThrow('config is not an object');
  });
});
