import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAppImage, type PackOrder } from './electron.ts';
import { writeDataFolder } from './finish.ts';
import { writeDeb, writeTarGz } from './linux.ts';
import { writeInstaller, writePortable } from './nsis.ts';
import { fileTime, manifest } from './product.ts';
import type { Kind } from './wish.ts';
import { writeZip } from './zip.ts';

/** What every kind of package is made of. */
export interface Packed {
  readonly order: PackOrder;
  /** The program, whole, as it lies on a disk. */
  readonly folder: string;
  /** Where packages go. */
  readonly out: string;
}

const stem = `image-ferry-${manifest.version}`;

/** How each kind is made. */
export const makers: Readonly<Record<Kind, (packed: Packed) => Promise<void>>> = {
  zip: makeZip,
  nsis: (packed) => writeInstaller({ ...installer(packed), file: join(packed.out, `${stem}-win-x64-setup.exe`) }),
  'nsis-all-users': (packed) =>
    writeInstaller({
      ...installer(packed),
      file: join(packed.out, `${stem}-win-x64-setup-all-users.exe`),
      defines: ['ALL_USERS'],
    }),
  portable: async (packed) =>
    writePortable({ ...installer(packed), file: join(packed.out, `${stem}-win-x64-portable.exe`) }),
  'tar.gz': async ({ folder, out }) => writeTarGz(folder, stem, join(out, `${stem}-linux-x64.tar.gz`)),
  deb: ({ folder, order, out }) =>
    writeDeb(folder, join(order.icons, '256x256.png'), join(out, `image-ferry_${manifest.version}_amd64.deb`)),
  AppImage: makeImage,
  dir: makeFolder,
};

function installer({ folder, order }: Packed): { folder: string; icon: string; work: string } {
  return { folder, icon: order.ico, work: order.output };
}

async function makeZip({ folder, order, out }: Packed): Promise<void> {
  const data = join(order.output, 'data');
  await writeDataFolder(data);
  const parts = [
    { folder, under: 'Image-Ferry' },
    { folder: data, under: 'Image-Ferry/data' },
  ];
  await writeZip(join(out, `${stem}-win-x64.zip`), parts, fileTime);
}

async function makeImage({ folder, order, out }: Packed): Promise<void> {
  await makeAppImage(order, folder);
  const name = `${stem}-linux-x64.AppImage`;
  await rename(join(order.output, name), join(out, name));
}

async function makeFolder({ folder, order, out }: Packed): Promise<void> {
  const place = join(out, `${order.target.platform}-unpacked`);
  await rm(place, { recursive: true, force: true });
  await rename(folder, place);
}
