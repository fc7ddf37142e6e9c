import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../../../electron/engine/vault/vault-key.ts';

const plain = Buffer.from('a secret');

describe('a box of a vault', () => {
  test('opens under its own label and no other', () => {
    const key = new VaultKey(randomBytes(32));
    const box = key.box(plain, 'basic of a.test', []);
    expect(key.open(box, 'basic of a.test')).toEqual(plain);
    expect(key.open(box, 'basic of b.test')).toBeUndefined();
  });

  test('does not open with another key', () => {
    const box = new VaultKey(randomBytes(32)).box(plain, 'label', []);
    expect(new VaultKey(randomBytes(32)).open(box, 'label')).toBeUndefined();
  });

  test('does not open with any bit changed', () => {
    const key = new VaultKey(randomBytes(32));
    const { nonce, bytes } = key.box(plain, 'label', []);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
      expect(key.open({ nonce, bytes: changed }, 'label')).toBeUndefined();
    }
  });
});

test('a wiped key does nothing any more', () => {
  const key = new VaultKey(randomBytes(32));
  const box = key.box(plain, 'label', []);
  key.wipe();
  expect(() => key.open(box, 'label')).toThrow(/cancelled/);
  expect(() => key.box(plain, 'label', [])).toThrow(/cancelled/);
  expect(() => key.seal(plain)).toThrow(/cancelled/);
});

test('the bytes that a key was made of are wiped', () => {
  const master = randomBytes(32);
  expect(new VaultKey(master)).toBeInstanceOf(VaultKey);
  expect(master).toEqual(Buffer.alloc(32));
});
