// `npm start`: the window in Electron where its binary is, in a browser of this machine otherwise; says which and why.
// The package `electron` is not imported: that would try to download the binary.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundleFile, ensureBundle } from './bundle.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const dist = join(top, 'dist');

/** Where Electron's binary is; undefined when it was never fetched. */
function electronBinary() {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const named = join(folder, 'path.txt');
  const own = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const file = existsSync(named) ? readFileSync(named, 'utf8') : 'electron';
  const path = join(own ?? join(folder, 'dist'), file);
  return existsSync(path) ? path : undefined;
}

function run(program, args) {
  const { status } = spawnSync(program, args, { cwd: top, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

await ensureBundle();
if (!existsSync(join(dist, 'renderer', 'index.html'))) run(process.execPath, [join(top, 'build', 'page.mjs')]);
const binary = electronBinary();
if (binary === undefined) {
  console.error("Electron's binary is not installed here, so the window opens in a browser of this machine.");
  run(process.execPath, [bundleFile, 'ui', ...process.argv.slice(2)]);
} else {
  console.error('The window opens in Electron.');
  if (!existsSync(join(dist, 'main.js'))) run(process.execPath, [join(top, 'build', 'bundle-desktop.mjs')]);
  run(binary, [join(dist, 'main.js'), ...process.argv.slice(2)]);
}
