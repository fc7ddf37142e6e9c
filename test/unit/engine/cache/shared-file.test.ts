import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SharedFile } from '../../../../electron/engine/cache/shared-file.ts';
import { FolderDisk } from '../../../../electron/engine/kernel/durable-disk.ts';
import { FaultyDisk } from '../../../fakes/faulty-disk.ts';
import { temporaryFolder, unending } from './caches.ts';

const text = Buffer.from('0123456789');

test('keeps what was written when it is opened again', async () => {
  const file = new SharedFile(new FolderDisk(await temporaryFolder()), 'a', 'create');
  await file.write([text], 0);
  await file.close();
  expect(await file.read(0, 100)).toEqual(text);
  await file.close();
});

test('reads on under the new name, and waits while the old one goes', async () => {
  const disk = new FaultyDisk(new FolderDisk(await temporaryFolder()));
  const file = new SharedFile(disk, 'a', 'create');
  await file.write([text], 0);
  const moved = Promise.withResolvers<void>();
  const moving = file.move('b', async () => {
    await disk.rename('a', 'b', unending);
    await moved.promise;
  });
  const reading = file.read(3, 2);
  await new Promise(setImmediate);
  moved.resolve();
  await moving;
  expect((await reading).toString()).toBe('34');
  expect(disk.calls.filter(({ name }) => name === 'open').map(({ path }) => path)).toEqual(['a', 'b']);
  await file.close();
});

test('opens one file for reads that come together, and again after one that could not be opened', async () => {
  const root = await temporaryFolder();
  const disk = new FaultyDisk(new FolderDisk(root), ({ number }) => (number === 1 ? 'EIO' : undefined));
  await writeFile(join(root, 'a'), text);
  const file = new SharedFile(disk, 'a', 'read');
  await expect(file.read(0, 1)).rejects.toMatchObject({ kind: 'disk' });
  await Promise.all([0, 1, 2].map((at) => file.read(at, 1)));
  expect(disk.calls.filter(({ name }) => name === 'open')).toHaveLength(2);
  await file.close();
});
