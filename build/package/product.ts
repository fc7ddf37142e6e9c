import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const top: string = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly devDependencies: Readonly<Record<'electron' | 'node', string>>;
}

/** The repository's own package.json. */
export const manifest: Manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));

/** What people read. */
export const productName = 'Image Ferry';

/** Of everything in a package, in seconds since 1970; the same sources give the same bytes when SOURCE_DATE_EPOCH says it. */
export const fileTime: number = Number(process.env['SOURCE_DATE_EPOCH'] ?? Math.floor(Date.now() / 1000));
