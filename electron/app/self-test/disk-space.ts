import { statfs } from 'node:fs/promises';
import { formatBytes } from '../../contract/format.ts';
import { type Found, found } from './found.ts';

const mebibyte = 1024 ** 2;
/** Less than this, and not even a history can be kept safely. */
const leastBytes = 64 * mebibyte;
/** Less than this is less than many a layer. */
const lowBytes = 2048 * mebibyte;

/** How much is free where the data folder lies. */
export async function checkDisk(folder: string): Promise<Found> {
  const { bavail, bsize } = await statfs(folder);
  return spaceFound(bavail * bsize);
}

/** What so many free bytes mean. */
export function spaceFound(freeBytes: number): Found {
  const free = formatBytes(freeBytes);
  if (freeBytes < leastBytes) return found('disk-full', { free });
  return found(freeBytes < lowBytes ? 'disk-low' : 'disk-free', { free });
}
