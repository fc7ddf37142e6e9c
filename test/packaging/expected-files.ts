/** What has to be in a package, so that nothing else gets into it unseen. A name with a digest in it has a star instead. */

const page = lines(`
  renderer/assets/ferry-*.svg
  renderer/assets/index-*.css
  renderer/assets/index-*.js
  renderer/index.html
`);

const packages = lines(`
  node_modules/better-sqlite3/LICENSE
  node_modules/better-sqlite3/lib/binding.js
  node_modules/better-sqlite3/lib/database.js
  node_modules/better-sqlite3/lib/index.js
  node_modules/better-sqlite3/lib/methods/aggregate.js
  node_modules/better-sqlite3/lib/methods/backup.js
  node_modules/better-sqlite3/lib/methods/explain.js
  node_modules/better-sqlite3/lib/methods/function.js
  node_modules/better-sqlite3/lib/methods/inspect.js
  node_modules/better-sqlite3/lib/methods/pragma.js
  node_modules/better-sqlite3/lib/methods/serialize.js
  node_modules/better-sqlite3/lib/methods/table.js
  node_modules/better-sqlite3/lib/methods/transaction.js
  node_modules/better-sqlite3/lib/methods/wrappers.js
  node_modules/better-sqlite3/lib/sqlite-error.js
  node_modules/better-sqlite3/lib/util.js
  node_modules/better-sqlite3/package.json
  node_modules/electron-log/LICENSE
  node_modules/electron-log/node.js
  node_modules/electron-log/package.json
`);

const commandLine = lines(`
  LICENSE.node.txt
  cli.js
  package.json
`);

const folder = lines(`
  LICENSE.electron.txt
  LICENSE.txt
  LICENSES.chromium.html
  THIRD-PARTY-NOTICES.txt
  icudtl.dat
  locales/en-US.pak
  locales/zh-CN.pak
  resources.pak
  resources/app.asar
  v8_context_snapshot.bin
`);

const ofWindows = lines(`
  Image Ferry.exe
  d3dcompiler_47.dll
  data/README.txt
  ffmpeg.dll
  image-ferry.cmd
  libEGL.dll
  resources/cli/node.exe
  vk_swiftshader.dll
`);

const ofLinux = lines(`
  chrome-sandbox
  chrome_crashpad_handler
  image-ferry
  image-ferry-desktop
  libEGL.so
  libffmpeg.so
  resources/cli/node
`);

/** The one file of the archive that lies beside it. */
export function onlyUnpacked(platform: string): string {
  return `node_modules/better-sqlite3/prebuilds/${platform}.node`;
}

/** What is in Electron's archive. */
export function archiveFiles(platform: string): readonly string[] {
  return ['main.js', 'package.json', 'preload.cjs', ...page, ...packages, onlyUnpacked(platform)].sort();
}

/** What is in the Windows zip, below its folder. */
export const windowsFiles: readonly string[] = [...ofWindows, ...filesFor('win32-x64')].sort();

/** What is in the Linux folder. */
export const linuxFiles: readonly string[] = [...ofLinux, ...filesFor('linux-x64')].sort();

function filesFor(platform: string): readonly string[] {
  const cli = [...commandLine, ...page, ...packages, onlyUnpacked(platform)];
  return [
    ...folder,
    `resources/app.asar.unpacked/${onlyUnpacked(platform)}`,
    ...cli.map((name) => `resources/cli/${name}`),
  ];
}

/** Paths as they are named here. How a logger is cut into files, and into how many parts a bundle, is no one's affair. */
export function named(paths: Iterable<string>): readonly string[] {
  const cuts = /node_modules\/electron-log\/src\/(?:core|node)\/.*\.js$|^resources\/cli\/cli-\*\.js$/;
  const plain = [...paths].map((path) => path.replace(/-[\w-]{8}(?=\.(?:js|css|svg)$)/, '-*'));
  return plain.filter((path) => !cuts.test(path)).sort();
}

function lines(text: string): readonly string[] {
  return text.trim().split(/\n\s*/);
}
