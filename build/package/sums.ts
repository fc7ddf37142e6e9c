import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const name = 'SHA256SUMS';

/** Writes `SHA256SUMS` of all files that lie in the folder, as `sha256sum -c` reads it. */
export async function writeSums(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== name).map((entry) => entry.name);
  const lines = await Promise.all(files.sort().map(async (file) => `${await sha256(join(folder, file))}  ${file}\n`));
  await writeFile(join(folder, name), lines.join(''));
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
