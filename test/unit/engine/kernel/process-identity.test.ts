import { describe, expect, test } from 'vitest';
import { isAlive, readProcessIdentity, thisProcess } from '../../../../electron/engine/kernel/process-identity.ts';

describe('a process', () => {
  test('that runs is alive, also after it was written down', () => {
    expect(isAlive(thisProcess())).toBe(true);
    expect(readProcessIdentity(JSON.parse(JSON.stringify(thisProcess())))).toEqual(thisProcess());
  });

  test('is not the one that has its number now', () => {
    expect(isAlive({ ...thisProcess(), startedAt: '1' })).toBe(false);
  });

  test.each([null, 'text', {}, { ...thisProcess(), pid: -1 }, { ...thisProcess(), pid: '1' }, { pid: 1 }])(
    'is not read out of %o',
    (value) => {
      expect(readProcessIdentity(value)).toBeUndefined();
    },
  );
});
