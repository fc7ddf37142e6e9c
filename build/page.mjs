// Builds the window's page into dist/renderer, in a process of its own: the builder takes memory that a copy shall not.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Puts the page into a folder, which is emptied; gives the files it was made of. */
export async function buildPage(folder = fileURLToPath(new URL('../dist/renderer', import.meta.url))) {
  const configFile = fileURLToPath(new URL('vite.renderer.config.ts', import.meta.url));
  const built = await build({ configFile, logLevel: 'warn', build: { outDir: folder } });
  return [built].flat().flatMap(({ output }) => output.flatMap((part) => part.moduleIds ?? []));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
