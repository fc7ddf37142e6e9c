import { describe, expect, test } from 'vitest';
import {
  acceptedManifests,
  bareMediaType,
  isForeignLayerType,
  isGenericType,
  isImageConfigType,
  isIndexType,
  isManifestType,
  isSchema1Type,
  mediaTypes,
} from '../../../electron/oci/media-types.ts';

describe('media types', () => {
  test('are asked for without schema 1', () => {
    expect(acceptedManifests.split(', ')).toEqual([
      mediaTypes.ociIndex,
      mediaTypes.ociManifest,
      mediaTypes.dockerList,
      mediaTypes.dockerManifest,
      mediaTypes.ociArtifactManifest,
    ]);
    expect(acceptedManifests).not.toContain('.v1+prettyjws');
  });

  test('fall into one group each', () => {
    const groups = [isIndexType, isManifestType, isSchema1Type, isImageConfigType, isGenericType, isForeignLayerType];
    const groupOf = (type: string): readonly number[] => groups.flatMap((isOf, at) => (isOf(type) ? [at] : []));
    expect(Object.fromEntries(Object.entries(mediaTypes).map(([name, type]) => [name, groupOf(type)]))).toEqual({
      ociIndex: [0],
      dockerList: [0],
      ociManifest: [1],
      dockerManifest: [1],
      ociArtifactManifest: [1],
      dockerSchema1: [2],
      dockerSchema1Signed: [2],
      ociConfig: [3],
      dockerConfig: [3],
      octetStream: [4],
      ociEmpty: [],
      dockerAttestation: [],
    });
  });

  test.each(['', 'application/json', 'text/html', 'text/plain', 'application/octet-stream'])(
    'say nothing as %j',
    (type) => {
      expect(isGenericType(type)).toBe(true);
    },
  );

  test.each([
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
  ])('are foreign as %s', (type) => {
    expect(isForeignLayerType(type)).toBe(true);
  });

  test.each([
    [undefined, ''],
    ['', ''],
    ['Application/JSON', 'application/json'],
    [' application/json ; charset=utf-8', 'application/json'],
    ['application/json;', 'application/json'],
    [';', ''],
  ])('are bare from %j', (header, expected) => {
    expect(bareMediaType(header)).toBe(expected);
  });
});
