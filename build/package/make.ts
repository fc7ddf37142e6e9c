import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PackOrder, packElectron } from './electron.ts';
import { finishFolder } from './finish.ts';
import { icoFile } from './ico.ts';
import { drawIcon } from './icon.ts';
import { makers } from './makers.ts';
import { nodeFiles } from './node.ts';
import { bomOf } from './sbom.ts';
import { noticesOf, shippedPackages } from './shipped.ts';
import { makeBundles, stageFor, wholePackageNames } from './stage.ts';
import { writeSums } from './sums.ts';
import { targets } from './target.ts';
import type { Wish } from './wish.ts';

/** Makes everything wished for, and beside it the sums, the list of parts (SBOM) and the licences. */
export async function makePackages(wish: Wish): Promise<void> {
  const { kinds, out, electronDist } = wish;
  await mkdir(out, { recursive: true });
  // on the same disk as what is given away, so that a folder can be moved there
  const work = await mkdtemp(join(out, '.work-'));
  try {
    const { ico, icons } = await writeIcons(work);
    const bundles = await makeBundles(join(work, 'bundles'));
    const packages = await shippedPackages(bundles.sources, wholePackageNames);
    const notices = noticesOf(packages);
    for (const target of Object.values(targets)) {
      const { platform } = target;
      if (kinds[platform].length === 0) continue;
      const output = join(work, platform);
      const [app, cli] = [join(output, 'app'), join(output, 'cli')];
      await stageFor(target, bundles.app, app);
      await stageFor(target, bundles.cli, cli);
      const order: PackOrder = { target, app, output, ico, icons, electronDist };
      const folder = await packElectron(order);
      const node = await nodeFiles(target, wish.node[platform]);
      await finishFolder(folder, { target, cli, node, notices });
      for (const kind of kinds[platform]) await makers[kind]({ order, folder, out });
    }
    await writeFile(join(out, 'THIRD-PARTY-NOTICES.txt'), notices);
    await writeFile(join(out, 'sbom.cdx.json'), bomOf(packages));
    await writeSums(out);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeIcons(work: string): Promise<Pick<PackOrder, 'ico' | 'icons'>> {
  const pictures = await drawIcon();
  const ico = join(work, 'icon.ico');
  const icons = join(work, 'icons');
  await mkdir(icons);
  await writeFile(ico, icoFile(pictures));
  for (const { size, png } of pictures) await writeFile(join(icons, `${size}x${size}.png`), png);
  return { ico, icons };
}
