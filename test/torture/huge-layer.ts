import { mkdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledCommandLine, startCommand, summaryOf } from '../crash/command-line.ts';
import { image } from '../fakes/images.ts';
import { jsonOf } from '../fakes/listening.ts';
import { push } from '../fakes/push.ts';
import { assertArrived } from './checks.ts';
import type { Column } from './column.ts';
import { missingRegistry, openGround } from './ground.ts';

const gibibyte = 2 ** 30;
const mebibyte = 2 ** 20;
const mostResidentMiB = 220;

/** Code that watches the event loop of the command line from inside and tells at its end. */
const probe = (file: string): string => `
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { writeFileSync } from 'node:fs';
const delay = monitorEventLoopDelay({ resolution: 10 });
setTimeout(() => delay.enable(), 500).unref();
process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 })));
`;

/** One layer of so many GiB between real registries by way of the cache, with memory and event loop watched. */
export function hugeLayerOf(sizeGiB: number): Column {
  return {
    name: 'huge-layer',
    unit: 'GiB in one layer',
    missing: missingRegistry,
    isHeavy: true,
    open: async () => {
      bundledCommandLine();
      const ground = await openGround();
      let runs = 0;
      const close = (): Promise<void> => ground.ends.close();
      const piece = async (seed: number): Promise<Record<string, number>> => {
        const { bavail, bsize } = await statfs(ground.folder);
        const freeGiB = (bavail * bsize) / gibibyte;
        if (freeGiB < 4 * sizeGiB) throw new Error(`${freeGiB.toFixed(1)} GiB are free, ${4 * sizeGiB} are needed`);
        const content = image({ seed: `huge-${seed}`, layers: [sizeGiB * gibibyte] });
        const repository = `huge-${++runs}`;
        await push(ground.source.url, repository, '1', content);
        const home = join(ground.folder, repository);
        await mkdir(home);
        await writeFile(join(home, 'probe.mjs'), probe(join(home, 'delay.json')));
        const name = `${repository}:1`;
        const places = [`${ground.source.host}/${name}`, `${ground.destination.host}/${name}`];
        const args = ['copy', ...places, '--data-dir', join(home, 'data'), '--json'];
        const node = ['--import', pathToFileURL(join(home, 'probe.mjs')).href];
        const end = await startCommand(args, home, node, 30 * 60_000).ended;
        const summary = summaryOf(end);
        if (!summary.ok) throw new Error(JSON.stringify(summary.failures));
        await assertArrived(ground.destination, [{ repository, tag: '1', content }], '');
        const delay = jsonOf<{ p99: number; max: number }>(await readFile(join(home, 'delay.json'), 'utf8'));
        const residentMiB = Math.ceil(Math.max(...end.samples.map((one) => one.residentBytes)) / mebibyte);
        if (residentMiB > mostResidentMiB) throw new Error(`${residentMiB} MiB were resident`);
        return {
          'GiB in one layer': sizeGiB,
          'most MiB resident': residentMiB,
          'most ms of loop delay p99': Math.ceil(delay.p99),
          'most ms of loop delay': Math.ceil(delay.max),
          'most seconds': Math.ceil(end.wallMs / 1000),
        };
      };
      return { piece, close };
    },
  };
}
