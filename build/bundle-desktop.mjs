// Bundles the desktop: the program as a module, the preload as CommonJS because a sandboxed one can be nothing else.
// What has files of its own at run time stays outside.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const top = fileURLToPath(new URL('..', import.meta.url));

/** Puts `main.js` and `preload.cjs` into a folder; gives the files they were made of. */
export async function bundleDesktop(folder = join(top, 'dist')) {
  const program = await bundleOne({ input: join(top, 'electron', 'main.ts'), platform: 'node', external: ['electron', 'better-sqlite3', /^electron-log(?:\/|$)/] }, folder, 'main.js', 'esm');
  const preload = await bundleOne({ input: join(top, 'electron', 'preload.ts'), platform: 'browser', external: ['electron'] }, folder, 'preload.cjs', 'cjs');
  return [...program, ...preload];
}

async function bundleOne(input, dir, name, format) {
  const bundle = await rolldown({ cwd: top, ...input, logLevel: 'warn' });
  try {
    const { output } = await bundle.write({ dir, format, entryFileNames: name, codeSplitting: false });
    return output.flatMap((part) => part.moduleIds ?? []);
  } finally {
    await bundle.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleDesktop();
