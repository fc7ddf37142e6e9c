import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { spaceFound } from '../../../../electron/app/self-test/disk-space.ts';
import { accessOf } from '../../../../electron/app/self-test/folder-access.ts';
import { checkLibraries } from '../../../../electron/app/self-test/program-files.ts';
import { accessIn } from '../../../../electron/app/self-test/windows-access.ts';

test.each([
  [0o40700, 'private'],
  [0o40750, 'readable'],
  [0o40701, 'readable'],
  [0o40720, 'writable'],
  [0o40777, 'writable'],
  [0o41777, 'writable'],
])('a folder of ours with mode %o is %s', (mode, access) => {
  expect(accessOf({ mode, uid: 7 }, 7)).toBe(access);
});

test('a folder of another user is foreign', () => {
  expect(accessOf({ mode: 0o40700, uid: 8 }, 7)).toBe('foreign');
});

const user = 'S-1-5-21-1-2-3-1001';
test.each([
  ['a user’s own place', `data\r\nD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;${user})`, 'private'],
  ['protected', `data\r\nD:PAI(A;OICI;FA;;;${user})`, 'private'],
  ['C:\\ by default', 'd\r\nD:AI(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)', 'writable'],
  ['Program Files', 'd\r\nD:AI(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)', 'readable'],
  ['everyone may read', 'd\r\nD:(A;;FR;;;WD)', 'readable'],
  ['everyone may read and run, by words', 'd\r\nD:(A;;FRFX;;;WD)', 'readable'],
  ['everyone may do all', 'd\r\nD:(A;OICI;FA;;;WD)', 'writable'],
  ['by number', 'd\r\nD:(A;OICI;0x1301bf;;;S-1-1-0)', 'writable'],
  ['by generic bits', 'd\r\nD:(A;OICI;0x10000000;;;BU)', 'writable'],
  ['users may add folders', 'd\r\nD:(A;CI;LC;;;BU)', 'writable'],
  ['what is denied gives nothing', 'd\r\nD:(D;;FA;;;WD)(A;;FA;;;SY)', 'private'],
  ['no list', '', 'untold'],
  ['another text', 'Successfully processed 1 files', 'untold'],
])('an access list of Windows: %s', (_, sddl, access) => {
  expect(accessIn(sddl)).toBe(access);
});

test('S-PKG-2: libraries beside the program that are not its own are named, on Windows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-libraries-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'image-ferry.exe');
  for (const name of ['image-ferry.exe', 'ffmpeg.dll', 'libEGL.dll', 'd3dcompiler_47.dll', 'notes.txt'])
    writeFileSync(join(folder, name), '');
  expect(await checkLibraries(program, 'win32')).toMatchObject({ code: 'libraries-known' });
  for (const name of ['version.DLL', 'dbghelp.dll']) writeFileSync(join(folder, name), '');
  const found = await checkLibraries(program, 'win32');
  expect([found.code, found.values['names']?.split(', ').toSorted()]).toEqual([
    'libraries-unexpected',
    ['dbghelp.dll', 'version.DLL'],
  ]);
  expect(await checkLibraries(program, 'linux')).toMatchObject({ code: 'libraries-elsewhere' });
});

test.each([
  [10 * 1024 ** 2, 'disk-full'],
  [1024 ** 3, 'disk-low'],
  [100 * 1024 ** 3, 'disk-free'],
])('%i free bytes mean %s', (freeBytes, code) => {
  expect(spaceFound(freeBytes).code).toBe(code);
});
