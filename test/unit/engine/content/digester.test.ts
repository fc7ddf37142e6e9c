import { expect, test } from 'vitest';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import { Digester } from '../../../../electron/engine/content/digester.ts';

const bytes = Buffer.from('some bytes that pass');

test('gives the digest everybody knows for no bytes at all', () => {
  expect(digestOf(new Uint8Array())).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test.each(['sha256', 'sha512'] as const)('gives the same %s in pieces as in one', (algorithm) => {
  const digester = new Digester(algorithm);
  for (const byte of bytes) digester.update(Uint8Array.of(byte));
  expect(digester.digest()).toBe(digestOf(bytes, algorithm));
  expect(digester.sizeBytes).toBe(bytes.byteLength);
});

test('can be asked in between', () => {
  const digester = new Digester();
  digester.update(bytes.subarray(0, 4));
  expect(digester.digest()).toBe(digestOf(bytes.subarray(0, 4)));
  digester.update(bytes.subarray(4));
  expect(digester.digest()).toBe(digestOf(bytes));
});
