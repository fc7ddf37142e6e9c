import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
// @ts-expect-error -- plain JavaScript, so that `npm install` can run it on any Node
import { bundleDesktop } from '../bundle-desktop.mjs';
// @ts-expect-error -- plain JavaScript, so that `npm install` can run it on any Node
import { bundleCli } from '../bundle.mjs';
// @ts-expect-error -- plain JavaScript, so that `npm install` can run it on any Node
import { buildPage } from '../page.mjs';
import { manifest, productName, top } from './product.ts';
import type { Target } from './target.ts';

/** What is the same on every platform, made once. */
export interface Bundles {
  readonly app: string;
  readonly cli: string;
  /** The files all was made of. */
  readonly sources: readonly string[];
}

/** Packages with files of their own at run time, and which of those are wanted. */
const wholePackages: Readonly<Record<string, RegExp>> = {
  'better-sqlite3': /^(?:package\.json|LICENSE|lib\/(?!(?:darwin|linux|linuxmusl|win32)-).*\.js)$/,
  'electron-log': /^(?:package\.json|LICENSE|node\.js|src\/(?:core|node)\/.*\.js)$/,
};

/** Their names. */
export const wholePackageNames: readonly string[] = Object.keys(wholePackages);

/** Bundles the window and the command line and builds the page. Both have the page: Node cannot read it out of the archive. */
export async function makeBundles(folder: string): Promise<Bundles> {
  const app = join(folder, 'app');
  const cli = join(folder, 'cli');
  const ofWindow: readonly string[] = await bundleDesktop(app);
  const ofCommandLine: readonly string[] = await bundleCli(cli);
  const ofPage: readonly string[] = await buildPage(join(app, 'renderer'));
  await cp(join(app, 'renderer'), join(cli, 'renderer'), { recursive: true });
  const { version, description, license } = manifest;
  const common = { name: 'image-ferry', version, description, license, type: 'module', private: true };
  await writeManifest(app, { ...common, productName, author: productName, main: 'main.js' });
  await writeManifest(cli, { ...common, bin: 'cli.js' });
  return { app, cli, sources: [...ofWindow, ...ofCommandLine, ...ofPage] };
}

async function writeManifest(folder: string, facts: object): Promise<void> {
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(facts, null, 2)}\n`);
}

/** Copies a bundle and adds the packages with files of their own, as one platform needs them. */
export async function stageFor(target: Target, bundle: string, folder: string): Promise<void> {
  await cp(bundle, folder, { recursive: true });
  for (const [name, wanted] of Object.entries(wholePackages)) {
    await copyMatching(join(top, 'node_modules', name), join(folder, 'node_modules', name), wanted);
  }
  const prebuild = join('node_modules', 'better-sqlite3', 'prebuilds', `${target.prebuild}.node`);
  await cp(join(top, prebuild), join(folder, prebuild));
}

async function copyMatching(from: string, to: string, wanted: RegExp): Promise<void> {
  const files = await readdir(from, { recursive: true });
  for (const file of files.filter((name) => wanted.test(name.replaceAll('\\', '/')))) {
    await mkdir(join(to, file, '..'), { recursive: true });
    await cp(join(from, file), join(to, file));
  }
}
