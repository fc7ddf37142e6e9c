import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BrowsedFiles } from '../../../electron/shells/web/browsed-files.ts';
import { testFolder } from './stage.ts';

interface Scene {
  readonly root: string;
  readonly outside: string;
  readonly files: BrowsedFiles;
  readonly handleOf: (name: string, folder?: string) => Promise<string>;
}

async function scene(): Promise<Scene> {
  const top = testFolder();
  const root = join(top, 'root');
  const outside = join(top, 'outside');
  await mkdir(join(root, 'lists'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(root, 'lists', 'images.txt'), 'nginx:1\n');
  await writeFile(join(root, '.hidden'), '');
  await writeFile(join(outside, 'secret.txt'), 'planted');
  await symlink(outside, join(root, 'way-out'));
  await symlink(join(outside, 'secret.txt'), join(root, 'secret-link'));
  await symlink(join(root, 'lists'), join(root, 'way-within'));
  const files = await BrowsedFiles.open([root]);
  const handleOf = async (name: string, folder?: string): Promise<string> => {
    const { entries } = await files.list(folder === undefined ? {} : { folder });
    const entry = entries.find((each) => each.name === name || each.name.endsWith(`/${name}`));
    if (entry === undefined) throw new Error(`${name} is not listed`);
    return entry.handle;
  };
  return { root, outside, files, handleOf };
}

describe('S-WEB-10: files are browsed below the agreed folders', () => {
  test.each([
    '\\\\host\\share',
    '//host/share',
    '\\\\?\\C:\\',
    '\\\\.\\pipe\\x',
    'file:///etc',
    'http://host/',
    'C:',
    'relative',
    '',
    '/a\0b',
    '/etc/passwd',
  ])('%j is no folder to look into', async (path) => {
    await expect(BrowsedFiles.open([path])).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('lists folders first and opens a file by its handle', async () => {
    const { files, handleOf } = await scene();
    const root = await handleOf('root');
    const listed = await files.list({ folder: root });
    expect(listed.entries.map(({ name, isFolder }) => [name, isFolder])).toEqual([
      ['lists', true],
      ['way-within', true],
    ]);
    const lists = await files.list({ folder: await handleOf('lists', root) });
    expect(lists.parent).toBe(root);
    const file = await files.open(await handleOf('images.txt', await handleOf('lists', root)));
    expect([file.name, file.sizeBytes, await file.text(new AbortController().signal)]).toEqual([
      'images.txt',
      8,
      'nginx:1\n',
    ]);
  });

  test('a link that leads out is not listed, and the top has nothing above it', async () => {
    const { files, handleOf } = await scene();
    const listed = await files.list({ folder: await handleOf('root') });
    expect(JSON.stringify(listed)).not.toMatch(/way-out|secret|hidden/);
    expect(listed).not.toHaveProperty('parent');
  });

  test('a folder that became a link since it was listed is not followed', async () => {
    const { root, outside, files, handleOf } = await scene();
    const folder = await handleOf('root');
    const lists = await handleOf('lists', folder);
    const file = await handleOf('images.txt', lists);
    await rename(join(root, 'lists'), join(root, 'moved'));
    await writeFile(join(outside, 'images.txt'), 'planted');
    await symlink(outside, join(root, 'lists'));
    await expect(files.place(file)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(files.list({ folder: lists })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(files.open(file)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test.each(['/etc/passwd', '..', 'file:///etc/passwd', '\\\\host\\share', 'C:\\', '__proto__'])(
    '%j is no handle',
    async (handle) => {
      const { files } = await scene();
      await expect(files.place(handle)).rejects.toMatchObject({ kind: 'not-found' });
      await expect(files.open(handle)).rejects.toMatchObject({ kind: 'not-found' });
      await expect(files.list({ folder: handle })).rejects.toMatchObject({ kind: 'not-found' });
    },
  );

  test('a failure names no folder of this machine', async () => {
    const { root, files, handleOf } = await scene();
    const lists = await handleOf('lists', await handleOf('root'));
    await rename(join(root, 'lists'), join(root, 'gone'));
    const failure: unknown = await files.list({ folder: lists }).catch((thrown: unknown) => thrown);
    expect(String(failure)).not.toContain(root);
  });
});
