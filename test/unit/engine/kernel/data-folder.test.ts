import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseDataFolder, openDataFolder } from '../../../../electron/engine/kernel/data-folder.ts';

const facts = { environment: {}, platform: 'linux', home: '/home/li' };

describe('the choice of a data folder', () => {
  test.each([
    ['the operator', { explicit: '/e', portable: '/p', environment: { IMAGE_FERRY_DATA: '/v' } }, '/e', 'operator'],
    ['the environment', { portable: '/p', environment: { IMAGE_FERRY_DATA: '/v' } }, '/v', 'environment'],
    ['the folder beside the program', { portable: '/p' }, '/p', 'portable'],
    ['the user', {}, '/home/li/.local/share/image-ferry', 'user'],
    ['an empty variable', { environment: { IMAGE_FERRY_DATA: '' } }, '/home/li/.local/share/image-ferry', 'user'],
  ])('follows %s', (_, more, path, chosenBy) => {
    expect(chooseDataFolder({ ...facts, ...more })).toEqual({ path, chosenBy });
  });

  test.each([
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/image-ferry'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/li/.local/share/image-ferry'],
    ['darwin', {}, '/home/li/Library/Application Support/Image Ferry'],
    ['win32', { LOCALAPPDATA: 'C:\\Users\\li\\AppData\\Local' }, 'C:\\Users\\li\\AppData\\Local\\Image Ferry'],
  ])('knows the place of a user on %s (%o)', (platform, environment, path) => {
    expect(chooseDataFolder({ ...facts, platform, environment }).path).toBe(path);
  });
});

describe('opening a data folder', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'ferry-data-'));
  });
  afterEach(() => rm(base, { recursive: true }));

  test('makes it for its user only', async () => {
    const folder = await openDataFolder(join(base, 'a', 'b'), undefined);
    expect(folder).toEqual({ path: join(base, 'a', 'b'), chosenBy: 'operator', isOpenToOthers: false });
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  });

  test('leaves the rights of a folder that was there, and says that others may read it', async () => {
    await chmod(base, 0o755);
    expect((await openDataFolder(base, undefined)).isOpenToOthers).toBe(true);
    expect((await stat(base)).mode & 0o777).toBe(0o755);
  });

  test('takes the folder beside the program when it is there', async () => {
    await mkdir(join(base, 'data'));
    expect(await openDataFolder(undefined, join(base, 'image-ferry.exe'))).toMatchObject({
      path: join(base, 'data'),
      chosenBy: 'portable',
    });
  });

  test('is refused when a file is in its place', async () => {
    await writeFile(join(base, 'file'), '');
    await expect(openDataFolder(join(base, 'file'), undefined)).rejects.toMatchObject({ kind: 'disk', side: 'local' });
  });
});
