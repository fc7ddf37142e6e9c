import { describe, expect, test } from 'vitest';
import type { SnapshotOf } from '../../../../../electron/contract/feeds.ts';
import { checksumLines, chosenFile } from '../../../../../renderer/features/bundles/files.ts';
import { readMaps } from '../../../../../renderer/features/bundles/import-maps.ts';
import { isFileName, targetOf } from '../../../../../renderer/features/bundles/target.ts';

const sums = { volumes: 1, totalBytes: 1, blobs: 1, blobBytes: 1, leftOut: 0, leftOutBytes: 0 };
const at = '2026-01-01T00:00:00.000Z';
const files: SnapshotOf<'bundles'> = {
  bundles: [],
  exports: [{ job: 3, name: 'a.tar', format: 'bundle', state: 'written', at, ...sums, files: [] }],
  receipts: [{ receipt: 'r', name: 'r.json', place: 'h', state: 'written', at, tags: 0, digests: 0, unread: [] }],
};

describe('what is looked at', () => {
  test('is the wanted file as long as it is there', () => {
    expect(chosenFile(files, { kind: 'receipt', id: 'r' })).toEqual({ kind: 'receipt', id: 'r' });
    expect(chosenFile(files, { kind: 'bundle', id: 'gone' })).toEqual({ kind: 'export', job: 3 });
    expect(chosenFile({ bundles: [], exports: [], receipts: [] }, undefined)).toBeUndefined();
  });
});

test('checksums are written as sha256sum reads them, where they are known', () => {
  expect(checksumLines([{ name: 'a.tar', sha256: 'ab' }, { name: 'b.tar' }])).toBe('ab  a.tar\n');
});

describe('rules of an import', () => {
  test('are one a line', () => {
    expect(readMaps('docker.io/library=base\n\n quay.io = quay/{path} \n')).toEqual({
      maps: [
        { from: 'docker.io/library', to: 'base' },
        { from: 'quay.io', to: 'quay/{path}' },
      ],
    });
  });

  test.each(['a', '=b', 'a='])('name the first line that is none: %j', (wrong) => {
    expect(readMaps(`a=b\n${wrong}`)).toMatchObject({ wrongLine: 2 });
  });
});

describe('where a file is written', () => {
  test('is a handle of a dialog, or a name in a folder', () => {
    expect(targetOf({ name: 'x', place: { kind: 'file', handle: 'h' } })).toEqual({ handle: 'h' });
    expect(targetOf({ name: 'x.tar', place: { kind: 'folder', handle: 'f' } })).toEqual({ folder: 'f', name: 'x.tar' });
    expect(targetOf({ name: 'x.tar' })).toBeUndefined();
    expect(targetOf({ name: 'a/x.tar', place: { kind: 'folder', handle: 'f' } })).toBeUndefined();
  });

  test.each(['..', '.a', 'a/b', 'a\\b', 'c:a', 'a.', 'a?', ''])('has no name such as %j', (name) => {
    expect(isFileName(name)).toBe(false);
  });
});
