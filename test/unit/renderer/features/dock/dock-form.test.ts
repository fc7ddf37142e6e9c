import { describe, expect, test } from 'vitest';
import { dockOrderOf, usualDock, wrongIn } from '../../../../../renderer/features/dock/dock-form.ts';

const file = { handle: 'h', name: 'n' };

describe('a dock', () => {
  test('takes pushes for the library on this machine alone', () => {
    const form = { ...usualDock, isWritable: true, repositories: ['team/app'] };
    expect(dockOrderOf(form)).toMatchObject({ isWritable: true, repositories: [] });
    expect(dockOrderOf({ ...form, address: '192.168.1.2' })).toMatchObject({
      isWritable: false,
      repositories: ['team/app'],
    });
    expect(dockOrderOf({ ...form, serve: { kind: 'bundle', id: 'b' } }).isWritable).toBe(false);
  });

  test('has an end unless it is to have none', () => {
    expect(dockOrderOf(usualDock).stopAfterMinutes).toBe(480);
    expect(dockOrderOf({ ...usualDock, stopAfter: 'never' })).not.toHaveProperty('stopAfterMinutes');
  });

  test('reads addresses one a line and a speed in MiB', () => {
    expect(dockOrderOf({ ...usualDock, allow: '10.0.0.0/8\n ::1\n', rate: '1.5' })).toMatchObject({
      allow: ['10.0.0.0/8', '::1'],
      bytesPerSecond: 1_572_864,
    });
  });

  test.each([
    [{}, undefined],
    [{ port: '70000' }, 'port'],
    [{ port: '' }, 'port'],
    [{ certificate: file }, 'key'],
    [{ certificate: file, key: file }, undefined],
    [{ rate: '-1' }, 'rate'],
  ] as const)('%j is wrong in %s', (part, wrong) => {
    expect(wrongIn({ ...usualDock, ...part })).toBe(wrong);
  });
});
