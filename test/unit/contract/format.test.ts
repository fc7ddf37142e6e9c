import { expect, test } from 'vitest';
import { formatBytes, formatSeconds, terminalText } from '../../../electron/contract/format.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [10_229, '9.99 KiB'],
  [10_239, '10.0 KiB'],
  [102_350, '100 KiB'],
  [1_048_575, '1.00 MiB'],
  [223_346_688, '213 MiB'],
  [1024 ** 4 * 5000, '5000 TiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0.0 s'],
  [8.34, '8.3 s'],
  [9.97, '10 s'],
  [95.4, '95 s'],
  [99.6, '1 min 40 s'],
  [725, '12 min 05 s'],
  [3600, '1 h 00 min'],
  [12_060, '3 h 21 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test('what could move the cursor, turn a line around or hide in it is made visible', () => {
  const hostile = ['\u0000', '\t', '\n', '\r', '\u001b', '\u007f', '\u009b', '\u061c', '\u200b', '\u200f', '\u2028'];
  for (const character of [...hostile, '\u202e', '\u2060', '\u2066', '\ufeff', '\ud800'])
    expect(terminalText(`a${character}b`)).toBe('a\ufffdb');
  expect(terminalText('plain → 镜像 🚢 é')).toBe('plain → 镜像 🚢 é');
});
