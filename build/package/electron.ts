import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Configuration, Platform } from 'electron-builder';
import { manifest, productName, top } from './product.ts';
import { type Target, targets } from './target.ts';

/** What electron-builder is given. */
export interface PackOrder {
  readonly target: Target;
  /** What goes into the archive; `.node` files come to lie beside it. */
  readonly app: string;
  readonly output: string;
  /** The icon as a file for Windows, and as a folder of pictures named by their size. */
  readonly ico: string;
  readonly icons: string;
  readonly electronDist: string | undefined;
}

/**
 * Electron with our program in it, as a folder: archive with integrity, icon, version, two languages. electron-builder's own
 * packages are not asked for, because their tools would be downloaded.
 */
export async function packElectron(order: PackOrder): Promise<string> {
  const { platform, prebuild } = order.target;
  await build({
    projectDir: top,
    publish: null,
    targets: (platform === 'win' ? Platform.WINDOWS : Platform.LINUX).createTarget('dir'),
    config: configuration(order),
  });
  const folder = join(order.output, `${platform}-unpacked`);
  if (!existsSync(join(folder, order.target.window))) throw new Error(`no Electron for ${prebuild} in ${folder}`);
  return folder;
}

/** Makes an AppImage of a folder that is packed; downloads the tools for it. */
export async function makeAppImage(order: PackOrder, folder: string): Promise<void> {
  const config = configuration(order);
  const linux = { ...config.linux, artifactName: 'image-ferry-${version}-linux-x64.AppImage' };
  await build({
    projectDir: top,
    publish: null,
    prepackaged: folder,
    targets: Platform.LINUX.createTarget('AppImage'),
    config: { ...config, linux },
  });
}

function configuration({ target, app, output, ico, icons, electronDist }: PackOrder): Configuration {
  return {
    appId: 'image-ferry',
    productName,
    copyright: manifest.license,
    directories: { app, output, buildResources: join(output, 'none') },
    electronVersion: manifest.devDependencies.electron,
    ...(electronDist !== undefined && { electronDist: distFor(target, electronDist) }),
    electronLanguages: ['en-US', 'zh-CN'],
    // a folder of this name is passed over unless it is named by itself
    files: ['**/*', { from: 'node_modules', to: 'node_modules', filter: ['**/*'] }],
    asar: { smartUnpack: false },
    asarUnpack: ['**/*.node'],
    // what is staged is whole: nothing is to be installed, rebuilt or looked for
    beforeBuild: () => Promise.resolve(false),
    // a folder that was named is taken as it is, with what only stands in for a program
    afterExtract: async ({ appOutDir }) => {
      for (const spare of ['resources/default_app.asar', 'version']) await rm(join(appOutDir, spare), { force: true });
    },
    // no certificate, so no signature: the icon and the version are written all the same
    win: { icon: ico, signExecutable: false },
    linux: { icon: icons, executableName: targets.linux.window, category: 'Network' },
  };
}

/** Where the Electron of a platform is, when there is a folder for each. */
function distFor(target: Target, dist: string): string {
  const own = join(dist, target.prebuild);
  return existsSync(own) ? own : dist;
}
