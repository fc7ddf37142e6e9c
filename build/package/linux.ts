import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileTime, manifest, productName } from './product.ts';
import { run } from './programs.ts';
import { targets } from './target.ts';

/** Writes the folder into an archive in which it has the given name and belongs to nobody. */
export function writeTarGz(folder: string, name: string, file: string): void {
  const owner = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${fileTime}`];
  run('tar', [
    '-czf',
    file,
    ...owner,
    '-C',
    dirname(folder),
    `--transform=s,^${basename(folder)},${name},`,
    basename(folder),
  ]);
}

const place = '/opt/image-ferry';

/** What Electron's program is linked to; the second names are those of systems with 64-bit times. */
const needed = 'libgtk-3-0 | libgtk-3-0t64, libnss3, libgbm1, libasound2 | libasound2t64, xdg-utils';

/** Writes a Debian package; `picture` is a PNG file of 256 pixels. */
export async function writeDeb(folder: string, picture: string, file: string): Promise<void> {
  const root = join(dirname(folder), 'deb');
  const icons = join(root, 'usr/share/icons/hicolor/256x256/apps');
  const folders = ['DEBIAN', 'usr/bin', 'usr/share/applications', 'usr/share/doc/image-ferry'];
  for (const one of [...folders.map((name) => join(root, name)), icons]) await mkdir(one, { recursive: true });
  await cp(folder, join(root, place), { recursive: true });
  // Chromium's way to put its pages behind bars where people may not do so themselves
  const sandbox = join(root, place, 'chrome-sandbox');
  await chmod(sandbox, 0o4755).catch(() => undefined);
  await symlink(join(place, targets.linux.launcher), join(root, 'usr/bin/image-ferry'));
  await cp(picture, join(icons, 'image-ferry.png'));
  await writeFile(join(root, 'usr/share/applications/image-ferry.desktop'), desktopEntry);
  await cp(join(root, place, 'LICENSE.txt'), join(root, 'usr/share/doc/image-ferry/copyright'));
  await writeFile(join(root, 'DEBIAN/control'), control);
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, file]);
}

const desktopEntry = `[Desktop Entry]
Type=Application
Name=${productName}
Comment=${manifest.description}
Exec=${place}/${targets.linux.window} %f
Icon=image-ferry
Categories=Network;
StartupWMClass=${productName}
`;

const control = `Package: image-ferry
Version: ${manifest.version}
Architecture: amd64
Maintainer: ${productName} <nobody@invalid>
Section: net
Priority: optional
Depends: ${needed}
Description: ${productName}
 ${manifest.description}
`;
