import { describe, expect, test } from 'vitest';
import {
  isVolumeRight,
  orderOf,
  usualExport,
  usualName,
  withEnding,
} from '../../../../../renderer/features/bundles/export-form.ts';

const images = [{ place: { kind: 'registry', id: 'r' }, repository: 'team/app', tag: '1' }] as const;

describe('an export', () => {
  test('takes the size of volumes that fits FAT32 unless another is chosen', () => {
    expect(orderOf(usualExport, [...images])).not.toHaveProperty('volumeBytes');
    expect(orderOf({ ...usualExport, volume: 'cloud' }, [...images]).volumeBytes).toBe(4_000_000_000);
    expect(orderOf({ ...usualExport, volume: 'own', ownVolume: '0.2' }, [...images]).volumeBytes).toBe(200_000);
  });

  test('leaves out what its format does not have', () => {
    const full = {
      ...usualExport,
      zstd: true,
      volume: 'cloud',
      bases: [{ name: 'x', base: { receipt: 'r' } }],
    } as const;
    expect(orderOf({ ...full, format: 'oci' }, [...images])).toMatchObject({ zstd: false, bases: [] });
    expect(orderOf({ ...full, format: 'oci' }, [...images])).not.toHaveProperty('volumeBytes');
    expect(orderOf({ ...full, format: 'docker-archive' }, [...images])).toMatchObject({ zstd: true, bases: [] });
  });

  test('reads platforms with blanks and commas of both languages', () => {
    const { platforms } = orderOf({ ...usualExport, platforms: ' linux/amd64，linux/arm64, linux/s390x ' }, [
      ...images,
    ]);
    expect(platforms).toEqual(['linux/amd64', 'linux/arm64', 'linux/s390x']);
  });

  test.each([
    ['', false],
    ['0.05', false],
    ['x', false],
    ['0.1', true],
    ['700', true],
  ])('takes volumes of %j megabytes: %s', (ownVolume, isRight) => {
    expect(isVolumeRight({ ...usualExport, volume: 'own', ownVolume })).toBe(isRight);
  });

  test('is called by the day, with the ending of its format', () => {
    const day = usualName('bundle', new Date(2026, 10, 5).getTime());
    expect(day).toBe('images-2026-11-05.tar');
    expect(withEnding(day, 'oci')).toBe('images-2026-11-05');
    expect(withEnding('images', 'docker-archive')).toBe('images.tar');
  });
});
