import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { portableFolder } from '../../../../electron/engine/kernel/portable-folder.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ferry-portable-'));
});
afterEach(() => rmSync(base, { recursive: true }));

function folder(...names: readonly string[]): string {
  const path = join(base, ...names);
  mkdirSync(path, { recursive: true });
  return path;
}

describe('the folder beside the program', () => {
  test('is the same for the desktop and the command line of a package', () => {
    const data = folder('Image Ferry', 'data');
    expect(portableFolder(join(base, 'Image Ferry', 'image-ferry.exe'), {})).toBe(data);
    expect(portableFolder(join(base, 'Image Ferry', 'resources', 'cli', 'cli.js'), {})).toBe(data);
  });

  test('is not looked for beside the bundle of a package', () => {
    folder('Image Ferry', 'resources', 'cli', 'data');
    expect(portableFolder(join(base, 'Image Ferry', 'resources', 'cli', 'cli.js'), {})).toBeUndefined();
  });

  test('lies beside an AppImage, not where that is mounted', () => {
    const data = folder('stick', 'data');
    const APPDIR = folder('mount');
    const environment = { APPDIR, APPIMAGE: join(base, 'stick', 'image-ferry.AppImage') };
    expect(portableFolder(join(APPDIR, 'image-ferry'), environment)).toBe(data);
    expect(portableFolder(join(APPDIR, 'resources', 'app', 'x'), environment)).toBe(data);
  });

  test('is not taken from the variables of another program that started this one', () => {
    folder('stick', 'data');
    const environment = { APPDIR: folder('mount'), APPIMAGE: join(base, 'stick', 'other.AppImage') };
    expect(portableFolder(join(folder('elsewhere'), 'image-ferry'), environment)).toBeUndefined();
  });

  // root may write anywhere
  test.skipIf(process.getuid?.() === 0)('is passed over where it cannot be written', () => {
    chmodSync(folder('data'), 0o500);
    expect(portableFolder(join(base, 'image-ferry'), {})).toBeUndefined();
  });
});
