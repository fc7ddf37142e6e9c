import { describe, expect, test } from 'vitest';
import {
  formatPlatform,
  isUnknownPlatform,
  matchesPlatform,
  parsePlatform,
  readPlatform,
} from '../../../electron/oci/platform.ts';

describe('parsePlatform', () => {
  test.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/arm/v7', 'linux/arm/v7'],
    ['Linux/ARM64/V8', 'linux/arm64/v8'],
    [' windows/amd64 ', 'windows/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/armhf', 'linux/arm'],
    ['linux/mips64le', 'linux/mips64le'],
    ['wasi/wasm', 'wasi/wasm'],
    ['linux/constructor', 'linux/constructor'],
    ['linux/__proto__', 'linux/__proto__'],
  ])('reads %s as %s', (text, expected) => {
    const platform = parsePlatform(text);
    expect(formatPlatform(platform)).toBe(expected);
    expect(typeof platform.architecture).toBe('string');
    expect(parsePlatform(expected)).toEqual(platform);
  });

  test.each([
    '',
    'linux',
    'linux/',
    '/amd64',
    'linux/amd64/',
    'linux/amd64/v1/x',
    'linux amd64',
    'linux,amd64',
    'linux/*',
    'linux:10/amd64',
  ])('refuses %j', (text) => {
    expect(() => parsePlatform(text)).toThrow('write os/arch or os/arch/variant');
  });
});

describe('matchesPlatform', () => {
  test.each([
    ['linux/amd64', 'linux/amd64', true],
    ['linux/amd64', 'linux/arm64', false],
    ['linux/amd64', 'windows/amd64', false],
    ['linux/amd64', 'linux/amd64/v3', true],
    ['linux/amd64/v1', 'linux/amd64', true],
    ['linux/amd64/v2', 'linux/amd64', false],
    ['linux/arm', 'linux/arm/v6', true],
    ['linux/arm', 'linux/arm/v7', true],
    ['linux/arm/v7', 'linux/arm/v6', false],
    ['linux/arm/v7', 'linux/arm', true],
    ['linux/arm/v6', 'linux/arm', false],
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/arm64/v9', 'linux/arm64', false],
    ['linux/constructor/v1', 'linux/constructor', false],
    ['linux/riscv64', 'linux/riscv64', true],
    ['unknown/unknown', 'unknown/unknown', true],
  ])('asked for %s, answers for %s: %s', (wanted, platform, expected) => {
    expect(matchesPlatform(parsePlatform(wanted), parsePlatform(platform))).toBe(expected);
  });
});

describe('readPlatform', () => {
  test.each([
    {},
    { os: 'linux' },
    { architecture: 'amd64' },
    { os: '', architecture: 'amd64' },
    { os: null, architecture: 'x' },
  ])('knows nothing from %j', (object) => {
    expect(readPlatform(object)).toBeUndefined();
  });

  test('reads all of it', () => {
    const object = { os: 'windows', architecture: 'amd64', variant: '', 'os.version': '10', 'os.features': ['win32k'] };
    expect(readPlatform(object)).toEqual({
      os: 'windows',
      architecture: 'amd64',
      osVersion: '10',
      osFeatures: ['win32k'],
    });
  });
});

test('only unknown/unknown marks what no machine runs', () => {
  expect(isUnknownPlatform(parsePlatform('unknown/unknown'))).toBe(true);
  expect(isUnknownPlatform(parsePlatform('linux/unknown'))).toBe(false);
  expect(isUnknownPlatform(parsePlatform('unknown/amd64'))).toBe(false);
});
