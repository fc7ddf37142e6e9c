import { execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openByteFile } from '../../../../electron/engine/bundle/byte-file.ts';
import { temporaryFolder } from '../../../fakes/bundle-files.ts';

test('a file gives the bytes asked for, and says where it ends too early', async () => {
  const path = join(await temporaryFolder(), 'a');
  await writeFile(path, 'hello world');
  const file = await openByteFile(path);
  expect([file.name, file.sizeBytes, (await file.read(6, 5)).toString()]).toEqual(['a', 11, 'world']);
  await truncate(path, 8);
  await expect(file.read(6, 5)).rejects.toMatchObject({
    kind: 'integrity',
    message: expect.stringContaining('byte 8'),
  });
  await file.close();
  await file.close();
});

describe.skipIf(process.platform === 'win32')('what is no regular file', () => {
  test.each(['link', 'pipe', 'folder', 'device'])('a %s is refused at once', async (what) => {
    const folder = await temporaryFolder();
    const path = what === 'device' ? '/dev/null' : join(folder, 'a');
    await writeFile(join(folder, 'real'), 'secret');
    if (what === 'link') await symlink(join(folder, 'real'), path);
    if (what === 'pipe') execFileSync('mkfifo', [path]);
    if (what === 'folder') await mkdir(path);
    await expect(openByteFile(path)).rejects.toMatchObject({ kind: 'invalid', side: 'source' });
  });

  test('a file that is replaced by a link while it is opened never gives what the link points to', async () => {
    const folder = await temporaryFolder();
    const [path, link] = [join(folder, 'a'), join(folder, 'link')];
    await writeFile(join(folder, 'secret'), 'secret');
    for (let run = 0; run < 300; run++) {
      await writeFile(join(folder, 'new'), 'honest');
      await rename(join(folder, 'new'), path);
      await symlink(join(folder, 'secret'), link);
      const [opening] = await Promise.allSettled([openByteFile(path), rename(link, path)]);
      if (opening.status === 'rejected') {
        expect(opening.reason).toMatchObject({ side: 'source' });
        continue;
      }
      expect((await opening.value.read(0, 6)).toString()).toBe('honest');
      await opening.value.close();
    }
  });
});
