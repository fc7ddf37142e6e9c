import { describe, expect, test } from 'vitest';
import {
  isAlive,
  isSameBoot,
  readProcessIdentity,
  thisProcess,
} from '../../../../electron/engine/kernel/process-identity.ts';

describe('a process', () => {
  test('that runs is alive, also after it was written down', () => {
    expect(isAlive(thisProcess())).toBe(true);
    expect(readProcessIdentity(JSON.parse(JSON.stringify(thisProcess())))).toEqual(thisProcess());
  });

  test('is not the one that has its number now', () => {
    expect(isAlive({ ...thisProcess(), startedAt: '1' })).toBe(false);
  });

  test('belongs to one start of the machine', () => {
    expect(isAlive({ ...thisProcess(), bootId: 'another' })).toBe(false);
    expect(isSameBoot('6c1f', '6c1f')).toBe(true);
    expect(isSameBoot('6c1f', '6c20')).toBe(false);
    // moments, as Windows tells them: the clock may have been set by a little
    expect(isSameBoot('1760000000000', '1760000060000')).toBe(true);
    expect(isSameBoot('1760000000000', '1760000600000')).toBe(false);
    expect(isSameBoot('', '1760000000000')).toBe(false);
  });

  test.each([null, 'text', {}, { ...thisProcess(), pid: -1 }, { ...thisProcess(), pid: '1' }, { pid: 1 }])(
    'is not read out of %o',
    (value) => {
      expect(readProcessIdentity(value)).toBeUndefined();
    },
  );
});
