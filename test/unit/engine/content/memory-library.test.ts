import { expect, test } from 'vitest';
import { digestOf } from '../../../../electron/engine/content/digest-of.ts';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob } from '../../../../electron/engine/content/put-content.ts';
import type { Library } from '../../../../electron/engine/ports/library.ts';

const { signal } = new AbortController();
const bytes = Buffer.from('0123456789');

async function readBlob(library: Library, repository: string, range?: { start: number; end: number }): Promise<string> {
  const blob = await library.blob(repository, digestOf(bytes), signal);
  const pieces: Uint8Array[] = [];
  for await (const piece of blob?.open(range, signal) ?? []) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('keeps no piece that its giver changes afterwards', async () => {
  const library = memoryLibrary();
  const mine = Uint8Array.from(bytes);
  const upload = await library.beginUpload('a', 'sha256', signal);
  await upload.append(mine, signal);
  mine.fill(0);
  await upload.commit(digestOf(bytes), signal);
  expect(await readBlob(library, 'a')).toBe('0123456789');
});

test('keeps bytes once for many repositories and frees them with the last', async () => {
  const library = memoryLibrary();
  const { digest } = await putBlob(library, 'a', bytes);
  await putBlob(library, 'a', bytes);
  await putBlob(library, 'b', bytes);
  await library.mountBlob('c', digest, 'a', signal);
  expect(library.usedBytes).toBe(10);
  for (const repository of ['a', 'b']) expect(await library.deleteBlob(repository, digest, signal)).toBe(true);
  expect(await library.deleteBlob('a', digest, signal)).toBe(false);
  expect(await readBlob(library, 'c')).toBe('0123456789');
  await library.deleteBlob('c', digest, signal);
  expect(library.usedBytes).toBe(0);
});

test('is full at its bound and has room again when an upload is given up', async () => {
  const library = memoryLibrary({ maxBytes: 15 });
  const upload = await library.beginUpload('a', 'sha256', signal);
  await upload.append(bytes, signal);
  await expect(upload.append(bytes, signal)).rejects.toMatchObject({ kind: 'full', advice: { do: 'ask' } });
  await upload.abort();
  await upload.abort();
  expect(library.usedBytes).toBe(0);
  await putBlob(library, 'a', bytes);
});

test('keeps nothing of an upload whose digest is wrong', async () => {
  const library = memoryLibrary();
  const upload = await library.beginUpload('a', 'sha256', signal);
  await upload.append(bytes, signal);
  await expect(upload.commit(digestOf(Buffer.from('x')), signal)).rejects.toMatchObject({ kind: 'integrity' });
  expect(library.usedBytes).toBe(0);
  expect(await library.tags('a', { most: 1 }, signal)).toBeUndefined();
});
