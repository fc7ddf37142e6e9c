import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifest, top } from './product.ts';

/** A package whose code is in what we give away. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX. */
  readonly licence: string;
  /** The whole text of its licence and notices. */
  readonly text: string;
}

interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/** What we may give away in a package of ours. Anything else needs a person's decision, so it stops the build. */
const accepted: ReadonlySet<string> = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0']);
const packageFolder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
const licenceFile = /^(?:licen[cs]e|notice|copying)(?:\..*)?$/i;

/**
 * The packages behind the files that went into the bundles, and those that are given away as they are, by name and version.
 * Throws when one has a licence that nobody accepted or whose text is not there.
 */
export async function shippedPackages(
  bundled: readonly string[],
  whole: readonly string[],
): Promise<readonly ShippedPackage[]> {
  const folders = new Set(whole.map((name) => join(top, 'node_modules', name)));
  for (const file of bundled) {
    const folder = packageFolder.exec(file)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const byName = new Map<string, ShippedPackage>();
  for (const folder of folders) {
    const one = await describe(folder);
    byName.set(`${one.name}@${one.version}`, one);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

async function describe(folder: string): Promise<ShippedPackage> {
  const facts: PackageFacts = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version, license = 'UNKNOWN' } = facts;
  if (!accepted.has(license)) throw new Error(`${name}@${version} has the licence ${license}, which nobody accepted`);
  const files = (await readdir(folder)).filter((file) => licenceFile.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const text = texts.length > 0 ? texts.join('\n\n') : await standardText(facts);
  return { name, version, licence: license, text: text.replaceAll('\r\n', '\n').trim() };
}

/** A few packages name the MIT licence and forget its text. */
async function standardText({ name, license, author }: PackageFacts): Promise<string> {
  if (license !== 'MIT') throw new Error(`${name} does not bring the text of its licence`);
  const holder = (typeof author === 'string' ? author : author?.name) ?? `the authors of ${name}`;
  return (await readFile(new URL('mit.txt', import.meta.url), 'utf8')).replace('HOLDER', holder);
}

/** The list of all that is given away and under what terms, with every text. */
export function noticesOf(packages: readonly ShippedPackage[]): string {
  const { version, license } = manifest;
  const rows = [
    ...packages,
    {
      name: 'electron',
      version: manifest.devDependencies.electron,
      licence: 'MIT; see LICENSE.electron.txt and LICENSES.chromium.html',
    },
    {
      name: 'node',
      version: manifest.devDependencies.node,
      licence: 'MIT and others; see resources/cli/LICENSE.node.txt',
    },
  ];
  const list = rows.map(({ name, version, licence }) => `${name} ${version} · ${licence}`);
  const texts = packages.map(({ name, version, text }) => `${'='.repeat(80)}\n${name} ${version}\n\n${text}\n`);
  const head = `Image Ferry ${version} is given under ${license}; see LICENSE.txt. It holds:\n`;
  return [head, ...list, '', ...texts].join('\n');
}
